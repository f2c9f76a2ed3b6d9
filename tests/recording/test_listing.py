import pytest

from antiphon.recording.listing import clock, facts, milliseconds, rows, told
from antiphon.recording.timeline import Call
from tests.recording.sample import Stage, asked_and_answered


def test_what_is_listed() -> None:
    timeline = asked_and_answered().timeline()
    assert [(row.who, row.text, bool(row.waited)) for row in rows(timeline)] == [
        ("you", "Where is it?", False),
        ("thought", "They are lost.", False),
        ("model", "It is near.", True),
    ]
    assert rows(timeline)[0].time == "0:01.5"


def test_what_it_is() -> None:
    named = dict(facts(asked_and_answered().timeline()))
    assert named["model"] == "gemini-live"
    assert named["turns"] == "1"
    assert named["tokens"] == "65"
    assert named["latency"].endswith("longest")
    assert "interruptions" not in named
    stage = Stage()
    stage.open()
    stage.interrupt()
    assert dict(facts(stage.timeline()))["interruptions"] == "1"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00.0"), (7.44, "0:07.4"), (59.96, "1:00.0"), (3_600, "60:00.0")])
def test_times(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.4124, "412 ms"), (9.9, "9900 ms"), (12.06, "12.1 s")])
def test_latencies(seconds: float, text: str) -> None:
    assert milliseconds(seconds) == text


def test_calls_look_like_code() -> None:
    assert told(Call(0, None, "f", {"a": 1, "b": "x"})) == "f(a=1, b='x')"
    assert told(Call(0, 1, "f", {}, {"output": "y", "n": 2})) == "f() → y, 2"
    assert told(Call(0, 1, "f", {}, cancelled=True)) == "f() (cancelled)"
