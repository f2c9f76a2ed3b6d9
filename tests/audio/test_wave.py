import struct

import pytest

from antiphon.audio.pcm import AudioFormat
from antiphon.audio.wave import HEADER_BYTES_MAX, read_wave_header, starts_wave
from antiphon.errors import RemoteProtocolError


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def fmt(tag: int = 1, channels: int = 1, rate_hz: int = 16_000, bits: int = 16) -> bytes:
    width = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * width, width, bits))


def wave(*chunks: bytes) -> bytes:
    return b"RIFF\xff\xff\xff\xffWAVE" + b"".join(chunks)


def test_the_header_says_the_format_and_where_sound_begins():
    header = read_wave_header(wave(fmt(rate_hz=24_000, channels=2), chunk(b"LIST", b"odd"), b"data\0\0\0\0") + b"sound")
    assert header.format == AudioFormat(24_000, 2)
    assert header.length == 12 + 24 + 12 + 8


def test_an_incomplete_header_is_waited_for():
    whole = wave(fmt(), b"data\0\0\0\0")
    assert all(read_wave_header(whole[:length]) is None for length in range(len(whole)))
    assert read_wave_header(whole) is not None


@pytest.mark.parametrize(
    "header",
    [
        wave(fmt(bits=24), b"data\0\0\0\0"),
        wave(fmt(tag=3, bits=32), b"data\0\0\0\0"),
        wave(fmt(rate_hz=1), b"data\0\0\0\0"),
        wave(b"data\0\0\0\0"),
        wave(b"LIST" + struct.pack("<I", HEADER_BYTES_MAX)) + b"\0" * HEADER_BYTES_MAX,
    ],
    ids=["24 bit", "float", "1 Hz", "no format", "endless"],
)
def test_what_cannot_be_heard_is_refused(header):
    with pytest.raises(RemoteProtocolError):
        read_wave_header(header)


def test_only_riff_starts_a_wave():
    assert starts_wave(wave(fmt()))
    assert not starts_wave(b"RIFFxxxxAVI ")
    assert not starts_wave(b"\0\0\0\0")
