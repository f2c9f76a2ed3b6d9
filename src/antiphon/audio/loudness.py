"""Where in a recording somebody spoke, judged by loudness alone.

The time from the end of speech to the first sound of the reply is counted from here and not from
the end of the file, whose trailing silence would flatter a server. Speech is what lies within 30 dB
of the loudest moment and 10 dB above the quietest tenth, for 40 ms or more; a click is shorter.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import SAMPLE_BYTES, AudioChunk

SILENCE_DBFS = -60.0
"""A recording that is nowhere louder holds no speech: a muted microphone, or nothing."""

_NOTHING_DBFS = -120.0
_NOTHING_POWER = 1e-12
_FULL_SCALE_POWER = 32_768.0**2
_BELOW_LOUDEST_DB = 30.0
_ABOVE_QUIETEST_DB = 10.0
_HEADROOM_DB = 10.0


def level_dbfs(chunk: AudioChunk) -> float:
    """Loudness (RMS) of a chunk in dB below full scale."""
    samples = chunk.int16().astype(np.float32)
    power = float(samples @ samples) / (max(1, samples.size) * _FULL_SCALE_POWER)
    return max(_NOTHING_DBFS, 10 * math.log10(power)) if power > 0 else _NOTHING_DBFS


def levels_dbfs(chunk: AudioChunk, window_s: float) -> NDArray[np.float64]:
    """Loudness of each window of a chunk, the last filled up with silence."""
    size = chunk.format.bytes_for(window_s) // SAMPLE_BYTES
    samples = chunk.int16().astype(np.float32)
    if missing := -samples.size % size:
        samples = np.pad(samples, (0, missing))
    windows = samples.reshape(-1, size)
    powers = np.einsum("ij,ij->i", windows, windows).astype(np.float64) / (size * _FULL_SCALE_POWER)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(powers, _NOTHING_POWER))
    return levels


def last_spoken(levels_dbfs: Sequence[float]) -> int:
    """Give the number of levels (of windows of equal length) up to and including the last of speech; 0 for silence."""
    levels = np.asarray(levels_dbfs)
    loud = _loud(levels)
    lasting = loud[1:] & loud[:-1]
    found = np.flatnonzero(lasting) + 1 if lasting.any() else np.flatnonzero(loud)
    return int(found[-1]) + 1 if found.size else 0


def stretches_of_speech(
    levels_dbfs: Sequence[float] | NDArray[np.float64], pause_windows: int
) -> list[tuple[int, int]]:
    """Give first and behind-last window of each stretch of speech; shorter pauses than that are a part of it."""
    loud = np.flatnonzero(_loud(np.asarray(levels_dbfs)))
    if not loud.size:
        return []
    breaks = np.flatnonzero(np.diff(loud) > pause_windows)
    firsts = loud[np.concatenate(([0], breaks + 1))]
    lasts = loud[np.concatenate((breaks, [-1]))]
    return [(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True) if last > first]


def _loud(levels: NDArray[np.float64]) -> NDArray[np.bool_]:
    if not levels.size or levels.max() <= SILENCE_DBFS:
        return np.zeros(levels.size, dtype=np.bool_)
    loudest, quiet = float(levels.max()), float(np.percentile(levels, 10))
    threshold = max(loudest - _BELOW_LOUDEST_DB, min(quiet + _ABOVE_QUIETEST_DB, loudest - _HEADROOM_DB))
    return np.asarray(levels >= threshold)
