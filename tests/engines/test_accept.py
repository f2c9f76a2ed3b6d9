import pytest

from antiphon.audio.pcm import AudioChunk, AudioFormat
from antiphon.engines.accept import hearing_samples, require_open
from antiphon.errors import EngineFailed


def test_hearing_samples_are_the_samples() -> None:
    assert hearing_samples(AudioChunk(b"\x01\x00\xff\xff")).tolist() == [1, -1]


@pytest.mark.parametrize("format", [AudioFormat(8_000), AudioFormat(24_000), AudioFormat(16_000, channels=2)])
def test_another_format_is_refused(format: AudioFormat) -> None:
    with pytest.raises(EngineFailed, match="16 kHz mono"):
        hearing_samples(AudioChunk(bytes(4), format))


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(EngineFailed, match="3 bytes"):
        hearing_samples(AudioChunk(bytes(3)))


def test_a_closed_stream_is_refused_by_name() -> None:
    require_open(False, "silero")
    with pytest.raises(EngineFailed, match="silero stream is closed"):
        require_open(True, "silero")
