"""Readers of whole messages, made once from the types: from parsed JSON to a struct.

A reader folds what proto3 JSON and real clients allow (protocol.md 1.3, clients.md 3): each key in
camelCase or snake_case, one value where a list is expected, null for absent. It raises only MisfitError.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from antiphon.wire.kinds import Int64, JsonObject, Lenient, Message, Seconds, Timestamp
from antiphon.wire.misfit import MisfitError, UnknownFieldError, named
from antiphon.wire.scalars import (
    enum_reader,
    read_boolean,
    read_bytes,
    read_float,
    read_int32,
    read_int64,
    read_labels,
    read_object,
    read_seconds,
    read_string,
    read_timestamp,
)

M = TypeVar("M", bound=Message)
Reader = Callable[[object], object]

_SCALARS: dict[object, Reader] = {
    str: read_string,
    bool: read_boolean,
    int: read_int32,
    Int64: read_int64,
    float: read_float,
    Seconds: read_seconds,
    Timestamp: read_timestamp,
    bytes: read_bytes,
    JsonObject: read_object,
    dict[str, str]: read_labels,
}


class Readers:
    """Makes readers, one for each type.

    Strict ones refuse what the vendor refuses. Forgiving ones, for what a newer server may send,
    ignore unknown fields and unknown values of enums. `spellings` gives structs whose keys are
    those of another as well, by that other.
    """

    def __init__(self, *, strict: bool, spellings: Mapping[type[Message], type[Message]] | None = None) -> None:
        self._strict = strict
        self._spellings = spellings or {}

    def message(self, kind: type[M]) -> Callable[[object], M]:
        """Make a reader of a message."""
        hints = get_type_hints(kind, include_extras=True)
        fields = {name: (name, self._reader(hint)) for name, hint in hints.items()}
        for spelling in (kind, self._spellings.get(kind, kind)):
            names = zip(spelling.__struct_encode_fields__, spelling.__struct_fields__, strict=True)
            fields |= {key: fields[name] for key, name in names}
        strict = self._strict

        def read(value: object) -> M:
            if type(value) is not dict:
                raise MisfitError(f"{named(value)} is not an object")
            found: dict[str, object] = {}
            for key, member in value.items():
                if key not in fields:
                    if strict:
                        raise UnknownFieldError(key)
                    continue
                name, read_member = fields[key]
                if member is None:
                    continue
                try:
                    if strict and name in found:
                        _refuse_second()
                    found[name] = read_member(member)
                except MisfitError as misfit:
                    misfit.within(name)
                    raise
            return kind(**found)

        return read

    def _reader(self, hint: object) -> Reader:
        """Make a reader of anything a field may be declared as."""
        if hint in _SCALARS:
            return _SCALARS[hint]
        arguments = get_args(hint)
        origin = get_origin(hint)
        if origin is Annotated:
            return _rewriting(arguments[1], self._reader(arguments[0]))
        if origin in (Union, UnionType):
            first, *rest = [argument for argument in arguments if argument is not NoneType]
            return _either(enum_reader(first), self._reader(rest[0])) if rest else self._reader(first)
        if origin is tuple:
            return _listing(self._reader(arguments[0]))
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return enum_reader(hint) if self._strict else _either(enum_reader(hint), lambda _: None)
        if isinstance(hint, type) and issubclass(hint, Message):
            return self.message(hint)
        raise TypeError(f"no reader for {hint}")


def _refuse_second() -> NoReturn:
    raise MisfitError("given twice, in camelCase and in snake_case")


def _rewriting(lenient: Lenient, read: Reader) -> Reader:
    return lambda value: read(lenient.rewrite(value))


def _either(read: Reader, read_otherwise: Reader) -> Reader:
    def read_either(value: object) -> object:
        try:
            return read(value)
        except MisfitError:
            return read_otherwise(value)

    return read_either


def _listing(read: Reader) -> Reader:
    def read_list(value: object) -> tuple[object, ...]:
        items = [_item(read, n, item) for n, item in enumerate(value)] if type(value) is list else [read(value)]
        return tuple(item for item in items if item is not None)

    return read_list


def _item(read: Reader, index: int, item: object) -> object:
    try:
        return read(item)
    except MisfitError as misfit:
        misfit.within(f"[{index}]")
        raise
