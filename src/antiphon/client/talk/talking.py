"""A conversation by voice: microphone, session and loudspeaker joined. Whatever shows it only looks at it.

A loudspeaker in the room is heard by the microphone, and the server would take it for the user. So
unless the user wears headphones the microphone is held shut, that is silence is sent, while
something sounds and shortly after (half-duplex); or it is open only between two presses of a key.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from enum import StrEnum
from typing import Protocol

from antiphon.audio.loudness import level_dbfs
from antiphon.audio.pcm import AudioChunk
from antiphon.client.events import Event, Generated, Interrupted, Reconnected, Sound, TurnEnded
from antiphon.client.talk.microphone import Microphone
from antiphon.client.talk.speaker import Speaker
from antiphon.client.talk.stage import Stage, StageTracker
from antiphon.client.talk.transcript import Transcript
from antiphon.config import Client
from antiphon.errors import NoAnswer

ECHO_HOLD_S = 0.2
"""The microphone stays shut for so long after the last sound: rooms ring on."""


class Session(Protocol):
    """What of a session is used here."""

    async def send_audio(self, chunk: AudioChunk) -> None: ...
    async def start_activity(self) -> None: ...
    async def end_activity(self) -> None: ...
    async def stop_talking(self) -> None: ...
    def __aiter__(self) -> AsyncIterator[Event]: ...


class Duplex(StrEnum):
    """When the microphone is open."""

    HALF = "half-duplex"
    """While nothing sounds."""
    FULL = "headphones"
    """Always: the user can interrupt by speaking."""
    PUSH_TO_TALK = "push-to-talk"
    """Between two presses of a key; what the user says is marked for the server, which looks for no turns itself."""


class Gate(StrEnum):
    """What becomes of what the microphone hears."""

    OPEN = "open"
    MUTED = "muted"
    SHUT = "shut"
    """Because the loudspeaker would be heard."""
    OFF = "off"
    """Until the key is pressed: nothing is sent at all."""


class Talking:
    """The conversation. `run` does it; the rest may be looked at, and called, meanwhile.

    With `until_over` it ends by itself, `settle_s` after the last word, when the microphone has no more to give.
    """

    def __init__(  # noqa: PLR0913 - all that meets in a conversation
        self,
        session: Session,
        microphone: Microphone,
        speaker: Speaker,
        *,
        duplex: Duplex = Duplex.HALF,
        until_over: bool = False,
        limits: Client | None = None,
    ) -> None:
        self.watch: Callable[[], None] = lambda: None
        """Called whenever something may have changed, some fifty times a second."""
        self.microphone = microphone
        self.speaker = speaker
        self.duplex = duplex
        self.transcript = Transcript()
        self.heard_dbfs = level_dbfs(AudioChunk(b""))
        """Loudness at the microphone, whether it is sent or not."""
        self.muted = False
        self.last_latency_s: float | None = None
        self._session = session
        self._until_over = until_over
        self._limits = limits or Client()
        self._tracker = StageTracker()
        self._pressed = False
        self._hushed = False
        self._hold_s = 0.0
        self._idle_s = 0.0

    @property
    def stage(self) -> Stage:
        """Where the conversation stands."""
        return self._tracker.stage(sounding=self.speaker.waiting_s > 0)

    @property
    def gate(self) -> Gate:
        """What becomes of what the microphone hears."""
        if self.muted:
            return Gate.MUTED
        if self.duplex is Duplex.PUSH_TO_TALK:
            return Gate.OPEN if self._pressed else Gate.OFF
        return Gate.SHUT if self._hold_s > 0 and self.duplex is Duplex.HALF else Gate.OPEN

    async def run(self) -> None:
        """Converse until the session ends.

        Raises ConnectionClosed when the server ends it, SettingsError when a device is lost, NoAnswer
        when a microphone that is over gets none.
        """
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._listen()), group.create_task(self._follow())]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
        except ExceptionGroup as several:
            raise several.exceptions[0] from several

    async def press(self) -> None:
        """Begin or finish speaking, with push-to-talk; beginning cuts the model short."""
        if self.duplex is not Duplex.PUSH_TO_TALK:
            return
        self._pressed = not self._pressed
        if self._pressed:
            self._hushed = self._tracker.replying
            self.speaker.flush()
            await self._session.start_activity()
        else:
            await self._session.end_activity()
        self._tracker.declare(speaking=self._pressed)
        self.watch()

    async def stop_talking(self) -> None:
        """Make the model fall silent."""
        self.speaker.flush()
        if self._tracker.replying or self._tracker.awaited:
            self._hushed = True
            await self._session.stop_talking()
        self.watch()

    def mute(self) -> None:
        """Switch the microphone off or on again; the server hears silence from one that is off."""
        self.muted = not self.muted
        self.watch()

    async def _listen(self) -> None:
        async for chunk in self.microphone.chunks():
            self.speaker.tick()
            self.heard_dbfs = level_dbfs(chunk)
            self._keep_shut(chunk.seconds)
            gate = self.gate
            if gate is not Gate.OFF:
                await self._send(chunk if gate is Gate.OPEN else AudioChunk(bytes(len(chunk.data)), chunk.format))
            if self._is_over(chunk.seconds):
                return
            self.watch()

    async def _send(self, chunk: AudioChunk) -> None:
        if self.duplex is not Duplex.PUSH_TO_TALK:
            self._tracker.hear(chunk)
            self._hushed = self._hushed and not self._tracker.user_speaks
        await self._session.send_audio(chunk)

    def _keep_shut(self, seconds: float) -> None:
        if self.speaker.waiting_s > 0:
            self._hold_s = ECHO_HOLD_S + self.speaker.latency_s
        else:
            self._hold_s = max(0.0, round(self._hold_s - seconds, 6))

    def _is_over(self, seconds: float) -> bool:
        if not (self._until_over and self.microphone.over):
            return False
        stage = self.stage
        self._idle_s = self._idle_s + seconds if stage in {Stage.LISTENING, Stage.THINKING} else 0.0
        if stage is Stage.LISTENING and not self._tracker.replying:
            return self._idle_s > self._limits.settle_s
        wait_s = self._limits.answer_wait_s
        if self._idle_s > wait_s:
            raise NoAnswer(f"no answer within {wait_s:g} s of the end of {self.microphone.name}")
        return False

    async def _follow(self) -> None:
        async for event in self._session:
            self._take(event)
            self.watch()

    def _take(self, event: Event) -> None:
        self._tracker.take(event)
        self.transcript.take(event)
        match event:
            case Sound(audio=audio) if not self._hushed:
                self.speaker.play(audio)
            case Interrupted() | Reconnected(reply_lost=True):
                self.speaker.flush()
                self._hushed = False
            case Generated() | TurnEnded():
                self.speaker.end_reply()
                self._hushed = False
            case _:
                pass
        if isinstance(event, TurnEnded) and event.first_sound_s is not None:
            self.last_latency_s = event.first_sound_s
