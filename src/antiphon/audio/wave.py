"""The header of a WAV file met inside a stream of raw PCM.

Clients that send a file byte by byte send its header as if it were sound (protocol.md section 7,
fault 5). The header is taken out and its rate and channels are believed over the mime type's.
"""

import struct
from dataclasses import dataclass

from antiphon.audio.pcm import SAMPLE_BYTES, AudioFormat
from antiphon.errors import RemoteProtocolError

HEADER_BYTES_MAX = 64 * 1024
"""A WAV whose sound begins later than this is refused."""

_PCM, _EXTENSIBLE = 0x0001, 0xFFFE


@dataclass(frozen=True, slots=True)
class WaveHeader:
    """What the header said, and how many bytes it took."""

    format: AudioFormat
    length: int


def starts_wave(data: bytes) -> bool:
    """Tell whether these bytes are, or are too few to exclude, the beginning of a WAV file."""
    return bool(data) and b"RIFF".startswith(data[:4]) and b"WAVE".startswith(data[8:12])


def read_wave_header(data: bytes) -> WaveHeader | None:
    """Read up to the first sample; None when the header is not complete yet.

    Raises RemoteProtocolError for samples that are not 16-bit PCM, or a header without an end.
    """
    format: AudioFormat | None = None
    at = 12
    while at + 8 <= len(data) and at < HEADER_BYTES_MAX:
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        at += 8
        if name == b"data":
            if format is None:
                raise RemoteProtocolError("the WAV header has no fmt chunk before its data")
            return WaveHeader(format, at)
        if name == b"fmt ":
            if len(data) < at + 16:
                return None
            format = _read_format(data, at)
        at += size + size % 2
    if at >= HEADER_BYTES_MAX:
        raise RemoteProtocolError(f"the WAV header is longer than {HEADER_BYTES_MAX} bytes")
    return None


def _read_format(data: bytes, at: int) -> AudioFormat:
    tag, channels, rate_hz = struct.unpack_from("<HHI", data, at)
    bits = struct.unpack_from("<H", data, at + 14)[0]
    if tag not in (_PCM, _EXTENSIBLE) or bits != 8 * SAMPLE_BYTES:
        raise RemoteProtocolError(f"the WAV holds {bits}-bit samples of format {tag:#06x}; send 16-bit PCM")
    return AudioFormat(rate_hz, channels).checked()
