"""The three that meet in a conversation, in the hands of a test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

import numpy as np

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk
from antiphon.client.events import Event, Sound
from antiphon.errors import AntiphonError

T = TypeVar("T")

SILENCE = AudioChunk(bytes(640))


def tone(amplitude: float = 0.3, *, rate_hz: int = HEARING.rate_hz, seconds: float = 0.02) -> bytes:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return bytes((amplitude * 32_767 * np.sin(2 * np.pi * 440 * t)).astype("<i2").tobytes())


VOICE = AudioChunk(tone())
"""20 ms of somebody speaking."""


def sound(seconds: float = 0.5) -> Sound:
    return Sound(AudioChunk(tone(rate_hz=SPEAKING.rate_hz, seconds=seconds), SPEAKING))


async def until(true: Callable[[], bool]) -> None:
    """Let the others go on until something holds."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - whatever it is, it has no event
            await asyncio.sleep(0)


class Feed(Generic[T]):
    """What a test puts in comes out of an iteration; an error in it is raised there."""

    def __init__(self) -> None:
        self.items: list[T | AntiphonError | None] = []
        self._news = asyncio.Event()
        self.taken = 0

    def put(self, *items: T | AntiphonError | None) -> None:
        """Add items; None ends the iteration."""
        self.items += items
        self._news.set()

    async def all_taken(self) -> None:
        await until(lambda: self.waiting)

    @property
    def waiting(self) -> bool:
        return self.taken == len(self.items) and not self._news.is_set()

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            while self.taken < len(self.items):
                item = self.items[self.taken]
                self.taken += 1
                if item is None:
                    return
                if isinstance(item, AntiphonError):
                    raise item
                yield item
            self._news.clear()
            await self._news.wait()


class FakeSession:
    """Keeps what is sent, in order: sound as it is, everything else by name."""

    def __init__(self) -> None:
        self.events: Feed[Event] = Feed()
        self.sent: list[AudioChunk | str] = []
        self.refusing: AntiphonError | None = None

    @property
    def acts(self) -> list[str]:
        return [each for each in self.sent if isinstance(each, str)]

    @property
    def audio(self) -> list[AudioChunk]:
        return [each for each in self.sent if isinstance(each, AudioChunk)]

    async def send_audio(self, chunk: AudioChunk) -> None:
        self.sent.append(chunk)

    async def start_activity(self) -> None:
        self.sent.append("start")

    async def end_activity(self) -> None:
        self.sent.append("end")

    async def stop_talking(self) -> None:
        if self.refusing is not None:
            raise self.refusing
        self.sent.append("stop")

    def __aiter__(self) -> AsyncIterator[Event]:
        return aiter(self.events)


class FakeMicrophone:
    name = "a microphone"

    def __init__(self) -> None:
        self.feed: Feed[AudioChunk] = Feed()
        self.dropped_s = 0.0
        self.over = False

    def chunks(self) -> AsyncIterator[AudioChunk]:
        return aiter(self.feed)


class FakeSpeaker:
    """Sounds for as long as the test wants."""

    name = "a loudspeaker"
    latency_s = 0.1

    def __init__(self) -> None:
        self.waiting_s = 0.0
        self.level_dbfs = -120.0
        self.dropped_s = 0.0
        self.acts: list[str] = []
        self.lost: AntiphonError | None = None

    def tick(self) -> None:
        if self.lost is not None:
            raise self.lost

    def play(self, audio: AudioChunk) -> None:
        self.acts.append("play")
        self.waiting_s += audio.seconds

    def end_reply(self) -> None:
        self.acts.append("end")

    def flush(self) -> None:
        self.acts.append("flush")
        self.waiting_s = 0.0
