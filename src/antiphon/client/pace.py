"""Real time, measured by the samples sent: a pace that cannot drift."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import Protocol

from antiphon.audio.pcm import AudioChunk


class Time(Protocol):
    """A clock, and waiting by it."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""

    async def sleep(self, seconds: float) -> None: ...


class RealTime:
    """The machine's own."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Pace:
    """Holds each chunk back until a microphone would have recorded its last sample."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self.started_s = time.now()
        self._samples = 0

    async def record(self, chunk: AudioChunk) -> None:
        """Wait until the chunk is complete; not at all when we are late, so that lateness does not add up."""
        self._samples += chunk.samples
        wait_s = self.started_s + self._samples / chunk.format.rate_hz - self._time.now()
        if wait_s > 0:
            await self._time.sleep(wait_s)


async def in_real_time(chunks: Iterable[AudioChunk], clock: Time | None = None) -> AsyncIterator[AudioChunk]:
    """Give each chunk when a microphone would have recorded its last sample."""
    pace = Pace(clock or RealTime())
    for chunk in chunks:
        await pace.record(chunk)
        yield chunk
