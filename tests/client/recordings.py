"""Recordings made on the spot."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray


def voice(seconds: float, rate_hz: int, *, silence_s: float = 0.0, amplitude: float = 0.3) -> NDArray[np.float64]:
    """A hum that rises and falls as syllables do, and silence behind it."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    hum = amplitude * np.sin(2 * np.pi * 220 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))
    return np.concatenate([hum, np.zeros(round(silence_s * rate_hz))])


def record(path: Path, samples: NDArray[np.float64], rate_hz: int = 16_000, subtype: str | None = None) -> Path:
    soundfile.write(path, samples, rate_hz, subtype=subtype)
    return path


def question(path: Path, seconds: float = 0.3, silence_s: float = 0.1) -> Path:
    """A short question in `question.wav`."""
    return record(path / "question.wav", voice(seconds, 16_000, silence_s=silence_s))
