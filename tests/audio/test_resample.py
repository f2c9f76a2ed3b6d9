import numpy as np
import pytest

from antiphon.audio.pcm import AudioFormat
from antiphon.audio.resample import Resampler


def tone(rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    at = np.arange(int(rate_hz * seconds)) / rate_hz
    return (10_000 * np.sin(2 * np.pi * 440 * at)).astype("<i2")


def resampled(source: AudioFormat, data: bytes, step: int) -> np.ndarray:
    resampler = Resampler(source, 16_000)
    pieces = [resampler.feed(data[at : at + step]) for at in range(0, len(data), step)]
    return np.frombuffer(b"".join([*pieces, resampler.feed(b"", last=True)]), "<i2")


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 24_000, 44_100, 48_000])
def test_a_tone_stays_a_tone_of_the_same_length(rate_hz):
    heard = resampled(AudioFormat(rate_hz), tone(rate_hz).tobytes(), 1_000)
    assert abs(len(heard) - 16_000) <= 16
    spectrum = np.abs(np.fft.rfft(heard[:16_000]))
    assert abs(int(spectrum.argmax()) - 440) <= 1


def test_the_same_rate_passes_unchanged():
    data = tone(16_000).tobytes()
    assert resampled(AudioFormat(16_000), data, 640).tobytes() == data


def test_channels_are_mixed():
    stereo = np.stack([tone(16_000), np.zeros(16_000, "<i2")], axis=1).astype("<i2")
    heard = resampled(AudioFormat(16_000, 2), stereo.tobytes(), 640)
    assert np.abs(heard - tone(16_000) / 2).max() <= 1
