"""Readers of single JSON values, as lenient as proto3 JSON (protocol.md 1.3). Each raises only MisfitError."""

import binascii
import math
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum

from antiphon.wire.kinds import Int64, JsonObject, ProtoEnum, Seconds, Timestamp
from antiphon.wire.misfit import MisfitError, named, quoted

INT32_MAX = (1 << 31) - 1
INT64_MAX = (1 << 63) - 1

_URL_SAFE_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DURATION = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,9})?)s")


def read_string(value: object) -> str:
    """Read a string."""
    if type(value) is str:
        return value
    raise MisfitError(f"{quoted(value)} is not a string")


def read_boolean(value: object) -> bool:
    """Read true or false."""
    if type(value) is bool:
        return value
    raise MisfitError(f"{quoted(value)} is not true or false")


def read_int32(value: object) -> int:
    """Read an int32: a number without a fraction, or a decimal string."""
    return _whole(value, INT32_MAX)


def read_int64(value: object) -> Int64:
    """Read an int64: a decimal string, or a number without a fraction."""
    return Int64(_whole(value, INT64_MAX))


def _whole(value: object, largest: int) -> int:
    if type(value) is int:
        number = value
    elif (type(value) is float and value.is_integer()) or (type(value) is str and _INTEGER.fullmatch(value)):
        number = int(value)
    else:
        raise MisfitError(f"{quoted(value)} is not a whole number")
    if not -largest - 1 <= number <= largest:
        raise MisfitError(f"{quoted(value)} does not fit {largest.bit_length() + 1} bits")
    return number


def read_float(value: object) -> float:
    """Read a finite number, or one written as a string."""
    if type(value) is float:
        return value
    if type(value) is int or (type(value) is str and _NUMBER.fullmatch(value)):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise MisfitError(f"{quoted(value)} is not a finite number")


def read_seconds(value: object) -> Seconds:
    """Read a Duration."""
    matched = _DURATION.fullmatch(value) if type(value) is str else None
    if matched is None:
        raise MisfitError(f'{quoted(value)} is not a duration such as "1.5s"')
    return Seconds(matched[1])


def read_timestamp(value: object) -> Timestamp:
    """Read a point in time of any offset, to the microsecond."""
    if type(value) is str and _TIMESTAMP.fullmatch(value):
        with suppress(ValueError, OverflowError):
            return Timestamp(datetime.fromisoformat(value.upper()).timestamp())
    raise MisfitError(f'{quoted(value)} is not a time such as "2026-01-31T12:00:00Z", with its offset')


def read_bytes(value: object) -> bytes:
    """Read base64 of either alphabet, padded or not. What came is never repeated.

    Strict, because a2b_base64 otherwise skips what it does not know: url-safe audio would come out as noise.
    """
    if type(value) is not str:
        raise MisfitError(f"{named(value)} is not base64")
    try:
        text = value.encode("ascii").translate(_URL_SAFE_TO_STANDARD)
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4), strict_mode=True)
    except ValueError:
        raise MisfitError(f"not base64 ({len(value)} characters)") from None


def read_object(value: object) -> JsonObject:
    """Take a free-form object as it is."""
    if type(value) is dict:
        return value
    raise MisfitError(f"{named(value)} is not an object")


def read_labels(value: object) -> dict[str, str]:
    """Read a map of strings."""
    labels: dict[str, str] = {}
    for key, label in read_object(value).items():
        try:
            labels[key] = read_string(label)
        except MisfitError as misfit:
            misfit.within(f"[{quoted(key)}]")
            raise
    return labels


def enum_reader(kind: type[StrEnum]) -> Callable[[object], StrEnum | None]:
    """Make a reader of an enum: its names in any case and, where known, its numbers. UNSPECIFIED is None."""
    members = list(kind)
    known: dict[object, StrEnum] = {member.value: member for member in members}
    if issubclass(kind, ProtoEnum):
        known |= dict(enumerate(members, start=1))
    names = ", ".join(members)

    def read(value: object) -> StrEnum | None:
        if type(value) is str:
            value_known = known.get(value) or known.get(value.upper())
            unspecified = value.upper().endswith("UNSPECIFIED")
        else:
            value_known = known.get(value) if type(value) is int else None
            unspecified = type(value) is int and value == 0
        if value_known is None and not unspecified:
            raise MisfitError(f"{quoted(value)} is not one of {names}")
        return value_known

    return read
