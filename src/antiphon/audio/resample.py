"""Streaming rate conversion to mono."""

import numpy as np
import soxr

from antiphon.audio.pcm import AudioFormat


class Resampler:
    """Converts a stream of PCM to mono at another rate; keeps the filter's state between calls."""

    def __init__(self, source: AudioFormat, rate_hz: int) -> None:
        self._channels = source.channels
        same_rate = source.rate_hz == rate_hz
        self._stream = None if same_rate else soxr.ResampleStream(source.rate_hz, rate_hz, 1, dtype="int16")

    def feed(self, data: bytes, *, last: bool = False) -> bytes:
        """Convert whole frames of source PCM; `last` also gives out what the filter holds back."""
        if self._channels == 1 and self._stream is None:
            return data
        samples = np.frombuffer(data, dtype="<i2")
        if self._channels > 1:
            samples = samples.reshape(-1, self._channels).mean(axis=1).astype(np.int16)
        if self._stream is not None:
            samples = self._stream.resample_chunk(samples, last=last)
        return samples.astype("<i2", copy=False).tobytes()
