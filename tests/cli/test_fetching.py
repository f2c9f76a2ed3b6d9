import io

import pytest
from rich.console import Console

from antiphon.cli.fetching import LINE_EVERY_S, Bars, Lines, shown_on


def console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    screen = io.StringIO()
    return Console(file=screen, force_terminal=terminal, width=120, color_system=None), screen


def test_a_terminal_gets_bars_with_name_size_and_state() -> None:
    drawn, screen = console(terminal=True)
    with shown_on(drawn) as progress:
        assert isinstance(progress, Bars)
        progress.begin("model.bin [1/2]", 0, 2_000_000)
        progress.advance(1_500_000)
        progress.say("cut; trying again")
        progress.begin("model.bin [1/2]", 1_500_000, 2_000_000)
        progress.advance(500_000)
        progress.end()
        progress.advance(1)
    text = screen.getvalue()
    assert "model.bin [1/2]" in text
    assert "2.0/2.0 MB" in text
    assert "goes on after the 1.5 MB that are here" in text
    assert text.count("2.0/2.0 MB") >= 1


def test_a_log_gets_a_line_at_start_and_end() -> None:
    drawn, screen = console(terminal=False)
    with shown_on(drawn) as progress:
        assert isinstance(progress, Lines)
        progress.begin("model.bin", 0, 2_000_000)
        for _ in range(1_000):
            progress.advance(2_000)
        progress.end()
        progress.end()
        progress.advance(1)
    first, last = screen.getvalue().splitlines()
    assert first == "model.bin: 2.0 MB"
    assert last.startswith("model.bin: here, 2.0 MB in ")


@pytest.mark.parametrize(
    ("total", "line"), [(100_000_000, "it: 60.0 MB of 100.0 MB, 5.0 MB/s, 8 s left"), (None, "it: 60.0 MB, 5.0 MB/s")]
)
def test_a_log_gets_speed_and_time_left_now_and_then(total: int | None, line: str) -> None:
    drawn, screen = console(terminal=False)
    clock = iter([0.0, LINE_EVERY_S - 1, LINE_EVERY_S, LINE_EVERY_S + 1])
    lines = Lines(drawn, clock=clock.__next__)
    lines.begin("it", 10_000_000, total)
    for _ in range(3):
        lines.advance(25_000_000)
    first, second = screen.getvalue().splitlines()
    assert first.endswith("goes on after the 10.0 MB that are here")
    assert second == line
