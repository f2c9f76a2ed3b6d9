"""Ears that hear nothing and a voice that hums for nothing: what is left of a server's work is its own.

They are engines like any other, declared by a package that exists only while the bench needs it.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import Kind, Settings
from antiphon.engines.contracts import Descriptor

NAME = "quiet"
WINDOW_SAMPLES = 512
CHUNK_S = 0.02
LETTER_S = 0.06
"""As the scripted voice."""

DESCRIPTOR: dict[Kind, Descriptor] = {
    kind: Descriptor(name=NAME, kind=kind, summary="costs nothing", license="Apache-2.0", languages=("*",))
    for kind in ("vad", "tts")
}
_CHUNK = AudioChunk(b"\x00\x20" * round(CHUNK_S * SPEAKING.rate_hz), SPEAKING)
"""Loud all along: silence would not be sent."""


class QuietVad:
    """Nobody ever speaks."""

    descriptor = DESCRIPTOR["vad"]
    window_samples = WINDOW_SAMPLES

    def open(self) -> "QuietVad":
        return self

    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        return [0.0] * (len(samples) // WINDOW_SAMPLES)

    def reset(self) -> None:
        """There is nothing to forget."""

    def close(self) -> None:
        """There is nothing to free."""

    async def aclose(self) -> None:
        """There is nothing to free."""


class QuietTts:
    """The same 20 ms again and again."""

    descriptor = DESCRIPTOR["tts"]
    voices = (NAME,)

    def open(self, voice: str | None) -> "QuietTts":
        return self

    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        for _ in range(round(len(text) * LETTER_S / CHUNK_S)):
            yield _CHUNK

    def close(self) -> None:
        """There is nothing to free."""

    async def aclose(self) -> None:
        """There is nothing to free."""


def make_vad(settings: Settings) -> QuietVad:
    """The ears."""
    return QuietVad()


def make_tts(settings: Settings) -> QuietTts:
    """The voice."""
    return QuietTts()


@contextmanager
def declared() -> Iterator[str]:
    """Declare them as an installed package would, in a directory to be put on `sys.path` for the block."""
    points = (f"[antiphon.{kind}]\n{NAME} = {__name__}:make_{kind}\n" for kind in DESCRIPTOR)
    with TemporaryDirectory(prefix="antiphon-bench-") as folder:
        package = Path(folder) / "antiphon_bench_engines-0.dist-info"
        package.mkdir()
        (package / "METADATA").write_text("Metadata-Version: 2.1\nName: antiphon-bench-engines\nVersion: 0\n")
        (package / "entry_points.txt").write_text("".join(points))
        yield folder
