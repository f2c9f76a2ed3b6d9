import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import SettingsError
from antiphon.recording.lines import Incident, Side
from antiphon.recording.reader import Noted, read_recording
from antiphon.recording.recorder import About, Recorder
from tests.recording.sample import hum
from tests.recording.test_recorder import OPEN, audio

HEADER = {
    "recording": 1,
    "antiphon": "0",
    "seenFrom": "client",
    "endpoint": "ws://x",
    "startedAt": "2026-01-31T12:00:00Z",
}


def sound(**place: object) -> dict[str, object]:
    data = {"stream": "user", "first": 0, "samples": 10, **place}
    return {"realtimeInput": {"audio": {"mimeType": "audio/pcm", "data": data}}}


def sent(message: object, at: object = 0.5) -> dict[str, object]:
    return {"at": at, "from": "client", "message": message}


def written(path: Path, *lines: object, header: object = HEADER, end: str = "\n") -> Path:
    """A recording with a short sound beside it."""
    recorder = Recorder(path / "talk.jsonl", About(endpoint="ws://x", seen_from=Side.CLIENT))
    recorder.sent(audio(hum(0.02)))
    recorder.close()
    texts = [line if isinstance(line, str) else json.dumps(line) for line in (header, *lines)]
    recorder.path.write_text("\n".join(texts) + end)
    return recorder.path


def nested(depth: int) -> str:
    return '{"at":0,"from":"client","message":{"toolResponse":' + '{"a":' * depth + "1" + "}" * depth + "}}"


BROKEN = {
    "not JSON": ("{", "line 2"),
    "not an object": ("[]", "line 2"),
    "neither": ({"at": 1}, "line 2: neither a message with its sender nor an event"),
    "both": ({"at": 1, "event": "lost", "from": "client", "message": {}}, "line 2"),
    "no sender": ({"at": 1, "message": {"setup": {}}}, "line 2"),
    "unknown sender": ({"at": 1, "from": "me", "message": {"setup": {}}}, "line 2"),
    "unknown event": ({"at": 1, "event": "party"}, "line 2"),
    "unknown field": ({"at": 1, "event": "lost", "by": "me"}, "line 2"),
    "time of a wrong type": (sent({"setup": {}}, "1"), "line 2"),
    "time before the beginning": (sent({"setup": {}}, -1), "line 2"),
    "time beyond all limits": (sent({"setup": {}}, 1e12), "line 2"),
    "empty message": (sent({}), "line 2: message: holds none"),
    "unknown message": (sent({"greeting": 1}), "line 2.*Cannot find field"),
    "value of a wrong type": (sent({"clientContent": {"turnComplete": "maybe"}}), "client_content.turn_complete"),
    "no base64": (sent(sound() | {"realtimeInput": {"audio": {"data": "!"}}}), "line 2: realtime_input.audio.data"),
    "sound outside": (sent(sound(samples=999)), "talk.user.wav ends before sample 999"),
    "sound before": (sent(sound(first=-1)), "line 2"),
    "sound of a wrong type": (sent(sound(first="x")), "line 2"),
    "sound with more": (sent(sound(extra=1)), "line 2"),
    "huge sound": (sent(sound(first=1 << 60, samples=1 << 60)), "line 2"),
    "no such stream": (sent(sound(stream="model")), "talk.model.wav cannot be read"),
    "stream elsewhere": (sent(sound(stream="../../etc/passwd")), "'../../etc/passwd.wav' is no file"),
    "absolute stream": (sent(sound(stream="/etc/passwd")), "is no file of a recording"),
    "stream with a newline": (sent(sound(stream="user\n")), "is no file of a recording"),
    "image elsewhere": (sent({"realtimeInput": {"video": {"data": {"image": "../secret.png"}}}}), "is no file"),
    "image that is missing": (sent({"realtimeInput": {"video": {"data": {"image": "image-1.png"}}}}), "image-1.png"),
    "deep": (nested(500), "line 2"),
    "very deep": (nested(100_000), "line 2"),
    "no UTF-8": ('{"at":0,"event":"lost","why":"\\ud800"}', "line 2"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "said"), BROKEN.values(), ids=BROKEN)
def test_says_which_line_is_broken(tmp_path: Path, line: object, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read_recording(written(tmp_path, line))


@pytest.mark.parametrize(
    "header", ["{", {"a": 1}, "", [1], {**HEADER, "seenFrom": "above"}, {**HEADER, "recording": 2}]
)
def test_says_when_it_is_no_recording(tmp_path: Path, header: object) -> None:
    with pytest.raises(SettingsError, match="line 1"):
        read_recording(written(tmp_path, header=header))


def test_time_does_not_go_back(tmp_path: Path) -> None:
    path = written(tmp_path, {"at": 2, "event": "lost"}, {"at": 1, "event": "lost"})
    with pytest.raises(SettingsError, match=r"line 3: its time 1 s is before"):
        read_recording(path)


def test_an_unfinished_last_line_is_left_out(tmp_path: Path) -> None:
    recorded = read_recording(written(tmp_path, {"at": 1, "event": "lost"}, '{"at":2,"even', end=""))
    assert recorded.entries == (Noted(1.0, Incident.LOST),)
    assert recorded.seconds == 1.0


def test_a_header_that_says_too_little_is_not_believed(tmp_path: Path) -> None:
    path = written(tmp_path, sent(sound(samples=320)))
    wav = path.with_name("talk.user.wav")
    wav.write_bytes(wav.read_bytes().replace((640).to_bytes(4, "little"), bytes(4), 1))
    assert len(read_recording(path).entries) == 1


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 9, b"RIFF\0\0\0\0WAVEdata\1\0\0\0" + bytes(99)])
def test_sound_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, sent(sound()))
    path.with_name("talk.user.wav").write_bytes(content)
    with pytest.raises(SettingsError, match=r"line 2: talk.user.wav"):
        read_recording(path)


def test_sound_that_is_taken_often_counts_each_time(tmp_path: Path) -> None:
    path = written(tmp_path, *[sent(sound(samples=320))] * 200)
    with pytest.raises(SettingsError, match="holds more than"):
        read_recording(path, bytes_max=100_000)
    assert len(read_recording(path, bytes_max=200_000).entries) == 200


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_files_that_are_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        read_recording(tmp_path / name)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "talk.jsonl").write_bytes(b"")
    with pytest.raises(SettingsError, match="is empty"):
        read_recording(tmp_path / "talk.jsonl")


@pytest.mark.parametrize("limit", ["LINE_BYTES_MAX", "LINES_MAX"])
def test_lines_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    path = written(tmp_path, *[{"at": 1, "event": "lost", "why": "x" * 2_000}] * 3)
    monkeypatch.setattr(f"antiphon.recording.reader.{limit}", 2 if limit == "LINES_MAX" else 1_000)
    with pytest.raises(SettingsError, match="more than 2 lines" if limit == "LINES_MAX" else "line 2: longer"):
        read_recording(path)


KEYS = ["at", "from", "message", "stream", "first", "samples", "image", "event", "realtimeInput", "audio", "data"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, line: object) -> None:
    path = tmp_path_factory.mktemp("any") / "talk.jsonl"
    path.write_text(json.dumps(HEADER) + "\n" + json.dumps(line) + "\n")
    with suppress(SettingsError):
        assert len(read_recording(path).entries) == 1


def test_opens_with_the_model_of_the_setup(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "talk.jsonl", About(endpoint="ws://x", seen_from=Side.SERVER, model="models/y"))
    recorder.received(OPEN)
    recorder.close()
    assert read_recording(recorder.path).model == "models/y"
