"""The caller of a session, as an app would be: speaks, keeps what it hears, throws away what it is told to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.client.events import (
    Event,
    Generated,
    Heard,
    InputDropped,
    Interrupted,
    Reconnected,
    Reconnecting,
    Said,
    Sound,
    ToolCalled,
    ToolCallsCancelled,
    TurnEnded,
    Wrote,
)
from antiphon.client.live import LiveSession
from tests.faults.plan import Call, Microphone, Plan, Saying, Tone

CHUNK_S = 0.02
BREATH_S = 0.5
"""Silence before an utterance, as anybody's microphone hears before one speaks."""
PAUSE_S = 0.5
"""... and after it, before the microphone goes off."""
LOUDNESS = 8_000
SILENCE = AudioChunk(bytes(HEARING.bytes_for(CHUNK_S)))


@dataclass
class Answer:
    """What came of one reply."""

    words: str = ""
    sound_s: float = 0.0
    heard: str = ""
    """The question, as the server understood it."""
    began_at: float = 0.0


@dataclass
class Kept:
    """What the caller has at the end."""

    answers: list[Answer] = field(default_factory=list)
    """Complete, in order."""
    dropped: list[InputDropped] = field(default_factory=list)
    reconnected: list[Reconnected] = field(default_factory=list)
    spoken: list[tuple[float, float]] = field(default_factory=list)
    """For each saying, its place in the audio sent: from, to, in seconds."""
    log: list[str] = field(default_factory=list)


class Ear:
    """Follows the events of a session."""

    def __init__(self, session: LiveSession, kept: Kept, results: dict[str, str]) -> None:
        self.kept = kept
        self.on_event: Callable[[Event, Answer], None] = lambda event, answer: None
        """Told of each event before it is acted on, with the answer under way."""
        self.turn_over = True
        self._session = session
        self._results = results
        self._answer = Answer()
        self._news = asyncio.Condition()
        self._began_at = _now()

    async def listen(self) -> None:
        """Until the session is closed."""
        async for event in self._session:
            self._note(event)
            self.on_event(event, self._answer)
            await self._take(event)
            async with self._news:
                self._news.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that events bring about."""
        async with self._news:
            await self._news.wait_for(condition)

    def says(self, what: str) -> None:
        """Keep a line for whoever looks at the run."""
        self.kept.log.append(f"{_now() - self._began_at:7.3f}  {what}")

    async def _take(self, event: Event) -> None:  # noqa: C901 - a table: one line an event
        answer = self._answer
        match event:
            case Heard(text):
                answer.heard += text
            case Said(text) | Wrote(text):
                self._begins()
                answer.words += text
            case Sound(audio):
                self._begins()
                answer.sound_s += audio.seconds
            case Generated():
                self._completes()
            case TurnEnded():
                self._completes()
                self.turn_over = True
            case Interrupted():
                self._throw_away()
            case Reconnected(reply_lost=lost):
                self.kept.reconnected.append(event)
                if lost:
                    self._throw_away()
                    self.turn_over = True
                self._answer.heard = ""
            case InputDropped():
                self.kept.dropped.append(event)
            case ToolCalled(call):
                city = str((call.args or {}).get("city"))
                await self._session.send_tool_result(call, {"output": self._results[city]})
            case ToolCallsCancelled() | Reconnecting():
                pass

    def _begins(self) -> None:
        self.turn_over = False
        if not self._answer.began_at:
            self._answer.began_at = _now()

    def _completes(self) -> None:
        if self._answer.began_at:
            self.kept.answers.append(self._answer)
            self._answer = Answer()

    def _throw_away(self) -> None:
        if self._answer.began_at:
            self._answer = Answer()

    def _note(self, event: Event) -> None:
        match event:
            case Sound(audio):
                self.says(f"< Sound {audio.seconds:.2f} s")
            case _:
                self.says(f"< {event}"[:200])


class Mouth:
    """A microphone and a keyboard."""

    def __init__(self, session: LiveSession, ear: Ear, plan: Plan) -> None:
        self.on_voice: Callable[[float], None] = lambda share: None
        """Told how much of an utterance has been sent, from 0 to 1."""
        self._session = session
        self._ear = ear
        self._microphone = plan.microphone
        self._speed = plan.speed
        self._manual = plan.manual
        self._sent_s = 0.0
        self._due_at = 0.0
        self._wanted: Tone | None = None
        self._asked = asyncio.Event()
        self._said = asyncio.Event()

    async def work(self) -> None:
        """Send what the microphone hears, for ever."""
        while True:
            if self._microphone is not Microphone.OPEN:
                await self._asked.wait()
                self._due_at = _now()
            if self._wanted is None:
                await self._send(SILENCE)
                continue
            await self._utter(self._wanted)
            if self._microphone is Microphone.CLOSED:
                await self._session.end_audio()
            self._wanted = None
            self._asked.clear()
            self._said.set()

    async def say(self, saying: Saying) -> None:
        """Say or type something; gives its place in the audio."""
        if not isinstance(saying, Tone):
            self._ear.kept.spoken.append((self._sent_s, self._sent_s))
            self._ear.says(f"> {saying.words!r}")
            await self._session.send_text(saying.words)
            return
        self._said.clear()
        self._wanted = saying
        self._asked.set()
        await self._said.wait()

    async def _utter(self, tone: Tone) -> None:
        for _ in range(_chunks(BREATH_S)):
            await self._send(SILENCE)
        from_s = self._sent_s
        self._ear.kept.spoken.append((from_s, from_s + tone.seconds))
        self._ear.says(f"> {tone.words} at {from_s:.2f} s")
        if self._manual:
            await self._session.start_activity()
        chunks = list(_sound(tone).pieces(CHUNK_S))
        for number, chunk in enumerate(chunks, 1):
            await self._send(chunk)
            self.on_voice(number / len(chunks))
        if self._manual:
            await self._session.end_activity()
        self._ear.says(f"> {tone.words} said")
        if self._microphone is not Microphone.OPEN:
            for _ in range(_chunks(PAUSE_S)):
                await self._send(SILENCE)

    async def _send(self, chunk: AudioChunk) -> None:
        await self._session.send_audio(chunk)
        self._sent_s += chunk.seconds
        self._due_at = max(self._due_at, _now() - 0.2) + chunk.seconds / self._speed
        await asyncio.sleep(max(0.0, self._due_at - _now()))


def results(sayings: tuple[Saying, ...]) -> dict[str, str]:
    """What the function gives, by its argument."""
    return {saying.city: saying.result for saying in sayings if isinstance(saying, Call)}


def _chunks(seconds: float) -> int:
    return round(seconds / CHUNK_S)


def _sound(tone: Tone) -> AudioChunk:
    times = np.arange(round(tone.seconds * HEARING.rate_hz)) / HEARING.rate_hz
    return AudioChunk((LOUDNESS * np.sin(2 * np.pi * tone.rate_hz * times)).astype("<i2").tobytes())


def _now() -> float:
    return asyncio.get_running_loop().time()
