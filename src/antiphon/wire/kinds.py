"""The kinds of value a message is built from: its struct, and the scalars proto3 JSON writes in its own way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Struct

VALUE_BYTES = 64
"""What a value takes besides its text."""

JsonObject = dict[str, object]
"""Free-form JSON, kept verbatim: arguments, results, schemas. Keys inside are not folded."""


class Message(Struct, frozen=True, omit_defaults=True, rename="camel", gc=False):
    """A protobuf message: an attribute is its field in snake_case, and a default is not written.

    An optional member is None when absent; `{}` is a present one. Every field has a default, as in proto3.
    """


class ProtoEnum(StrEnum):
    """An enum declared in the order of its protobuf numbers, from 1; UNSPECIFIED (0) is read as absent.

    Where those numbers are not known a plain StrEnum is used, and numbers are refused.
    """


class Int64(int):
    """An int64, on the wire a decimal string."""

    __slots__ = ()


class Seconds(float):
    """A Duration in seconds, on the wire a string such as `"9.5s"`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Lenient:
    """Marks a field that takes more than its type: `rewrite` turns the JSON that came into what the type reads."""

    rewrite: Callable[[object], object]


class Timestamp(float):
    """A point in time in seconds since the epoch, on the wire RFC 3339 such as `"2026-01-31T12:00:00Z"`."""

    __slots__ = ()


def _lower_case(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Role = Annotated[str, Lenient(_lower_case)]
"""Who speaks: `user` or `model`; a notebook sends `USER` (protocol.md 1.3), adk `system`."""


def bytes_held(value: object) -> int:
    """About how much memory a message or a part of one keeps, in bytes."""
    match value:
        case str() | bytes():
            return VALUE_BYTES + len(value)
        case dict():
            return VALUE_BYTES + sum(len(name) + bytes_held(member) for name, member in value.items())
        case list() | tuple():
            return VALUE_BYTES + sum(map(bytes_held, value))
        case Struct():
            members = (getattr(value, name) for name in value.__struct_fields__)
            return VALUE_BYTES + sum(bytes_held(member) for member in members if member is not None)
        case _:
            return 0


def wire_scalar(value: object) -> str:
    """Write what msgspec does not know itself; raises TypeError for what no message holds."""
    if isinstance(value, Int64):
        return str(int(value))
    if isinstance(value, Seconds):
        return f"{value:.9f}".rstrip("0").rstrip(".") + "s"
    if isinstance(value, Timestamp):
        return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")
