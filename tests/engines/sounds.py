"""Sounds the tests of the ears listen to, all 16 kHz mono."""

from pathlib import Path

import numpy as np
import soundfile
import soxr

from antiphon.audio.pcm import HEARING, AudioChunk

REPOSITORY = Path(__file__).parents[2]
QUESTION = REPOSITORY / "examples" / "where_is_the_nearest_train_station.wav"
_DATA = REPOSITORY / "tests" / "data"
ALARM = _DATA / "questions" / "11.wav"
AMIABLE = _DATA / "readings" / "librivox_0930.wav"
ILL_DISPOSED = _DATA / "readings" / "librivox_0880.wav"
SAID = {
    QUESTION: "where is the nearest train station",
    AMIABLE: "he might even have been made amiable himself",
    ILL_DISPOSED: "he was not an ill disposed young man",
}


def tone(pitch_hz: float, seconds: float, loudness: int = 8_000) -> AudioChunk:
    turns = pitch_hz * np.arange(round(seconds * HEARING.rate_hz)) / HEARING.rate_hz
    return AudioChunk((loudness * np.sin(2 * np.pi * turns)).astype("<i2").tobytes())


def silence(seconds: float) -> AudioChunk:
    return AudioChunk(bytes(HEARING.bytes_for(seconds)))


def noise(seconds: float, loudness: int = 3_000) -> AudioChunk:
    samples = np.random.default_rng(7).standard_normal(round(seconds * HEARING.rate_hz)) * loudness
    return AudioChunk(samples.clip(-32_768, 32_767).astype("<i2").tobytes())


def joined(*chunks: AudioChunk) -> AudioChunk:
    return AudioChunk(b"".join(chunk.data for chunk in chunks))


def recording(path: Path) -> AudioChunk:
    samples, rate_hz = soundfile.read(path, dtype="int16")
    return AudioChunk(soxr.resample(samples, rate_hz, HEARING.rate_hz).astype("<i2").tobytes())
