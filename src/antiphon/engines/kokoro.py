"""Kokoro-82M: 28 English voices through onnxruntime, some under the Live API's own names, at half of real time."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
from hibari import Hibari as Reader
from hibari.g2p import G2P
from numpy.typing import NDArray
from onnxruntime import RunOptions  # type: ignore[attr-defined]

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import Settings
from antiphon.engines.accept import require_open
from antiphon.engines.contracts import Descriptor
from antiphon.engines.network import Network
from antiphon.engines.phonemes import breakable, in_pieces
from antiphon.engines.pool import Workers
from antiphon.engines.voices import KOKORO_VOICES
from antiphon.weights.cache import locate

DESCRIPTOR = Descriptor(
    name="kokoro",
    kind="tts",
    summary="Kokoro-82M, int8, 28 American and British voices, 2 s for a sentence",
    license="Apache-2.0",
    languages=("en-US", "en-GB"),
    weights=("voices",),
)

_PHONEMES_MAX = 150
"""Ten seconds of speech, four of work. The model takes 510, but nothing is heard before all of them are done."""
_STYLE_SHAPE = (510, 256)
"""A voice: one style for each length of the phonemes."""
_CHUNK_S = 0.2
_LEAD_S = 0.05
"""Silence left before the first sound; the model makes 0.2 to 0.4 s, which the user would wait for."""
_LOUDNESS_MIN = 0.01

_Styles = NDArray[np.float32]


class _Phonemizer(Protocol):
    """The part of hibari's reading used here; its phonemes are those Kokoro was trained on."""

    def __call__(self, text: str) -> str: ...


class Kokoro:
    """The loaded model, shared by every stream."""

    descriptor = DESCRIPTOR
    voices = tuple(KOKORO_VOICES)

    def __init__(self, directory: Path, threads: int, queue_max: int) -> None:
        self._network = Network(directory / "kokoro-v1.0.int8.onnx")
        self._styles = {name: _styles(directory / f"{file}.bin") for name, file in KOKORO_VOICES.items()}
        self._american: _Phonemizer = G2P()  # type: ignore[no-untyped-call]
        self._british: _Phonemizer = G2P(british=True)  # type: ignore[no-untyped-call]
        self._ids = _phoneme_ids()
        self._workers = Workers("kokoro", threads, queue_max)

    def open(self, voice: str | None) -> "KokoroStream":
        name = (voice or "").casefold()
        return KokoroStream(self, name if name in self._styles else self.voices[0])

    @property
    def waiting(self) -> int:
        return self._workers.waiting

    async def aclose(self) -> None:
        await self._workers.aclose()

    async def read(self, text: str, voice: str) -> list[str]:
        """The text as phonemes in the voice's accent, in pieces short enough for one call of `speak`."""
        return await self._workers.run(self._read, text, voice)

    async def speak(self, phonemes: str, voice: str) -> bytes:
        """The phonemes as 24 kHz PCM. Cancelling stops the model: the next reply need not wait for this one."""
        run = RunOptions()
        try:
            return await self._workers.run(self._speak, phonemes, voice, run)
        except asyncio.CancelledError:
            run.terminate = True
            raise

    def _read(self, text: str, voice: str) -> list[str]:
        phonemize = self._british if KOKORO_VOICES[voice].startswith("b") else self._american
        sentences: list[str] = Reader.split_sentences(breakable(text))  # type: ignore[no-untyped-call]
        return in_pieces(map(phonemize, sentences), _PHONEMES_MAX)

    def _speak(self, phonemes: str, voice: str, run: RunOptions) -> bytes:
        ids = [self._ids[phoneme] for phoneme in phonemes if phoneme in self._ids]
        (sound,) = self._network.run(
            run,
            tokens=np.array([[0, *ids, 0]], np.int64),
            style=self._styles[voice][np.newaxis, len(ids) - 1],
            speed=np.ones(1, np.float32),
        )
        return (np.clip(_without_lead(sound), -1.0, 1.0) * 32_767.0).astype("<i2").tobytes()


class KokoroStream:
    """One session's voice; it has no state but whether it is closed."""

    def __init__(self, engine: Kokoro, voice: str) -> None:
        self._engine = engine
        self._voice = voice
        self._closed = False

    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        """Speak piece by piece; text without a sound to it (empty, emoji) yields nothing."""
        require_open(self._closed, "kokoro")
        for phonemes in await self._engine.read(text, self._voice):
            sound = await self._engine.speak(phonemes, self._voice)
            for chunk in AudioChunk(sound, SPEAKING).pieces(_CHUNK_S):
                if self._closed:
                    return
                yield chunk

    def close(self) -> None:
        self._closed = True


def _styles(path: Path) -> _Styles:
    return np.fromfile(path, "<f4").reshape(_STYLE_SHAPE)


def _phoneme_ids() -> Mapping[str, int]:
    """Kokoro's vocabulary, which hibari, taught by Kokoro, has too."""
    ids: dict[str, int] = json.loads((files("hibari") / "assets" / "vocab.json").read_text(encoding="utf-8"))
    return ids


def _without_lead(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    first = int(np.argmax(np.abs(sound) > _LOUDNESS_MIN))
    return sound[max(0, first - round(_LEAD_S * SPEAKING.rate_hz)) :]


def make(settings: Settings) -> Kokoro:
    """Load the model and its voices. Raises WeightsError when a file of them is missing or wrong."""
    compute = settings.compute
    return Kokoro(locate("voices", settings.weights), compute.tts_workers, compute.queue_max)
