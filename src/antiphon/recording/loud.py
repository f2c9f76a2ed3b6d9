"""How loud placed sound is, window by window: what is drawn of it, and where the user spoke."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.loudness import level_dbfs, stretches_of_speech
from antiphon.audio.pcm import AudioChunk
from antiphon.recording.placing import Placed, joined

WINDOW_S = 0.02

SPEECH_PAUSE_S = 0.6
"""Shorter pauses are a part of speech."""

_SILENT_DBFS = -120.0
_ROUNDING = 1e-6


def peaks(placed: Iterable[Placed], seconds: float) -> NDArray[np.float32]:
    """Give the highest amplitude, 0 to 1, of each window of 20 ms from 0 to `seconds`."""
    found = np.zeros(_windows(seconds), np.float32)
    for at, window in _sounding(placed, len(found)):
        found[at] = max(found[at], float(np.abs(window.float32()).max(initial=0.0)))
    return found


def speech(placed: Sequence[Placed], seconds: float) -> list[tuple[float, float]]:
    """Give begin and end in seconds of each stretch in which somebody spoke, judged by loudness."""
    levels = np.full(_windows(seconds), _SILENT_DBFS)
    for at, window in _sounding(placed, len(levels)):
        levels[at] = max(levels[at], level_dbfs(window))
    stretches = stretches_of_speech(levels.tolist(), round(SPEECH_PAUSE_S / WINDOW_S))
    return [(round(first * WINDOW_S, 3), round(last * WINDOW_S, 3)) for first, last in stretches]


def _sounding(placed: Iterable[Placed], windows: int) -> Iterable[tuple[int, AudioChunk]]:
    """Give each window that sounds, by its number; it holds all channels."""
    for run in joined(placed):
        first = math.floor(run.start_s / WINDOW_S + _ROUNDING)
        for number, piece in enumerate(run.audio.pieces(WINDOW_S)):
            if 0 <= first + number < windows:
                yield first + number, piece


def _windows(seconds: float) -> int:
    return math.ceil(seconds / WINDOW_S) + 1
