import io
import os
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from antiphon.audio.pcm import HEARING
from antiphon.client.audio_file import AudioFile, open_audio, open_pcm
from antiphon.errors import SettingsError
from tests.client.recordings import record, voice

LIMIT_S = 60.0


def pcm_of(file: AudioFile) -> bytes:
    return b"".join(chunk.data for chunk in file.chunks())


@pytest.mark.parametrize(
    ("name", "rate_hz", "channels", "subtype"),
    [
        ("a.wav", 8_000, 2, "FLOAT"),
        ("a.wav", 44_100, 1, "PCM_24"),
        ("a.wav", 48_000, 6, "PCM_32"),
        ("a.wav", 16_000, 1, "PCM_U8"),
        ("a.wav", 16_000, 1, "PCM_16"),
        ("a.wav", 8_000, 1, "ULAW"),
        ("a.flac", 22_050, 1, None),
        ("a.ogg", 48_000, 2, None),
        ("a.mp3", 44_100, 2, None),
        ("a.aiff", 32_000, 1, None),
    ],
)
def test_reads_what_people_have(tmp_path: Path, name: str, rate_hz: int, channels: int, subtype: str | None) -> None:
    samples = voice(1.0, rate_hz, silence_s=0.5)
    path = record(tmp_path / name, np.tile(samples[:, None], (1, channels)), rate_hz, subtype)
    file = open_audio(path, LIMIT_S)
    chunks = list(file.chunks())
    assert file.seconds == pytest.approx(1.5, abs=0.08)  # MP3 pads
    assert file.speech_end_s == pytest.approx(1.0, abs=0.1)
    assert sum(chunk.seconds for chunk in chunks) == pytest.approx(file.seconds)
    assert {chunk.format for chunk in chunks} == {HEARING}
    assert {chunk.seconds for chunk in chunks[:-1]} == {0.02}
    loudest = max(float(np.abs(chunk.float32()).max()) for chunk in chunks)
    assert loudest == pytest.approx(0.3, abs=0.05)


def test_the_tone_stays_the_tone(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(44_100) / 44_100)
    file = open_audio(record(tmp_path / "a.wav", tone, 44_100), LIMIT_S)
    samples = np.frombuffer(pcm_of(file), "<i2")[1_000:-1_000]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    assert np.argmax(spectrum) * 16_000 / len(samples) == pytest.approx(1_000, abs=2)


def test_what_is_too_loud_is_clipped_and_what_is_no_number_is_silent(tmp_path: Path) -> None:
    samples = voice(0.5, 16_000, amplitude=3.0)
    samples[100] = np.nan
    values = np.frombuffer(pcm_of(open_audio(record(tmp_path / "a.wav", samples, subtype="FLOAT"), LIMIT_S)), "<i2")
    assert values.max() == 32_767
    assert values.min() == -32_768
    assert values[100] == 0


def test_can_be_streamed_again(tmp_path: Path) -> None:
    file = open_audio(record(tmp_path / "a.wav", voice(0.3, 16_000)), LIMIT_S)
    assert pcm_of(file) == pcm_of(file) != b""


def test_a_truncated_file_is_as_long_as_what_is_there(tmp_path: Path) -> None:
    path = record(tmp_path / "a.wav", voice(1.0, 16_000))
    os.truncate(path, path.stat().st_size // 2)
    assert open_audio(path, LIMIT_S).seconds == pytest.approx(0.5, abs=0.01)


def empty_wave(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: None, "does not exist"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.write_text("Dear server, where is the station?"), "not a sound file.*ffmpeg"),
        (empty_wave, "holds no sound"),
        (lambda path: record(path, np.zeros(16_000)), "is silent"),
        (lambda path: record(path, voice(61.0, 8_000), 8_000), r"1\.0 minutes long.*QUESTION_S_MAX"),
        (os.mkfifo, "is not a file"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path: Path, make: object, said: str) -> None:
    path = tmp_path / "question.wav"
    make(path)  # type: ignore[operator]
    with pytest.raises(SettingsError, match=said) as caught:
        open_audio(path, LIMIT_S)
    assert "question.wav" in str(caught.value)


def test_a_name_that_means_raw_pcm_is_sent_to_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "question.raw"
    path.write_bytes(bytes(1_000))
    with pytest.raises(SettingsError, match="standard input"):
        open_audio(path, LIMIT_S)


def test_a_file_may_not_be_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = record(tmp_path / "a.wav", voice(0.3, 16_000))

    def denied(*_: object) -> io.BytesIO:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        open_audio(path, LIMIT_S)


def raw(seconds: float) -> bytes:
    return (voice(seconds, 16_000) * 32_767).astype("<i2").tobytes()


def test_standard_input_is_raw_pcm() -> None:
    data = raw(0.5)
    file = open_pcm(io.BytesIO(data), LIMIT_S)
    assert file.seconds == pytest.approx(0.5)
    assert pcm_of(file) == data


def test_standard_input_may_be_a_sound_file_too() -> None:
    flac = io.BytesIO()
    soundfile.write(flac, voice(0.5, 44_100), 44_100, format="FLAC")
    flac.seek(0)
    assert open_pcm(flac, LIMIT_S).seconds == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "standard input holds no sound"), (bytes(32_000), "silent"), (raw(61), "too long")]
)
def test_says_what_is_wrong_with_standard_input(data: bytes, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        open_pcm(io.BytesIO(data), LIMIT_S)
