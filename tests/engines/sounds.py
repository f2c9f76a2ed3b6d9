"""Sounds the tests of the ears listen to, all 16 kHz mono."""

from pathlib import Path

import numpy as np
import soundfile
import soxr

from antiphon.audio.pcm import HEARING, AudioChunk

REPOSITORY = Path(__file__).parents[2]
QUESTION = REPOSITORY / "examples" / "where_is_the_nearest_train_station.wav"
_DATA = REPOSITORY / "tests" / "data"
ALARM = _DATA / "set_an_alarm_for_six_thirty_tomorrow_morning.wav"
AMIABLE = _DATA / "he_might_even_have_been_made_amiable_himself.wav"
ILL_DISPOSED = _DATA / "he_was_not_an_ill_disposed_young_man.wav"


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
