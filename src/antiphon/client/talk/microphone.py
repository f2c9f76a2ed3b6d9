"""What the user says: 16 kHz mono in chunks of 20 ms, from a sound card or from a file played in real time."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

from antiphon.audio.pcm import HEARING, AudioChunk, AudioFormat
from antiphon.audio.resample import Resampler
from antiphon.client.audio_file import CHUNK_S, AudioFile, open_audio
from antiphon.client.pace import Pace, RealTime, Time
from antiphon.client.talk.devices import Kind, sound_file
from antiphon.client.talk.sound_card import find_card, lost

BACKLOG_MS = 2_000
"""Sound recorded and not yet collected; beyond it the newest is dropped."""

STALL_S = 5.0
"""Without a block from a device that should give fifty a second; then it is taken for lost."""

FILE_S_MAX = 600.0
"""A file played in place of a microphone."""

_SILENCE = AudioChunk(bytes(HEARING.bytes_for(CHUNK_S)))


class Microphone(Protocol):
    """Where the user's voice comes from."""

    @property
    def name(self) -> str: ...

    @property
    def dropped_s(self) -> float:
        """Recorded, and lost because nobody collected it in time."""

    @property
    def over(self) -> bool:
        """From now on nothing but silence comes; of a device that is never known."""

    def chunks(self) -> AsyncIterator[AudioChunk]:
        """Give 16 kHz mono in chunks of 20 ms, in real time. Raises SettingsError when the device is lost."""


class Capture:
    """Blocks of sound from a device's thread to one task: bounded, and never in the device's way.

    `put` and `end` are for the device's thread, the rest is for the task. Made inside its event loop.
    """

    def __init__(self, format: AudioFormat, *, backlog_ms: int = BACKLOG_MS, stall_s: float = STALL_S) -> None:
        self._format = format
        self._stall_s = stall_s
        self._bytes_max = format.bytes_for(backlog_ms / 1_000)
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._lock = Lock()
        self._blocks: deque[bytes] = deque()
        self._bytes = 0
        self._dropped_bytes = 0
        self._ended = False

    @property
    def dropped_s(self) -> float:
        """Seconds that found no room."""
        return self._dropped_bytes / self._format.frame_bytes / self._format.rate_hz

    def put(self, block: bytes) -> None:
        """Hand over a block, or drop it when there is no room."""
        with self._lock:
            if self._bytes + len(block) > self._bytes_max:
                self._dropped_bytes += len(block)
                return
            self._blocks.append(block)
            self._bytes += len(block)
            first = len(self._blocks) == 1
        if first:
            self._loop.call_soon_threadsafe(self._news.set)

    def end(self) -> None:
        """Tell that no more comes."""
        self._ended = True
        self._loop.call_soon_threadsafe(self._news.set)

    async def blocks(self) -> AsyncIterator[bytes]:
        """Give the blocks as they come, until the device ends or stalls."""
        while True:
            self._news.clear()
            ended = self._ended
            for block in self._taken():
                yield block
            if ended:
                return
            try:
                async with asyncio.timeout(self._stall_s):
                    await self._news.wait()
            except TimeoutError:
                return

    def _taken(self) -> list[bytes]:
        with self._lock:
            blocks = list(self._blocks)
            self._blocks.clear()
            self._bytes = 0
        return blocks


class CardMicrophone:
    """A device of this machine."""

    over = False

    def __init__(self, name: str, format: AudioFormat, *, backlog_ms: int = BACKLOG_MS) -> None:
        self.name = name
        self._capture = Capture(format, backlog_ms=backlog_ms)
        self._resampler = Resampler(format, HEARING.rate_hz)

    @property
    def dropped_s(self) -> float:
        return self._capture.dropped_s

    def record(self, block: bytes, frames: int, time: object, status: object) -> None:
        """Take a block from the device: PortAudio calls this in a thread of its own."""
        self._capture.put(bytes(block))

    def stopped(self) -> None:
        """Take note that the device gives no more; PortAudio calls this too."""
        self._capture.end()

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        size = HEARING.bytes_for(CHUNK_S)
        carry = b""
        async for block in self._capture.blocks():
            carry += self._resampler.feed(block)
            whole = len(carry) - len(carry) % size
            for at in range(0, whole, size):
                yield AudioChunk(carry[at : at + size])
            carry = carry[whole:]
        raise lost(Kind.MICROPHONE, self.name)


class FileMicrophone:
    """A sound file, as if it were spoken now; behind it silence, without end."""

    dropped_s = 0.0

    def __init__(self, file: AudioFile, time: Time | None = None) -> None:
        self.name = file.name
        self.over = False
        self._file = file
        self._time = time or RealTime()

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        pace = Pace(self._time)
        for chunk in self._file.chunks():
            await pace.record(chunk)
            yield chunk
        self.over = True
        while True:
            await pace.record(_SILENCE)
            yield _SILENCE


def check_microphone(wanted: str | None = None, *, file_s_max: float = FILE_S_MAX) -> None:
    """Raise what `open_microphone` would, before time is spent on anything else."""
    file = sound_file(wanted)
    if file is None:
        find_card(Kind.MICROPHONE, wanted, HEARING.rate_hz)
    else:
        open_audio(file, file_s_max)


@contextmanager
def open_microphone(
    wanted: str | None = None, *, backlog_ms: int = BACKLOG_MS, file_s_max: float = FILE_S_MAX
) -> Iterator[Microphone]:
    """Open a device by number or name, the default one, or a sound file in its place; inside an event loop.

    Raises SettingsError, which says what to do.
    """
    file = sound_file(wanted)
    if file is not None:
        yield FileMicrophone(open_audio(file, file_s_max))
        return
    card = find_card(Kind.MICROPHONE, wanted, HEARING.rate_hz)
    microphone = CardMicrophone(card.device.name, card.format, backlog_ms=backlog_ms)
    with card.opened(microphone.record, microphone.stopped):
        yield microphone
