from pathlib import Path

import numpy as np
import pytest
import soundfile

from antiphon.audio.pcm import SPEAKING, AudioChunk, AudioFormat
from antiphon.client.talk.playout import Playout
from antiphon.client.talk.speaker import FileSpeaker, check_speaker, open_speaker
from antiphon.errors import SettingsError
from tests.client.fake_time import FakeTime
from tests.client.talk.fake_sound import FakeSound, sound
from tests.client.talk.fake_talk import tone

__all__ = ["sound"]


def stretch(seconds: float, amplitude: float = 0.3, rate_hz: int = SPEAKING.rate_hz) -> AudioChunk:
    return AudioChunk(tone(amplitude, rate_hz=rate_hz, seconds=seconds), AudioFormat(rate_hz))


def test_plays_what_it_is_given_in_order(sound: FakeSound) -> None:
    with open_speaker("default") as speaker:
        assert (speaker.name, speaker.latency_s) == ("default", 0.03)
        speaker.play(stretch(0.06, 0.1))
        speaker.play(stretch(0.06, 0.2))
        assert speaker.waiting_s == pytest.approx(0.12)
        stream = sound.streams[0]
        played = b"".join(stream.plays(480) for _ in range(6))
    assert played == stretch(0.06, 0.1).data + stretch(0.06, 0.2).data
    assert stream.plays(480) == bytes(960)


def test_level_and_what_is_left_are_those_of_the_moment(sound: FakeSound) -> None:
    with open_speaker() as speaker:
        speaker.play(stretch(0.2))
        sound.streams[0].plays(480)
        assert speaker.waiting_s == pytest.approx(0.18)
        assert speaker.level_dbfs == pytest.approx(-13.5, abs=0.5)


def test_flush_is_heard_at_once(sound: FakeSound) -> None:
    with open_speaker() as speaker:
        speaker.play(stretch(5.0))
        assert any(sound.streams[0].plays(480))
        speaker.flush()
        assert speaker.waiting_s == 0
        assert not any(sound.streams[0].plays(480))


def test_a_device_of_another_rate_and_two_channels(sound: FakeSound) -> None:
    sound.takes = {(48_000, 2)}
    with open_speaker() as speaker:
        speaker.play(stretch(0.5))
        speaker.end_reply()
        assert speaker.waiting_s == pytest.approx(0.5, abs=0.001), "with what the resampler held back"
        block = np.frombuffer(sound.streams[0].plays(24_000, frame_bytes=4), "<i2").reshape(-1, 2)
    assert (block[:, 0] == block[:, 1]).all()
    spectrum = np.abs(np.fft.rfft(block[:, 0].astype(float)))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=4)


def test_a_reply_may_change_its_rate(sound: FakeSound) -> None:
    with open_speaker() as speaker:
        speaker.play(stretch(0.2))
        speaker.play(stretch(0.2, rate_hz=16_000))
        speaker.end_reply()
        assert speaker.waiting_s == pytest.approx(0.4, abs=0.002)


def test_what_was_flushed_leaves_nothing_in_the_resampler(sound: FakeSound) -> None:
    sound.takes = {(48_000, 1)}
    with open_speaker() as speaker:
        speaker.play(stretch(0.5))
        speaker.flush()
        speaker.play(AudioChunk(bytes(9_600), SPEAKING))
        speaker.end_reply()
        assert abs(np.frombuffer(sound.streams[0].plays(9_600), "<i2")).max() <= 1, "nothing but dither"


def test_a_lost_device_is_told(sound: FakeSound) -> None:
    with open_speaker("headset") as speaker:
        speaker.tick()
        sound.streams[0].call("finished_callback")
        with pytest.raises(SettingsError, match=r"the speaker USB Headset: Audio .* stopped"):
            speaker.tick()


def written(path: Path) -> list[int]:
    """The loudest sample of each 100 ms, as a digit."""
    samples, rate_hz = soundfile.read(path)
    assert rate_hz == 24_000
    return [round(10 * float(np.abs(samples[at : at + 2_400]).max())) for at in range(0, len(samples), 2_400)]


def test_a_file_gets_what_sounds_when_it_does(tmp_path: Path) -> None:
    time = FakeTime()
    path = tmp_path / "answer.wav"
    with soundfile.SoundFile(path, "w", 24_000, 1) as file:
        speaker = FileSpeaker(file, Playout(24_000, lead_s=0.0), time=time)
        time.seconds += 0.3
        speaker.play(stretch(0.2, 0.5))
        speaker.end_reply()
        time.seconds += 0.4
        speaker.play(stretch(5.0, 0.3))
        time.seconds += 0.2
        speaker.tick()
        assert speaker.waiting_s == pytest.approx(4.8)
        speaker.flush()
        time.seconds += 0.1
        speaker.tick()
    assert written(path) == [0, 0, 0, 5, 5, 0, 0, 3, 3, 0]


def test_a_file_is_opened_in_place_of_a_device(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    check_speaker(str(path))
    with open_speaker(str(path)) as speaker:
        assert (speaker.name, speaker.latency_s) == (str(path), 0.0)
        assert path.exists()


def test_what_cannot_be_opened_is_told_beforehand(tmp_path: Path, sound: FakeSound) -> None:
    with pytest.raises(SettingsError, match="cannot be written there"):
        check_speaker(str(tmp_path / "nowhere" / "answer.wav"))
    with pytest.raises(SettingsError, match="no speaker has that number or name"):
        check_speaker("camera")
    check_speaker("headset")
    assert sound.streams == []


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with (
        pytest.raises(SettingsError, match=r"--speaker .* cannot be written"),
        open_speaker(str(tmp_path / "nowhere" / "answer.wav")),
    ):
        pass


def test_a_file_that_cannot_be_written_any_more(tmp_path: Path) -> None:
    time = FakeTime()
    file = soundfile.SoundFile(tmp_path / "answer.wav", "w", 24_000, 1)
    speaker = FileSpeaker(file, time=time)
    file.close()  # as good as a full disk
    time.seconds += 1
    with pytest.raises(SettingsError, match="cannot be written"):
        speaker.tick()
