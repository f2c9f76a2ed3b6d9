import pytest

from antiphon.audio.pcm import AudioChunk, AudioFormat
from antiphon.recording.loud import peaks, speech
from antiphon.recording.placing import Placed
from tests.recording.sample import hum, silence


def test_peaks_are_where_the_sound_is() -> None:
    found = peaks([Placed(0.1, hum(0.1, amplitude=0.5))], 0.4)
    assert len(found) == 21
    assert found[:5].max() == found[10:].max() == 0.0
    assert found[5:10].min() > 0.3
    assert found.max() <= 0.5


def test_sound_outside_the_picture_and_of_two_channels() -> None:
    stereo = AudioChunk(b"\x00\x00\x00\x40" * 320, AudioFormat(16_000, 2))
    found = peaks([Placed(-0.02, hum(0.02)), Placed(0.02, stereo), Placed(9.0, hum(0.1))], 0.1)
    assert list(found) == [0.0, 0.5, 0.0, 0.0, 0.0, 0.0]


def test_speech_is_found_by_its_loudness() -> None:
    sounds = [silence(0.5), hum(1.0), silence(0.2), hum(0.5), silence(1.0), hum(0.5), silence(0.3)]
    placed, at_s = [], 0.0
    for sound in sounds:
        placed.append(Placed(at_s, sound))
        at_s += sound.seconds
    spans = speech(placed, at_s)
    assert [start for start, _ in spans] == pytest.approx([0.5, 3.2], abs=0.021)
    assert [end for _, end in spans] == pytest.approx([2.2, 3.7], abs=0.021)
    assert speech([Placed(0.0, silence(1.0))], 1.0) == speech([], 0.0) == []
