"""Sessions made by hand, message by message, on a clock the test moves."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, AudioFormat, pcm_mime
from antiphon.recording.capture import Capture
from antiphon.recording.reader import Recorded
from antiphon.recording.telling import timeline_of
from antiphon.recording.timeline import Timeline
from antiphon.wire.client import ClientContent, ClientMessage, RealtimeInput, ToolResponse
from antiphon.wire.content import Blob, Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.kinds import Seconds
from antiphon.wire.server import (
    GoAway,
    ServerContent,
    ServerMessage,
    SessionResumptionUpdate,
    SetupComplete,
    ToolCall,
    Transcription,
    UsageMetadata,
)
from antiphon.wire.setup import SessionResumptionConfig, Setup
from tests.clock import Clock

CHUNK_S = 0.02
BEGAN = 500.0
"""On the stage's clock."""

HOSTILE = "</title></text><script>alert(1)</script><img src=https://evil.example onerror=alert(1)> \" ' & {{ 7 * 7 }}"


def hum(seconds: float, format: AudioFormat = HEARING, hertz: float = 220, amplitude: float = 0.3) -> AudioChunk:
    """Something loud enough to be taken for speech."""
    t = np.arange(round(seconds * format.rate_hz)) / format.rate_hz
    return of(amplitude * np.sin(2 * np.pi * hertz * t) * (0.7 + 0.3 * np.sin(2 * np.pi * 3 * t)), format)


def of(samples: NDArray[np.float64], format: AudioFormat = HEARING) -> AudioChunk:
    return AudioChunk((samples * 32_767).astype("<i2").tobytes(), format)


def silence(seconds: float) -> AudioChunk:
    return AudioChunk(bytes(HEARING.bytes_for(seconds)))


@dataclass
class Stage:
    """Plays a session to a tap: each verb is one message, or the chunks of a microphone in real time."""

    clock: Clock = field(default_factory=lambda: Clock(BEGAN))
    capture: Capture = field(init=False)
    on_chunk: Callable[[], None] | None = None
    """Called before each chunk of the microphone, for what the server does meanwhile."""

    def __post_init__(self) -> None:
        self.capture = Capture("wss://live.example/ws?key=hidden", clock=self.clock)

    @property
    def at(self) -> float:
        return self.clock.now - BEGAN

    def sent(self, message: ClientMessage) -> None:
        self.capture.sent(message)

    def received(self, message: ServerMessage) -> None:
        self.capture.received(message)

    def open(self, handle: str | None = None) -> None:
        resumption = SessionResumptionConfig(handle=handle)
        self.sent(ClientMessage(setup=Setup(model="models/gemini-live", session_resumption=resumption)))
        self.clock.now += 0.1
        self.received(ServerMessage(setup_complete=SetupComplete()))

    def speak(self, audio: AudioChunk) -> None:
        """A microphone: each chunk is sent when its last sample is spoken."""
        for chunk in audio.pieces(CHUNK_S):
            self.clock.now += chunk.seconds
            if self.on_chunk is not None:
                self.on_chunk()
            self.send(chunk)

    def send(self, chunk: AudioChunk) -> None:
        blob = Blob(mime_type=pcm_mime(chunk.format), data=chunk.data)
        self.sent(ClientMessage(realtime_input=RealtimeInput(audio=blob)))

    def write(self, text: str) -> None:
        turn = Content(role="user", parts=(Part(text=text),))
        self.sent(ClientMessage(client_content=ClientContent(turns=(turn,), turn_complete=True)))

    def show(self, data: bytes, mime_type: str = "image/jpeg") -> None:
        self.sent(ClientMessage(realtime_input=RealtimeInput(video=Blob(mime_type=mime_type, data=data))))

    def heard(self, text: str, *, finished: bool = True) -> None:
        self.content(input_transcription=Transcription(text=text, finished=finished))

    def guess(self, text: str) -> None:
        self.content(interim_input_transcription=Transcription(text=text))

    def think(self, text: str) -> None:
        self.content(model_turn=Content(parts=(Part(text=text, thought=True, thought_signature=b"sealed"),)))

    def say(self, text: str, audio: AudioChunk) -> None:
        blob = Blob(mime_type=pcm_mime(audio.format), data=audio.data)
        spoken = Content(parts=(Part(inline_data=blob),))
        self.content(output_transcription=Transcription(text=text) if text else None, model_turn=spoken)

    def content(self, **members: object) -> None:
        self.received(ServerMessage(server_content=ServerContent(**members)))  # type: ignore[arg-type]

    def interrupt(self) -> None:
        self.content(interrupted=True)
        self.content(turn_complete=True)

    def end_turn(self, tokens: int = 65) -> None:
        usage = UsageMetadata(prompt_token_count=tokens - 25, response_token_count=25, total_token_count=tokens)
        self.received(ServerMessage(server_content=ServerContent(turn_complete=True), usage_metadata=usage))

    def call(self, name: str, call_id: str = "call-1", **args: object) -> None:
        call = FunctionCall(id=call_id, name=name, args=args)
        self.received(ServerMessage(tool_call=ToolCall(function_calls=(call,))))

    def answer(self, name: str, call_id: str = "call-1", **response: object) -> None:
        result = FunctionResponse(id=call_id, name=name, response=response)
        self.sent(ClientMessage(tool_response=ToolResponse(function_responses=(result,))))

    def handle(self, new_handle: str) -> None:
        update = SessionResumptionUpdate(new_handle=new_handle, resumable=True)
        self.received(ServerMessage(session_resumption_update=update))

    def going_away(self, time_left_s: float) -> None:
        self.received(ServerMessage(go_away=GoAway(time_left=Seconds(time_left_s))))

    def recorded(self) -> Recorded:
        return self.capture.recorded()

    def timeline(self) -> Timeline:
        return timeline_of(self.recorded())


def asked_and_answered() -> Stage:
    """One question, heard, thought about and answered: 1 s of speech, an answer of 2 s after 400 ms."""
    stage = Stage()
    stage.open()
    stage.speak(hum(1.0))
    stage.speak(silence(0.4))
    stage.guess("Where")
    stage.heard("Where is it?")
    stage.think("They are lost.")
    stage.say("It is", hum(1.0, SPEAKING, 150))
    stage.say(" near.", hum(1.0, SPEAKING, 150))
    stage.content(generation_complete=True)
    stage.speak(silence(2.0))
    stage.end_turn()
    stage.capture.close()
    return stage


def hostile() -> Stage:
    """A session in which every text is an attack."""
    stage = Stage()
    stage.open()
    stage.speak(hum(0.5))
    stage.guess(HOSTILE)
    stage.heard(HOSTILE)
    stage.think(HOSTILE)
    stage.call(HOSTILE, **{HOSTILE: HOSTILE})
    stage.answer(HOSTILE, output=HOSTILE)
    stage.say(HOSTILE, hum(1.0, SPEAKING))
    stage.interrupt()
    stage.write(HOSTILE)
    stage.show(b"x", HOSTILE)
    stage.capture.lost(HOSTILE)
    stage.open(HOSTILE)
    return stage
