"""Where in a recording somebody spoke, judged by loudness alone.

The time from the end of speech to the first sound of the reply is counted from here and not from
the end of the file, whose trailing silence would flatter a server. Speech is what lies within 30 dB
of the loudest moment and 10 dB above the quietest tenth, for 40 ms or more; a click is shorter.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import AudioChunk

SILENCE_DBFS = -60.0
"""A recording that is nowhere louder holds no speech: a muted microphone, or nothing."""

_NOTHING_DBFS = -120.0
_BELOW_LOUDEST_DB = 30.0
_ABOVE_QUIETEST_DB = 10.0
_HEADROOM_DB = 10.0


def level_dbfs(chunk: AudioChunk) -> float:
    """Loudness (RMS) of a chunk in dB below full scale."""
    samples = chunk.float32()
    power = float(np.mean(np.square(samples))) if samples.size else 0.0
    return max(_NOTHING_DBFS, 10 * float(np.log10(power))) if power > 0 else _NOTHING_DBFS


def last_spoken(levels_dbfs: Sequence[float]) -> int:
    """Give the number of levels (of windows of equal length) up to and including the last of speech; 0 for silence."""
    levels = np.asarray(levels_dbfs)
    loud = _loud(levels)
    lasting = loud[1:] & loud[:-1]
    found = np.flatnonzero(lasting) + 1 if lasting.any() else np.flatnonzero(loud)
    return int(found[-1]) + 1 if found.size else 0


def stretches_of_speech(levels_dbfs: Sequence[float], pause_windows: int) -> list[tuple[int, int]]:
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
