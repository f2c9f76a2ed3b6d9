"""A message that is a piece of sound and nothing else, as nearly all are: read in a third of the time and less.

Its shape is known beforehand, so msgspec reads it without our help. What has any other shape, key or base64 is left
to the readers of `fields.py`, which read the same message to the same value.
"""

import msgspec

from antiphon.wire.client import ClientMessage, RealtimeInput
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.misfit import MisfitError
from antiphon.wire.scalars import read_bytes
from antiphon.wire.server import ServerContent, ServerMessage


class _Strict(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    pass


class _Blob(_Strict):
    mime_type: str
    data: bytes


class _Part(_Strict):
    inline_data: _Blob


class _ModelTurn(_Strict):
    parts: tuple[_Part]
    role: str | None = None


class _ServerContent(_Strict):
    model_turn: _ModelTurn


class _Sound(_Strict):
    server_content: _ServerContent


class _Audio(_Strict):
    audio: _Blob


class _Spoken(_Strict):
    realtime_input: _Audio


class _StrictSnake(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    pass


class _BlobSnake(_StrictSnake):
    mime_type: str
    data: str
    """Google's own Python client writes url-safe base64, which msgspec does not read."""


class _AudioSnake(_StrictSnake):
    audio: _BlobSnake


class _SpokenSnake(_StrictSnake):
    realtime_input: _AudioSnake


_decoder = msgspec.json.Decoder(_Sound)
_spoken_decoder = msgspec.json.Decoder(_Spoken)
_spoken_snake_decoder = msgspec.json.Decoder(_SpokenSnake)


def read_spoken(message: bytes | str) -> ClientMessage | None:
    """Read a client's message that holds one piece of audio; None for any other, and for what is no message."""
    try:
        snake = _spoken_snake_decoder.decode(message).realtime_input.audio
        return _spoken(snake.mime_type, read_bytes(snake.data))
    except (msgspec.DecodeError, UnicodeError, RecursionError, MisfitError):
        pass
    try:
        camel = _spoken_decoder.decode(message).realtime_input.audio
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return _spoken(camel.mime_type, camel.data)


def _spoken(mime_type: str, data: bytes) -> ClientMessage:
    return ClientMessage(realtime_input=RealtimeInput(audio=Blob(mime_type=mime_type, data=data)))


def read_sound(message: bytes | str) -> ServerMessage | None:
    """Read a server's message that holds one part with one blob; None for any other, and for what is no message."""
    try:
        turn = _decoder.decode(message).server_content.model_turn
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    blob = turn.parts[0].inline_data
    part = Part(inline_data=Blob(mime_type=blob.mime_type, data=blob.data))
    role = None if turn.role is None else turn.role.lower()
    return ServerMessage(server_content=ServerContent(model_turn=Content(role=role, parts=(part,))))
