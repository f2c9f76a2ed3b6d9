"""Bytes to messages and back: the only door between the socket and the typed values."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from antiphon.errors import LocalProtocolError, RemoteProtocolError
from antiphon.wire.auth_token import AuthToken
from antiphon.wire.client import ClientMessage
from antiphon.wire.dialect import Dialect, VertexUsageMetadata, in_dialect
from antiphon.wire.fields import Readers
from antiphon.wire.kinds import Message, wire_scalar
from antiphon.wire.misfit import MisfitError
from antiphon.wire.server import ServerMessage, UsageMetadata
from antiphon.wire.sound import read_sound, read_spoken

M = TypeVar("M", bound=Message)

DEPTH_MAX = 64
"""Nesting of one message, where the caller has no limit of its own."""

VALUES_MAX = 50_000
"""Brackets and commas in one message, likewise: a bound of how many values it holds."""

_read_client = Readers(strict=True).message(ClientMessage)
_read_token = Readers(strict=True).message(AuthToken)
_read_server = Readers(strict=False, spellings={UsageMetadata: VertexUsageMetadata}).message(ServerMessage)
_encoder = msgspec.json.Encoder(enc_hook=wire_scalar)


def decode_client(message: bytes | str, *, depth_max: int = DEPTH_MAX, values_max: int = VALUES_MAX) -> ClientMessage:
    """Read what a client sent, as leniently as the vendor.

    Raises RemoteProtocolError (1007) whose reason begins with the path of the field at fault. What a
    message costs grows with the values in it and not with its bytes, so those are limited first.
    """
    if spoken := read_spoken(message):  # its shape bounds what it holds
        return spoken
    _refuse_more_than(values_max, message)
    decoded = _read(_read_client, message, depth_max)
    members = _members(decoded)
    if not members:
        raise RemoteProtocolError(f"message: holds none of {', '.join(decoded.__struct_fields__)}")
    if len(members) > 1:
        raise RemoteProtocolError(f"message: holds {' and '.join(members)}; exactly one is allowed")
    return decoded


def decode_auth_token(message: bytes | str, *, depth_max: int = DEPTH_MAX, values_max: int = VALUES_MAX) -> AuthToken:
    """Read the body of a request for an ephemeral token; raises as decode_client does."""
    _refuse_more_than(values_max, message)
    return _read(_read_token, message, depth_max)


def decode_server(message: bytes | str, *, depth_max: int = DEPTH_MAX) -> ServerMessage:
    """Read what a server of either product sent; what is unknown to us is left out.

    Raises RemoteProtocolError for what is not JSON, or of a wrong type.
    """
    return read_sound(message) or _read(_read_server, message, depth_max)


def encode_client(message: ClientMessage) -> str:
    """Write a client's message; raises LocalProtocolError unless it has exactly one member."""
    if len(_members(message)) != 1:
        raise LocalProtocolError(f"a client message needs one member, not {_members(message)}")
    return _written(message).decode()


def encode_auth_token(token: AuthToken) -> bytes:
    """Write an ephemeral token, as it is answered."""
    return _written(token)


def encode_server(message: ServerMessage, dialect: Dialect) -> bytes:
    """Write a server's message as that product writes it, without false, zero and empty fields.

    Raises LocalProtocolError for a message without members, which no client survives (protocol.md 1.5).
    """
    if not _members(message):
        raise LocalProtocolError("a server message needs a member")
    return _written(in_dialect(message, dialect))


def _read(read: Callable[[object], M], message: bytes | str, depth_max: int) -> M:
    value = _parsed(message)
    if _brackets(message) > depth_max and _deeper(value, depth_max):
        raise RemoteProtocolError(f"message: nested deeper than {depth_max} levels")
    try:
        return read(value)
    except MisfitError as misfit:
        raise RemoteProtocolError(misfit.reason) from None


def _parsed(message: bytes | str) -> object:
    try:
        return msgspec.json.decode(message)
    except RecursionError:
        raise RemoteProtocolError("message: nested too deep") from None
    except UnicodeError:
        raise RemoteProtocolError("message: not UTF-8") from None
    except msgspec.DecodeError as error:
        raise RemoteProtocolError(f"Invalid JSON payload received. {error}") from None


def _refuse_more_than(values_max: int, message: bytes | str) -> None:
    if _brackets(message) + _commas(message) > values_max:
        raise RemoteProtocolError(f"message: holds more than {values_max} values")


def _brackets(message: bytes | str) -> int:
    """Count what could open a level: an upper bound of the depth that costs no walk."""
    if isinstance(message, str):
        return message.count("{") + message.count("[")
    return message.count(b"{") + message.count(b"[")


def _commas(message: bytes | str) -> int:
    return message.count(",") if isinstance(message, str) else message.count(b",")


def _deeper(value: object, depth_max: int) -> bool:
    """Walk level by level, without recursion."""
    level = [value]
    for _ in range(depth_max):
        level = [child for node in level for child in _children(node) if isinstance(child, dict | list)]
    return bool(level)


def _children(node: object) -> Iterable[object]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _members(message: Message) -> list[str]:
    return [name for name in message.__struct_fields__ if getattr(message, name) is not None]


def _written(message: Message) -> bytes:
    try:
        return _encoder.encode(message)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise LocalProtocolError(f"cannot be written as JSON: {error}") from error
