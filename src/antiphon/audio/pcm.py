"""PCM audio as a value: signed 16-bit little-endian samples and the format they are in."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from antiphon.errors import RemoteProtocolError

SAMPLE_BYTES = 2
RATE_HZ_MIN, RATE_HZ_MAX = 4_000, 192_000
CHANNELS_MAX = 8


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Signed 16-bit little-endian PCM of a rate in Hz and a number of interleaved channels."""

    rate_hz: int
    channels: int = 1

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return SAMPLE_BYTES * self.channels

    def checked(self) -> "AudioFormat":
        """Raise RemoteProtocolError when the peer claims a format no sound card has."""
        if not RATE_HZ_MIN <= self.rate_hz <= RATE_HZ_MAX:
            raise RemoteProtocolError(f"rate={self.rate_hz} is not in {RATE_HZ_MIN}..{RATE_HZ_MAX} Hz")
        if not 1 <= self.channels <= CHANNELS_MAX:
            raise RemoteProtocolError(f"channels={self.channels} is not in 1..{CHANNELS_MAX}")
        return self

    def bytes_for(self, seconds: float) -> int:
        """Bytes of that many seconds, in whole frames."""
        return round(seconds * self.rate_hz) * self.frame_bytes


HEARING = AudioFormat(16_000)
"""What the ears work in, and the Live API's native input (protocol.md 4.8)."""

SPEAKING = AudioFormat(24_000)
"""The Live API's output (protocol.md 4.8)."""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A stretch of PCM; `data` holds whole frames of `format`."""

    data: bytes = field(repr=False)
    format: AudioFormat = HEARING

    @property
    def samples(self) -> int:
        """Length in samples of one channel."""
        return len(self.data) // self.format.frame_bytes

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.samples / self.format.rate_hz

    def pieces(self, seconds_max: float) -> Iterator["AudioChunk"]:
        """The same audio in chunks of at most that length."""
        size = self.format.bytes_for(seconds_max)
        for at in range(0, len(self.data), size):
            yield AudioChunk(self.data[at : at + size], self.format)

    def int16(self) -> NDArray[np.int16]:
        """The samples, without a copy."""
        return np.frombuffer(self.data, dtype="<i2")

    def float32(self) -> NDArray[np.float32]:
        """The samples scaled to [-1, 1), as neural engines want them."""
        return self.int16().astype(np.float32) / 32_768.0


_PCM_KINDS = ("audio/pcm", "audio/l16", "audio/x-pcm", "audio/raw")


def pcm_mime(format: AudioFormat) -> str:
    """The mime type of a format, e.g. `audio/pcm;rate=24000`."""
    return f"audio/pcm;rate={format.rate_hz}"


def parse_pcm_mime(mime_type: str, default: AudioFormat) -> AudioFormat:
    """Read `audio/pcm;rate=16000`; a missing rate means the default's (protocol.md 4.8).

    Raises RemoteProtocolError for another type of audio or a rate no sound card has.
    """
    kind, *parameters = [part.strip().lower() for part in mime_type.split(";")]
    if kind not in _PCM_KINDS:
        raise RemoteProtocolError(f"{mime_type[:40]!r} is not audio/pcm;rate=N")
    fields = dict(part.split("=", 1) for part in parameters if "=" in part)
    rate_hz = _whole_number("rate", fields.get("rate", str(default.rate_hz)))
    channels = _whole_number("channels", fields.get("channels", str(default.channels)))
    return AudioFormat(rate_hz, channels).checked()


def _whole_number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise RemoteProtocolError(f"{name}={value[:20]!r} is not a whole number")
    return int(value)
