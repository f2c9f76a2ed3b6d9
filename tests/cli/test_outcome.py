import json
from pathlib import Path

import pytest
import soundfile

from antiphon.audio.pcm import SPEAKING, AudioChunk, AudioFormat
from antiphon.cli.outcome import Outcome, check_writable, failed, outcome_of, save_reply
from antiphon.client.asking import Asking
from antiphon.client.audio_file import open_audio
from antiphon.errors import ConnectionClosed, NoAnswer, SettingsError
from tests.client.recordings import question


def test_a_question_that_was_not_put_yet(tmp_path: Path) -> None:
    asking = Asking(open_audio(question(tmp_path), 60))
    outcome = outcome_of(asking, model="m", real_time=False, saved=None)
    assert json.loads(outcome.as_json()) == {
        "model": "m", "heard": None, "answer": None, "first_sound_ms": None, "first_text_ms": None, "real_time": False,
        "question_s": 0.4, "end_of_speech_s": 0.3, "interruptions": 0, "reply": None, "reply_s": None, "usage": None,
        "close_code": None, "close_reason": None, "error": None,
    }  # fmt: skip


def test_names_what_failed() -> None:
    assert failed(Outcome(model="m"), NoAnswer("too slow")).error == "too slow"
    closed = failed(Outcome(model="m"), ConnectionClosed(1008, "no"))
    assert (closed.close_code, closed.close_reason) == (1008, "no")


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_saves_whole_or_not_at_all(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / name
    assert save_reply(AudioChunk(bytes(4_800), SPEAKING), path) == pytest.approx(0.1)
    before = path.read_bytes()
    assert soundfile.info(path).samplerate == 24_000

    def half(file: Path, *_: object) -> None:
        file.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(soundfile, "write", half)
    with pytest.raises(SettingsError, match="No space left"):
        save_reply(AudioChunk(bytes(4_800), SPEAKING), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saves_at_24_khz(tmp_path: Path) -> None:
    save_reply(AudioChunk(bytes(3_200), AudioFormat(16_000)), tmp_path / "a.wav")
    assert soundfile.info(tmp_path / "a.wav").frames == pytest.approx(2_400, abs=2)


def test_a_file_may_be_replaced_but_not_the_question(tmp_path: Path) -> None:
    asked = question(tmp_path)
    check_writable(tmp_path / "reply.wav", asked)
    check_writable(tmp_path / "reply.wav", Path("-"))
    (tmp_path / "reply.wav").touch()
    check_writable(tmp_path / "reply.wav", asked)
    for bad in (asked, tmp_path, tmp_path / "no" / "reply.wav", tmp_path / "reply", tmp_path / "reply.txt"):
        with pytest.raises(SettingsError, match="--out"):
            check_writable(bad, asked)
