"""Field masks over a setup: which of its fields another one decides (protocol.md 6).

A path is names joined by dots, each in camelCase or snake_case, through messages and to one key of a
map. A name that only the generation config has may stand without its prefix, as SDKs write it.
"""

from functools import cache
from types import NoneType, UnionType
from typing import Annotated, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec.structs import replace

from antiphon.wire.kinds import Message
from antiphon.wire.misfit import MisfitError, quoted
from antiphon.wire.setup import GenerationConfig, Setup

PATHS_MAX = 512
"""Paths in one mask."""

M = TypeVar("M", bound=Message)
FieldPath = tuple[str, ...]
"""Names in snake_case, the last perhaps a key of a map."""


def read_mask(text: str) -> tuple[FieldPath, ...]:
    """Read a comma-joined mask; raises MisfitError for a path that leads nowhere, and for commas alone."""
    paths = [path.strip() for path in text.split(",", PATHS_MAX)]
    if len(paths) > PATHS_MAX:
        raise MisfitError(f"lists more than {PATHS_MAX} paths")
    if text and not any(paths):
        raise MisfitError("lists no path")
    return tuple(_path(path) for path in paths if path)


def masked(message: M, lock: M, mask: tuple[FieldPath, ...]) -> M:
    """Replace the fields listed by those of the lock; one it does not set becomes unset."""
    for path in mask:
        message = _locked(message, lock, path)
    return message


def _path(text: str) -> FieldPath:
    names = text.split(".")
    if names[0] not in _fields(Setup) and names[0] in _fields(GenerationConfig):
        names.insert(0, "generation_config")
    return tuple(_resolved(names, text))


def _resolved(names: list[str], text: str) -> list[str]:
    kind: type[Message] | type[dict[str, object]] | None = Setup
    resolved: list[str] = []
    for name in names:
        if kind is dict:
            resolved.append(name)
            kind = None
            continue
        fields = _fields(kind) if kind is not None and issubclass(kind, Message) else {}
        if name not in fields:
            raise MisfitError(f"{quoted(text)} is not a field of a setup")
        own, kind = fields[name]
        resolved.append(own)
    return resolved


@cache
def _fields(kind: type[Message]) -> dict[str, tuple[str, type[Message] | type[dict[str, object]] | None]]:
    """Each spelling of a field: its name, and what it leads into (None where it is a leaf)."""
    hints = get_type_hints(kind, include_extras=True)
    inner = {name: (name, _inner(hints[name])) for name in kind.__struct_fields__}
    return inner | dict(zip(kind.__struct_encode_fields__, inner.values(), strict=True))


def _inner(hint: object) -> type[Message] | type[dict[str, object]] | None:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _inner(next(argument for argument in get_args(hint) if argument is not NoneType))
    if origin is Annotated:
        return _inner(get_args(hint)[0])
    if origin is dict:
        return dict
    return hint if isinstance(hint, type) and issubclass(hint, Message) else None


def _locked(message: M, lock: M, path: FieldPath) -> M:
    name, *rest = path
    ours, theirs = getattr(message, name), getattr(lock, name)
    if not rest:
        return replace(message, **{name: theirs})
    if ours is None and theirs is None:
        return message
    if isinstance(ours, dict) or isinstance(theirs, dict):
        return replace(message, **{name: _locked_key(ours or {}, theirs or {}, rest[0])})
    kind = type(ours if ours is not None else theirs)
    inner = _locked(kind() if ours is None else ours, kind() if theirs is None else theirs, tuple(rest))
    return replace(message, **{name: inner})


def _locked_key(ours: dict[str, object], theirs: dict[str, object], key: str) -> dict[str, object]:
    kept = {name: value for name, value in ours.items() if name != key}
    return kept | {key: theirs[key]} if key in theirs else kept
