"""The parts of the server alone, call by call: the session machine and the codec, without engines and sockets."""

import base64
import timeit
from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.bench import frames
from antiphon.config import load_settings
from antiphon.session.effects import Weigh
from antiphon.session.events import Received, ReplyAudio, ReplyText, Weighed, WindowHeard
from antiphon.session.session import Session
from antiphon.wire.client import ClientMessage, RealtimeInput
from antiphon.wire.codec import decode_client, encode_server
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import ServerContent, ServerMessage
from antiphon.wire.setup import Setup

WINDOW = 512
"""Samples the ears judge at once."""

_noise = np.random.default_rng(0)
PCM = _noise.bytes(640)
"""20 ms at 16 kHz; noise, so that base64 has every letter."""
SOUND = AudioChunk(_noise.bytes(SPEAKING.bytes_for(frames.CHUNK_S)), SPEAKING)


def _session() -> Session:
    """One that was set up."""
    made = Session("id", Dialect.DEVELOPER, load_settings(limits={"heard_backlog_s_max": 1e9}))
    made.begin(0.0)
    made.receive(Received(ClientMessage(setup=Setup(model="m"))), 0.0)
    return made


def hearing() -> Callable[[], object]:
    """Silence in, and its share of a judged window."""
    session, position = _session(), 0
    blob = Blob(mime_type="audio/pcm;rate=16000", data=PCM)
    chunk = Received(ClientMessage(realtime_input=RealtimeInput(audio=blob)))

    def once() -> None:
        nonlocal position
        session.receive(chunk, 1.0)
        position += WINDOW
        session.receive(WindowHeard(position, 0.0), 1.0)

    return once


def replying() -> Callable[[], object]:
    """Sound of a reply out."""
    session = _session()
    asked = Received(ClientMessage(realtime_input=RealtimeInput(text="hello")))
    weigh = next(effect for effect in session.receive(asked, 1.0) if isinstance(effect, Weigh))
    session.receive(Weighed(weigh.turn, tuple(1 for _ in weigh.texts), None), 1.0)
    session.receive(ReplyText(weigh.turn, "hi", 0), 1.0)
    event = ReplyAudio(weigh.turn, SOUND)
    return lambda: session.receive(event, 1.0)


def decoding_python() -> Callable[[], object]:
    """A message as Google's Python SDK spells it."""
    blob = {"data": base64.urlsafe_b64encode(PCM).decode(), "mime_type": "audio/pcm;rate=16000"}
    return _decoding({"realtime_input": {"audio": blob}})


def decoding_javascript() -> Callable[[], object]:
    """... and its JavaScript SDK."""
    blob = {"data": base64.b64encode(PCM).decode(), "mimeType": "audio/pcm;rate=16000"}
    return _decoding({"realtimeInput": {"audio": blob}})


def _decoding(message: object) -> Callable[[], object]:
    text = msgspec.json.encode(message).decode()
    return lambda: decode_client(text)


def encoding() -> Callable[[], object]:
    """A message to the client."""
    blob = Blob(mime_type="audio/pcm;rate=24000", data=SOUND.data)
    message = ServerMessage(server_content=ServerContent(model_turn=Content(parts=(Part(inline_data=blob),))))
    return lambda: encode_server(message, Dialect.DEVELOPER)


CASES: Mapping[str, Callable[[], Callable[[], object]]] = {
    "session: a chunk in, a window judged": hearing,
    "session: a chunk out": replying,
    "codec: a chunk in, as Python spells it": decoding_python,
    "codec: a chunk in, as JavaScript spells it": decoding_javascript,
    "codec: a chunk out": encoding,
}


def microseconds(case: Callable[[], Callable[[], object]], calls: int) -> float:
    """What one call takes."""
    return 1e6 * timeit.timeit(case(), number=calls) / calls
