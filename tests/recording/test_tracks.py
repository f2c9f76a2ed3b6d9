from pathlib import Path

import pytest
import soundfile

from antiphon.audio.pcm import HEARING, AudioFormat
from antiphon.recording.lines import SoundPlace
from antiphon.recording.tracks import TRACKS_MAX, Stream, Track
from tests.recording.sample import hum


def test_a_track_is_whole_whenever_it_is_synchronised(tmp_path: Path) -> None:
    track = Track(tmp_path / "a.wav", HEARING)
    for number in range(1, 4):
        assert track.append(hum(0.02).data) == (320 * (number - 1), 320)
        track.synchronise()
        assert soundfile.info(tmp_path / "a.wav").frames == 320 * number
    track.close()
    samples, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert samples.tobytes() == hum(0.02).data * 3


def test_a_stream_begins_another_track_for_another_format(tmp_path: Path) -> None:
    stream = Stream(tmp_path / "t.jsonl", "user")
    stream.synchronise()
    places = [stream.append(bytes(8), format) for format in (HEARING, HEARING, AudioFormat(8_000, 2), HEARING)]
    stream.close()
    assert places == [
        SoundPlace(stream="user", first=0, samples=4),
        SoundPlace(stream="user", first=4, samples=4),
        SoundPlace(stream="user-2", first=0, samples=2),
        SoundPlace(stream="user-3", first=0, samples=4),
    ]
    assert soundfile.info(tmp_path / "t.user-2.wav").channels == 2


def test_tracks_have_a_limit(tmp_path: Path) -> None:
    stream = Stream(tmp_path / "t.jsonl", "user")
    formats = [AudioFormat(8_000 + number) for number in range(TRACKS_MAX)]
    assert all(stream.append(bytes(2), format) is not None for format in formats)
    assert stream.append(bytes(2), HEARING) is None
    assert stream.append(bytes(2), formats[-1]) is not None
    stream.close()


def test_a_track_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        Track(tmp_path / "missing" / "a.wav", HEARING)
