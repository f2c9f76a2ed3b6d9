"""What the session machine and the codec cost for each 20 ms of audio, without engines and sockets.

.venv/bin/python benchmarks/machine.py
"""

import base64
import json
import os
import statistics
import timeit
from collections.abc import Callable

from antiphon.audio.pcm import SPEAKING, AudioChunk
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

ROUNDS, CALLS = 7, 20_000
PCM = os.urandom(640)
CHUNK = Received(ClientMessage(realtime_input=RealtimeInput(audio=Blob(mime_type="audio/pcm;rate=16000", data=PCM))))
SOUND = AudioChunk(os.urandom(SPEAKING.bytes_for(0.02)), SPEAKING)


def session() -> Session:
    """One that was set up."""
    made = Session("id", Dialect.DEVELOPER, load_settings(limits={"heard_backlog_s_max": 1e9}))
    made.begin(0.0)
    made.receive(Received(ClientMessage(setup=Setup(model="m"))), 0.0)
    return made


def hearing() -> Callable[[], object]:
    """20 ms of silence in, and its share of a judged window."""
    listening, position = session(), 0

    def once() -> None:
        nonlocal position
        listening.receive(CHUNK, 1.0)
        position += 512
        listening.receive(WindowHeard(position, 0.0), 1.0)

    return once


def speaking() -> Callable[[], object]:
    """20 ms of a reply out."""
    replying = session()
    asked = Received(ClientMessage(realtime_input=RealtimeInput(text="hello")))
    weigh = next(effect for effect in replying.receive(asked, 1.0) if isinstance(effect, Weigh))
    turn = weigh.turn
    replying.receive(Weighed(turn, tuple(1 for _ in weigh.texts), None), 1.0)
    replying.receive(ReplyText(turn, "hi", 0), 1.0)
    event = ReplyAudio(turn, SOUND)
    return lambda: replying.receive(event, 1.0)


def decoding(spelling: str) -> Callable[[], object]:
    """20 ms as the SDKs write it."""
    if spelling == "python":
        blob = {"data": base64.urlsafe_b64encode(PCM).decode(), "mime_type": "audio/pcm;rate=16000"}
        text = json.dumps({"realtime_input": {"audio": blob}})
    else:
        blob = {"data": base64.b64encode(PCM).decode(), "mimeType": "audio/pcm;rate=16000"}
        text = json.dumps({"realtimeInput": {"audio": blob}})
    return lambda: decode_client(text)


def encoding() -> Callable[[], object]:
    """20 ms of a reply as bytes."""
    blob = Blob(mime_type="audio/pcm;rate=24000", data=SOUND.data)
    message = ServerMessage(server_content=ServerContent(model_turn=Content(parts=(Part(inline_data=blob),))))
    return lambda: encode_server(message, Dialect.DEVELOPER)


CASES = {
    "session machine, a chunk in and a window judged": hearing,
    "session machine, a chunk out": speaking,
    "codec, a chunk in (Python SDK's spelling)": lambda: decoding("python"),
    "codec, a chunk in (JavaScript SDK's spelling)": lambda: decoding("javascript"),
    "codec, a chunk out": encoding,
}


def main() -> None:
    """Time each case, the median of several rounds."""
    for name, case in CASES.items():
        rounds = timeit.repeat(case(), number=CALLS, repeat=ROUNDS)
        microseconds = sorted(1e6 * seconds / CALLS for seconds in rounds)
        share = statistics.median(microseconds) / 20_000
        figures = f"{statistics.median(microseconds):5.1f} us ({microseconds[0]:.1f} to {microseconds[-1]:.1f})"
        print(f"{name:50} {figures}, {share:.3%} of a core in real time")  # noqa: T201
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
