"""hibari: a small English voice through onnxruntime, a hundred times faster than real time."""

from collections.abc import AsyncGenerator
from typing import Protocol

import numpy as np
from hibari import Hibari as Synthesiser
from numpy.typing import NDArray

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import Settings
from antiphon.engines.accept import require_open
from antiphon.engines.contracts import Descriptor
from antiphon.engines.phonemes import breakable, in_pieces
from antiphon.engines.pool import Workers

DESCRIPTOR = Descriptor(
    name="hibari",
    kind="tts",
    summary="hibari, one American English voice, 30 ms a sentence",
    license="Apache-2.0",
    languages=("en-US",),
)

_VOICE = "heart"
"""The one in the package: hibari would fetch the others over the network in the middle of a reply."""
_CHUNK_S = 0.2
_SEED = 0
"""Of the breath noise: the same text always sounds the same."""

_PHONEMES_MAX = 400
"""hibari cuts sentences this long at commas only; without one it would speak for minutes in one call."""


class _Synthesiser(Protocol):
    """The part of the package used here."""

    def phonemize(self, text: str) -> list[str]: ...

    def from_phonemes(self, phonemes: str, *, seed: int) -> NDArray[np.float32]: ...


class Hibari:
    """The loaded model, shared by every stream."""

    descriptor = DESCRIPTOR
    voices = (_VOICE,)

    def __init__(self, threads: int, queue_max: int) -> None:
        self._synthesiser: _Synthesiser = Synthesiser(voice=_VOICE, threads=1)  # type: ignore[no-untyped-call]
        self._workers = Workers("hibari", threads, queue_max)

    def open(self, voice: str | None) -> "HibariStream":
        return HibariStream(self)

    @property
    def waiting(self) -> int:
        return self._workers.waiting

    async def aclose(self) -> None:
        await self._workers.aclose()

    async def read(self, text: str) -> list[str]:
        """The text as phonemes, in pieces short enough for one call of `speak`."""
        return await self._workers.run(self._read, text)

    async def speak(self, phonemes: str) -> bytes:
        """The phonemes as 24 kHz PCM."""
        return await self._workers.run(self._speak, phonemes)

    def _read(self, text: str) -> list[str]:
        return in_pieces(self._synthesiser.phonemize(breakable(text)), _PHONEMES_MAX)

    def _speak(self, phonemes: str) -> bytes:
        sound = self._synthesiser.from_phonemes(phonemes, seed=_SEED)
        return (np.clip(sound, -1.0, 1.0) * 32_767.0).astype("<i2").tobytes()


class HibariStream:
    """One session's voice; it has no state but whether it is closed."""

    def __init__(self, engine: Hibari) -> None:
        self._engine = engine
        self._closed = False

    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        """Speak sentence by sentence; text without a sound to it (empty, emoji) yields nothing."""
        require_open(self._closed, "hibari")
        for phonemes in await self._engine.read(text):
            sound = await self._engine.speak(phonemes)
            size = SPEAKING.bytes_for(_CHUNK_S)
            for start in range(0, len(sound), size):
                if self._closed:
                    return
                yield AudioChunk(sound[start : start + size], SPEAKING)

    def close(self) -> None:
        self._closed = True


def make(settings: Settings) -> Hibari:
    """Load the model, which comes inside the package."""
    return Hibari(settings.compute.tts_workers, settings.compute.queue_max)
