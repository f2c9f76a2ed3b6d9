"""A recorded session in the terminal: its timeline as coloured lanes, its conversation as lines."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from antiphon.cli.faults import printable
from antiphon.recording.compare import Pair, Side
from antiphon.recording.listing import Row, facts, milliseconds, rows, told
from antiphon.recording.loud import peaks
from antiphon.recording.placing import Placed
from antiphon.recording.timeline import MarkKind, Timeline, Words

_LEVELS = " ▁▂▃▄▅▆▇█"
_NAMES_WIDTH = 15
_COLUMNS_MIN = 12
_TICK_WIDTH = 12
_TICKS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800)
"""Between the marks of the ruler; the first that leaves them room."""

_STYLES = {"user": "blue", "model": "green", "thought": "magenta", "tool": "yellow", "mark": "bright_black"}


def show(timeline: Timeline, console: Console) -> None:
    """Draw a timeline as wide as the terminal; where the output is none, only say what there is to read."""
    for name, value in facts(timeline):
        console.print(Text.assemble((f"{name:<{_NAMES_WIDTH}}", "dim"), printable(value)), soft_wrap=True)
    console.print()
    if console.is_terminal:
        console.print(lanes(timeline, console.width))
        console.print()
        console.print(_table(rows(timeline)))
    else:
        for row in rows(timeline):
            console.print(Text(printable(_line(row))), soft_wrap=True)


def lanes(timeline: Timeline, width: int) -> RenderableType:
    """Draw the lanes in that many columns."""
    return Group(*_Strip(timeline, max(_COLUMNS_MIN, width - _NAMES_WIDTH)).lines())


class _Strip:
    """Maps time to columns."""

    def __init__(self, timeline: Timeline, columns: int) -> None:
        self._timeline = timeline
        self._columns = columns
        self._per_s = (columns - 1) / max(timeline.seconds, 0.1)

    def lines(self) -> Iterable[Text]:
        timeline = self._timeline
        yield self._named("", self._ruler(), "dim")
        yield self._named("you", self._wave(timeline.user_sound), "blue")
        yield from self._words("wrote", timeline.wrote, "blue")
        yield from self._words("heard", timeline.heard, "cyan")
        yield from self._words("thought", timeline.thoughts, "magenta")
        calls = [Words(call.start_s, call.end_s or timeline.seconds, told(call)) for call in timeline.calls]
        yield from self._words("tools", calls, "yellow")
        if any(turn.latency_s is not None for turn in timeline.turns):
            yield self._named("waited", self._waits(), "bold red")
        yield self._named("model", self._wave(timeline.model_sound), "green")
        yield from self._words("said", timeline.said, "green")
        yield self._named("connection", self._connection(), "bright_black")

    def _column(self, at_s: float) -> int:
        return min(self._columns - 1, max(0, int(at_s * self._per_s)))

    def _named(self, name: str, cells: str, style: str) -> Text:
        return Text.assemble((f"{name:<{_NAMES_WIDTH}}", "dim"), (cells, style))

    def _ruler(self) -> str:
        cells = [" "] * self._columns
        step_s = next((step for step in _TICKS_S if step * self._per_s >= _TICK_WIDTH), _TICKS_S[-1])
        for at_s in range(0, int(self._timeline.seconds) + 1, step_s):
            if (at := self._column(at_s)) < self._columns - _TICK_WIDTH // 2:
                _put(cells, at, f"╷{at_s // 60}:{at_s % 60:02d}")
        return "".join(cells)

    def _wave(self, sound: Sequence[Placed]) -> str:
        loud = np.sqrt(peaks(sound, self._timeline.seconds))
        edges = np.linspace(0, len(loud), self._columns + 1).astype(int)
        levels = [float(loud[start : max(end, start + 1)].max(initial=0.0)) for start, end in pairwise(edges)]
        return "".join(_LEVELS[min(len(_LEVELS) - 1, int(level * len(_LEVELS)))] for level in levels)

    def _words(self, name: str, row: Sequence[Words], style: str) -> Iterable[Text]:
        if not row:
            return
        cells = [" "] * self._columns
        for words in row:
            start, end = self._column(words.start_s), self._column(words.end_s)
            cells[start : end + 1] = "▏" + "╌" * (end - start)
            _put(cells, start + 1, printable(" ".join(words.text.split())))
        yield self._named(name, "".join(cells), style)

    def _waits(self) -> str:
        cells = [" "] * self._columns
        for turn in self._timeline.turns:
            if turn.latency_s is not None and turn.asked_s is not None and turn.first_s is not None:
                start, end = self._column(turn.asked_s), self._column(turn.first_s)
                _put(cells, start, "├" + "─" * max(0, end - start - 1) + "┤ " + milliseconds(turn.latency_s))
        return "".join(cells)

    def _connection(self) -> str:
        cells = [" "] * self._columns
        for span in self._timeline.connected:
            start, end = self._column(span.start_s), self._column(span.end_s)
            cells[start : end + 1] = "━" * (end + 1 - start)
        signs = {MarkKind.INTERRUPTED: "✕", MarkKind.GOING_AWAY: "▲", MarkKind.LOST: "○", MarkKind.DROPPED: "!"}
        for mark in self._timeline.marks:
            if mark.kind in signs:
                cells[self._column(mark.at_s)] = signs[mark.kind]
        return "".join(cells)


def _put(cells: list[str], at: int, text: str) -> None:
    """Write over cells, as far as there are any."""
    room = text[: max(0, len(cells) - at)]
    cells[at : at + len(room)] = room


def _table(listed: Sequence[Row]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for row in listed:
        text = Text(printable(row.text))
        if row.unheard:
            text.append(f" {printable(row.unheard)}", "dim strike")
        if row.waited:
            text.append(f"  {row.waited}", "bold red")
        grid.add_row(row.time, Text(row.who, _STYLES[row.kind]), text)
    return grid


def _line(row: Row) -> str:
    unheard = f" [not heard: {row.unheard}]" if row.unheard else ""
    badge = f" ({row.waited})" if row.waited else ""
    return f"{row.time} {row.who}: {row.text}{unheard}{badge}".rstrip(": ")


def show_comparison(pairs: Sequence[Pair], console: Console) -> None:
    """Show two sessions beside one another, turn by turn; what differs is marked."""
    if not pairs:
        console.print("Nothing was answered in either session.")
        return
    table = Table("", "", "recorded", "now", box=None, pad_edge=False)
    for pair in pairs:
        for name, same, text in _compared(pair):
            sign = Text("=", "dim") if same else Text("≠", "bold red")
            number = str(pair.number) if name == "heard" else ""
            cells = [Text(printable(text(side)), "" if same else "red") for side in (pair.before, pair.after)]
            table.add_row(number, Text.assemble(sign, " ", name), *cells)
        latencies = [_latency(side) for side in (pair.before, pair.after)]
        table.add_row("", Text("  latency", "dim"), *(Text(latency, "dim") for latency in latencies))
    console.print(table)
    different = sum(not pair.same for pair in pairs)
    turns = "1 turn" if len(pairs) == 1 else f"{len(pairs)} turns"
    console.print(f"{turns}: the same words." if not different else f"{turns}, {different} of them different.")


def _compared(pair: Pair) -> Iterable[tuple[str, bool, Callable[[Side], str]]]:
    yield "heard", pair.heard_same, lambda side: side.heard
    yield "said", pair.said_same, lambda side: side.said
    if pair.before.calls or pair.after.calls:
        yield "called", pair.calls_same, lambda side: ", ".join(side.calls)


def _latency(side: Side) -> str:
    return "–" if side.latency_s is None else milliseconds(side.latency_s)
