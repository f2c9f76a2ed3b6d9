import numpy as np
import pytest

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, AudioFormat, parse_pcm_mime, pcm_mime
from antiphon.errors import RemoteProtocolError


def test_a_chunk_knows_its_length():
    chunk = AudioChunk(bytes(960), SPEAKING)
    assert (chunk.samples, chunk.seconds) == (480, 0.02)
    stereo = AudioChunk(bytes(8), AudioFormat(16_000, 2))
    assert stereo.samples == 2


def test_a_chunk_in_pieces_is_the_same_sound():
    chunk = AudioChunk(bytes(range(100)), SPEAKING)
    pieces = list(chunk.pieces(0.0005))
    assert [piece.samples for piece in pieces] == [12, 12, 12, 12, 2]
    assert b"".join(piece.data for piece in pieces) == chunk.data


def test_samples_are_little_endian_and_scaled():
    chunk = AudioChunk(b"\x00\x80\xff\x7f\x00\x00")
    assert chunk.int16().tolist() == [-32768, 32767, 0]
    assert np.allclose(chunk.float32(), [-1.0, 1.0, 0.0], atol=1e-4)


@pytest.mark.requirement("media.pcm", "media.bare_pcm")
@pytest.mark.parametrize(
    ("mime", "format"),
    [
        ("audio/pcm;rate=16000", HEARING),
        ("audio/pcm", HEARING),
        ("AUDIO/PCM; Rate=24000", SPEAKING),
        ("audio/pcm;rate=48000;channels=2", AudioFormat(48_000, 2)),
        ("audio/l16;rate=8000", AudioFormat(8_000)),
    ],
)
def test_mime_types_clients_send(mime, format):
    assert parse_pcm_mime(mime, HEARING) == format


@pytest.mark.parametrize(
    "mime",
    [
        "audio/mp3",
        "",
        "audio/pcm;rate=",
        "audio/pcm;rate=0",
        "audio/pcm;rate=1e9",
        "audio/pcm;rate=²",
        "audio/pcm;channels=9",
    ],
)
def test_others_are_refused(mime):
    with pytest.raises(RemoteProtocolError):
        parse_pcm_mime(mime, HEARING)


def test_a_format_names_itself_and_counts_bytes():
    assert pcm_mime(SPEAKING) == "audio/pcm;rate=24000"
    assert AudioFormat(16_000, 2).bytes_for(0.01) == 640
