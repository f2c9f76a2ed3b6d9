import pytest

from antiphon.audio.pcm import SPEAKING
from antiphon.recording.drawing import PIXELS_MAX, Drawing, clock, drawing_of, milliseconds, told
from antiphon.recording.timeline import Call
from tests.recording.sample import Stage, asked_and_answered, hum, silence


def lanes(drawing: Drawing) -> list[str]:
    return [lane.name for lane in drawing.lanes]


def test_a_lane_for_each_thing_that_happened() -> None:
    drawing = drawing_of(asked_and_answered().timeline())
    assert lanes(drawing) == ["you", "heard", "thought", "waited", "model", "said", "connection"]
    tops = [lane.top for lane in drawing.lanes]
    assert tops == sorted(tops)
    assert drawing.height == tops[-1] + drawing.lanes[-1].height
    assert {wave.kind for wave in drawing.waves} == {"user", "model"}
    assert lanes(drawing_of(Stage().timeline())) == ["you", "model", "connection"]


def test_everything_is_in_the_picture() -> None:
    drawing = drawing_of(asked_and_answered().timeline())
    for bar in drawing.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= bar.x + bar.room + 1e-3 <= 100.01
    said = next(bar for bar in drawing.bars if bar.kind == "said")
    assert said.x == pytest.approx(100 * 1.5 / 3.5, abs=1)
    assert said.width == pytest.approx(100 * 2.0 / 3.5, abs=1)
    assert said.text == "It is near."
    (wait,) = drawing.waits
    assert wait.x + wait.width == pytest.approx(said.x, abs=0.01)
    assert wait.label.endswith(" ms")
    assert [label for _, label in drawing.ticks] == ["0:00", "0:02"]


def test_an_outline_rises_where_the_sound_does() -> None:
    wave = drawing_of(asked_and_answered().timeline()).waves[0]
    assert wave.path.startswith("M5 100L5 ")
    assert wave.path.count("M") == wave.path.count("Z") == 1
    assert wave.columns == pytest.approx(3.5 / 0.02, abs=4)


def test_interruptions_and_marks() -> None:
    stage = Stage()
    stage.open()
    stage.say("One two three", hum(3.0, SPEAKING))
    stage.speak(hum(1.0))
    stage.interrupt()
    stage.call("f", what="<x>")
    stage.show(b"picture")
    stage.write("See?")
    stage.capture.lost("gone")
    stage.clock.now += 1.0
    stage.open("h")
    stage.speak(silence(0.5))
    drawing = drawing_of(stage.timeline())
    assert [hint for _, hint in drawing.cuts] == ["0:01.1 interrupted"]
    bars = {bar.kind: bar for bar in drawing.bars}
    assert bars["said"].hint == "0:00.1 One [not heard: two three]"
    assert bars["wrote"].text == "See? · image/jpeg, 0 kB"
    assert bars["tool"].text == "f(what='<x>')"
    assert bars["mark row-0 bad"].text == "connection lost gone"
    assert bars["mark row-1"].text == "resumed after 1.1 s"


def test_a_long_session_is_no_wider_than_it_may_be() -> None:
    stage = Stage()
    stage.open()
    stage.clock.now += 3_600
    stage.say("Late.", hum(1.0, SPEAKING))
    drawing = drawing_of(stage.timeline())
    assert drawing.width == PIXELS_MAX
    assert 100 < len(drawing.ticks) <= PIXELS_MAX / 70
    assert drawing.waves[0].columns <= 12_000


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
