"""What a crowd says: a few questions with silence between, again and again, in messages made beforehand."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.bench import frames
from antiphon.bench.questions import questions

SPOKEN = (0, 1, 11, 10)
"""Which of the questions: the shortest."""
BEFORE_S, AFTER_S = 1.0, 1.5
"""Of silence around each."""
ALIGNED = 2_560
"""Samples: whole chunks of 20 ms and whole windows of 32 ms, so that each turn of the tape is judged alike."""

SPREAD = 37
"""Steps of that length between two members; prime, so that they come round late."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A loop of audio messages."""

    frames: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.frames) * frames.CHUNK_S

    def first(self, member: int) -> int:
        """The message one of a crowd begins with: not all speak at the same moment."""
        whole = ALIGNED // frames.SILENCE.samples
        return member * SPREAD % (len(self.frames) // whole) * whole

    def place(self, first: int, offset_s: float) -> str:
        """Where in the loop a moment of such a member's stream lies."""
        return f"{(first * frames.CHUNK_S + offset_s) % self.seconds:.1f} s"


@cache
def tape() -> Tape:
    """The loop everybody plays; made once."""
    silences = [np.zeros(round(seconds * HEARING.rate_hz), np.int16) for seconds in (BEFORE_S, AFTER_S)]
    parts = [part for number in SPOKEN for part in (silences[0], questions()[number].pcm.int16(), silences[1])]
    samples = np.concatenate(parts)
    samples = np.pad(samples, (0, -len(samples) % ALIGNED))
    audio = AudioChunk(samples.astype("<i2").tobytes())
    return Tape(tuple(frames.audio(chunk) for chunk in audio.pieces(frames.CHUNK_S)))
