import io

import pytest
from rich.console import Console

from antiphon.audio.pcm import SPEAKING
from antiphon.cli.replaying.view import lanes, show, show_comparison
from antiphon.recording.compare import compared
from antiphon.recording.timeline import Timeline
from tests.recording.sample import Stage, asked_and_answered, hum


def shown(timeline: Timeline, *, terminal: bool, width: int = 100) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=width, highlight=False, color_system=None)
    show(timeline, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def drawn(timeline: Timeline, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    console.print(lanes(timeline, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def eventful() -> Timeline:
    stage = Stage()
    stage.open()
    stage.write("Hm \x1b[31m?")
    stage.say("One two three", hum(3.0, SPEAKING))
    stage.speak(hum(1.0))
    stage.interrupt()
    stage.call("look_up", city="Paris")
    stage.clock.now += 0.5
    stage.capture.lost("gone")
    stage.clock.now += 1.0
    stage.open("h")
    return stage.timeline()


@pytest.mark.parametrize("width", [30, 80, 200])
def test_lanes_are_as_wide_as_the_terminal(width: int) -> None:
    rows = drawn(asked_and_answered().timeline(), width)
    names = [row.split(" ")[0] for row in rows]
    assert names == ["", "you", "heard", "thought", "waited", "model", "said", "connection"]
    assert max(map(len, rows)) <= width
    columns = [row[15:] for row in rows]
    assert columns[6].index("▏It is") == pytest.approx(columns[5].index(columns[5].strip()[0]), abs=1)


def test_what_happened_to_the_connection_is_marked() -> None:
    rows = {row.split(" ")[0]: row for row in drawn(eventful())}
    assert "✕" in rows["connection"]
    assert "○" in rows["connection"]
    assert "look_up(city='Paris')" in rows["tools"]
    assert "0:01" in rows[""]


def test_on_a_terminal_the_conversation_is_beneath() -> None:
    text = shown(asked_and_answered().timeline(), terminal=True)
    assert "gemini-live" in text
    assert "├" in text
    assert "They are lost." in text


def test_elsewhere_there_are_lines_to_read() -> None:
    text = shown(eventful(), terminal=False)
    assert "0:00.1 model: One [not heard: two three]" in text
    assert "0:01.1 interrupted\n" in text
    assert "0:01.6 connection lost: gone" in text
    assert "├" not in text


def test_what_was_said_moves_no_cursor() -> None:
    for terminal in (True, False):
        text = shown(eventful(), terminal=terminal)
        assert "\x1b[31m" not in text
        assert "Hm  [31m?" in text


def compare(before: Timeline, after: Timeline) -> str:
    console = Console(file=io.StringIO(), width=100, highlight=False, color_system=None)
    show_comparison(compared(before, after), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_differences_are_marked() -> None:
    answered = asked_and_answered().timeline()
    assert "1 turn: the same words." in compare(answered, answered)
    text = compare(answered, eventful())
    assert "≠ heard" in text
    assert "≠ called" in text
    assert "Where is it?" in text
    assert "1 turn, 1 of them different." in text
    assert compare(Stage().timeline(), Stage().timeline()) == "Nothing was answered in either session.\n"
