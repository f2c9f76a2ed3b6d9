import math

import numpy as np
import pytest

from antiphon.audio.loudness import last_spoken, level_dbfs, levels_dbfs, stretches_of_speech
from antiphon.audio.pcm import AudioChunk


def chunk(*samples: int) -> AudioChunk:
    return AudioChunk(np.array(samples, "<i2").tobytes())


def test_full_scale_is_zero_and_nothing_is_far_below() -> None:
    assert level_dbfs(chunk(-32768, -32768)) == pytest.approx(0.0)
    assert level_dbfs(chunk(3277, -3277)) == pytest.approx(-20.0, abs=0.01)
    assert level_dbfs(chunk(0, 0)) == level_dbfs(AudioChunk(b"")) == -120.0
    assert math.isfinite(level_dbfs(chunk(1, 0, 0, 0)))


@pytest.mark.parametrize(
    ("levels", "spoken"),
    [
        ([], 0),
        ([-120.0] * 9, 0),
        ([-61.0] * 9, 0),  # a muted microphone's hiss
        ([-20.0, -20.0, -90.0, -90.0], 2),
        ([-90.0, -20.0, -45.0, -45.0, -90.0, -90.0], 4),  # a soft last syllable counts
        ([-20.0, -20.0, -55.0, -55.0, -55.0], 2),  # what is 35 dB softer does not
        ([-20.0, -20.0, -38.0, -38.0, -38.0, -38.0], 2),  # nor a noisy room's silence
        ([-20.0, -20.0, -90.0, -10.0, -90.0], 2),  # a click behind the speech
        ([-20.0] * 5, 5),
        ([-20.0], 1),
    ],
)
def test_finds_the_last_speech(levels: list[float], spoken: int) -> None:
    assert last_spoken(levels) == spoken


@pytest.mark.parametrize(
    ("levels", "stretches"),
    [
        ([], []),
        ([-120.0] * 9, []),
        ([-90.0, -20.0, -20.0, -90.0, -90.0, -90.0, -20.0, -20.0], [(1, 3), (6, 8)]),
        ([-90.0, -20.0, -20.0, -90.0, -90.0, -20.0, -20.0, -90.0], [(1, 7)]),  # a breath
        ([-90.0, -20.0, -90.0, -90.0, -90.0, -90.0, -20.0, -20.0], [(6, 8)]),  # a click, then speech
        ([-20.0, -20.0], [(0, 2)]),
    ],
)
def test_finds_each_stretch_of_speech(levels: list[float], stretches: list[tuple[int, int]]) -> None:
    assert stretches_of_speech(levels, pause_windows=3) == stretches


def test_each_window_has_its_level() -> None:
    loud, quiet = np.full(320, 16_384, "<i2"), np.zeros(320, "<i2")
    chunk = AudioChunk(np.concatenate([loud, quiet, loud[:160]]).tobytes())
    levels = levels_dbfs(chunk, 0.02)
    assert levels == pytest.approx([-6.02, -120.0, -9.03], abs=0.01)
    assert levels[0] == pytest.approx(level_dbfs(AudioChunk(loud.tobytes())))
    assert levels_dbfs(AudioChunk(b""), 0.02).size == 0
