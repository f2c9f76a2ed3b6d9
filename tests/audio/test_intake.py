import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.audio.intake import Intake
from antiphon.errors import RemoteProtocolError
from tests.audio.test_wave import fmt, wave

PCM = "audio/pcm;rate=16000"


@pytest.mark.requirement("media.odd_bytes")
def test_odd_bytes_are_carried_over():
    intake = Intake()
    assert intake.feed(b"\1\2\3", PCM).data == b"\1\2"
    assert intake.feed(b"\4", PCM).data == b"\3\4"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 9, 11, 40])
def test_a_header_in_pieces_is_taken_out(step):
    file = wave(fmt(), b"data\0\0\0\0") + b"\5\6" * 50
    intake = Intake()
    assert b"".join(intake.feed(file[at : at + step], PCM).data for at in range(0, len(file), step)) == b"\5\6" * 50


def test_sound_that_only_begins_like_a_header_is_sound():
    intake = Intake()
    heard = intake.feed(b"RI", PCM).data + intake.feed(b"\1\2", PCM).data
    assert heard == b"RI\1\2"


@pytest.mark.requirement("media.riff")
def test_the_header_is_believed_over_the_mime_type():
    intake = Intake()
    sound = bytes(48_000)
    heard = intake.feed(wave(fmt(rate_hz=24_000), b"data\0\0\0\0") + sound[:24_000], PCM).samples
    heard += intake.feed(sound[24_000:], PCM).samples
    heard += intake.end().samples
    assert abs(heard - 16_000) <= 2


@pytest.mark.requirement("media.pcm")
def test_another_mime_type_switches_the_rate():
    intake = Intake()
    intake.feed(bytes(100), "audio/pcm;rate=8000")
    assert intake.feed(bytes(100), PCM).samples == 50


def test_after_the_end_it_starts_afresh():
    intake = Intake()
    intake.feed(b"\1", PCM)
    intake.end()
    assert intake.feed(b"\2\3", PCM).data == b"\2\3"


def test_audio_wav_needs_no_rate():
    assert Intake().feed(wave(fmt(), b"data\0\0\0\0") + b"\1\2", "audio/wav").data == b"\1\2"


@given(st.binary(max_size=300), st.sampled_from([PCM, "audio/pcm;rate=8000", "audio/wav", "audio/pcm;channels=2", "x"]))
def test_any_bytes_are_heard_or_refused(data, mime):
    try:
        heard = Intake().feed(data, mime)
    except RemoteProtocolError:
        return
    assert len(heard.data) % 2 == 0


def test_a_broken_header_is_refused():
    with pytest.raises(RemoteProtocolError):
        Intake().feed(wave(fmt(bits=8), b"data\0\0\0\0"), PCM)
