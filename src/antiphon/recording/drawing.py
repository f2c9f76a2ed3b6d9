"""Where everything of a timeline goes in its picture: across in percent of the time, down in pixels.

Percentages let the picture be as wide as the window while its letters keep their size.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from antiphon.recording.loud import peaks
from antiphon.recording.placing import Placed
from antiphon.recording.timeline import Call, Mark, MarkKind, Timeline, Words

PIXELS_PER_S = 40
"""Below which letters would not fit any more; then the picture is scrolled."""

PIXELS_MAX = 40_000

TICKS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800)
"""Between the marks of a ruler; the first that leaves them room."""

_LETTER = 7.5
"""Pixels, about."""

_TOGETHER_S = 0.3
_COLUMNS_MAX = 12_000
_WAVE_HALF = 100
_RULER = 26
_TICK_WIDTH = 70
_CONNECTION = (MarkKind.GOING_AWAY, MarkKind.LOST, MarkKind.RESUMED, MarkKind.FRESH, MarkKind.SENT_AGAIN)


@dataclass(frozen=True, slots=True)
class Lane:
    """A row with its name."""

    name: str
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time with a text in it; `kind` is its class. The text may run on to `room` percent."""

    kind: str
    x: float
    width: float
    room: float
    top: int
    height: int
    text: str
    hint: str
    """What is shown when it is pointed at."""


@dataclass(frozen=True, slots=True)
class Wave:
    """The outline of a sound, as an SVG path in a box of `columns` by 200."""

    kind: str
    top: int
    height: int
    columns: int
    path: str


@dataclass(frozen=True, slots=True)
class Wait:
    """How long the user waited: a bracket with its label."""

    x: float
    width: float
    label: str
    late: bool
    """So far right that the label goes before it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """All there is to draw."""

    width: int
    """Pixels it needs."""
    height: int
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]
    waves: tuple[Wave, ...]
    bars: tuple[Bar, ...]
    waits: tuple[Wait, ...]
    wait_lane: Lane | None
    cuts: tuple[tuple[float, str], ...]
    """Interruptions: where, and what to say of them."""


def drawing_of(timeline: Timeline) -> Drawing:
    """Lay a timeline out."""
    return _Board(timeline).drawing()


def clock(seconds: float) -> str:
    """Write a time as people do: 0:07.4."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


class _Board:
    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._seconds = max(timeline.seconds, 0.1)
        self._width = min(round(self._seconds * PIXELS_PER_S), PIXELS_MAX)
        self._per_s = self._width / self._seconds
        self._lanes: dict[str, Lane] = {}
        self._bottom = _RULER
        self._add_lanes()

    def drawing(self) -> Drawing:
        timeline = self._timeline
        cuts = [mark for mark in timeline.marks if mark.kind is MarkKind.INTERRUPTED]
        return Drawing(
            width=self._width,
            height=self._bottom,
            lanes=tuple(self._lanes.values()),
            ticks=tuple(self._ticks()),
            waves=tuple(self._waves()),
            bars=tuple(self._bars()),
            waits=tuple(self._waits()),
            wait_lane=self._lanes.get("waited"),
            cuts=tuple((self._x(cut.at_s), f"{clock(cut.at_s)} interrupted {cut.text}".strip()) for cut in cuts),
        )

    def _add_lanes(self) -> None:
        timeline = self._timeline
        waited = any(turn.latency_s is not None for turn in timeline.turns)
        images = any(mark.kind is MarkKind.IMAGE for mark in timeline.marks)
        rows: tuple[tuple[str, int, object], ...] = (
            ("you", 64, True),
            ("wrote", 30, timeline.wrote or images),
            ("heard", 30, timeline.heard),
            ("thought", 30, timeline.thoughts),
            ("tools", 30, timeline.calls),
            ("waited", 30, waited),
            ("model", 64, timeline.model_sound or not timeline.said),
            ("said", 30, timeline.said),
            ("connection", 44, True),
        )
        for name, height, shown in rows:
            if shown:
                self._lanes[name] = Lane(name, self._bottom, height)
                self._bottom += height

    def _x(self, at_s: float) -> float:
        return round(100 * min(max(at_s, 0.0), self._seconds) / self._seconds, 4)

    def _ticks(self) -> Iterator[tuple[float, str]]:
        step = next((step for step in TICKS_S if step * self._per_s >= _TICK_WIDTH), TICKS_S[-1])
        for at_s in range(0, int(self._seconds) + 1, step):
            yield self._x(at_s), f"{at_s // 60}:{at_s % 60:02d}"

    def _waves(self) -> Iterator[Wave]:
        for name, kind, sound in (
            ("you", "user", self._timeline.user_sound),
            ("model", "model", self._timeline.model_sound),
        ):
            if sound and name in self._lanes:
                lane = self._lanes[name]
                columns, path = _outline(sound, self._seconds)
                yield Wave(kind, lane.top + 6, lane.height - 12, columns, path)

    def _bars(self) -> Iterator[Bar]:
        timeline = self._timeline
        for span in timeline.speech:
            yield self._bar("you", "speech", span.start_s, span.end_s, "", "you spoke")
        yield from self._row("wrote", "wrote", _put_in(timeline))
        yield from self._row("heard", "heard", timeline.heard)
        yield from self._row("thought", "thought", timeline.thoughts)
        yield from self._row("said", "said", timeline.said)
        yield from self._tools(timeline.calls)
        for span in timeline.connected:
            yield self._bar("connection", "connected", span.start_s, span.end_s, "", "connected")
        marks = [mark for mark in timeline.marks if mark.kind in _CONNECTION or mark.kind is MarkKind.DROPPED]
        yield from self._marks(marks)

    def _row(self, lane: str, kind: str, row: Sequence[Words]) -> Iterator[Bar]:
        for words, after in zip(row, (*row[1:], None), strict=False):
            unheard = f" [not heard: {words.unheard}]" if words.unheard else ""
            until_s = self._seconds if after is None else after.start_s
            yield self._bar(lane, kind, words.start_s, words.end_s, words.text, words.text + unheard, until_s)

    def _tools(self, calls: Sequence[Call]) -> Iterator[Bar]:
        for call, after in zip(calls, (*calls[1:], None), strict=False):
            until_s = self._seconds if after is None else after.start_s
            end_s = call.end_s if call.end_s is not None else self._seconds
            kind = "tool cancelled" if call.cancelled else "tool"
            yield self._bar("tools", kind, call.start_s, end_s, told(call), told(call, long=True), until_s)

    def _marks(self, marks: Sequence[Mark]) -> Iterator[Bar]:
        """Labels are in two rows by turns, so that each has the room of two."""
        ends = [mark.at_s for mark in marks[2:]] + [self._seconds] * 2
        for number, (mark, until_s) in enumerate(zip(marks, ends, strict=False)):
            bad = " bad" if mark.kind in (MarkKind.LOST, MarkKind.DROPPED) else ""
            text = f"{mark.kind} {mark.text}".strip()
            yield self._bar("connection", f"mark row-{number % 2}{bad}", mark.at_s, mark.at_s, text, text, until_s)

    def _bar(  # noqa: PLR0913, PLR0917 - what a bar is made of
        self, lane: str, kind: str, start_s: float, end_s: float, text: str, hint: str, until_s: float | None = None
    ) -> Bar:
        row = self._lanes[lane]
        x = self._x(start_s)
        width = round(self._x(end_s) - x, 4)
        until_s = min(until_s or 0.0, start_s + (len(text) + 3) * _LETTER / self._per_s)
        room = round(self._x(max(end_s, until_s)) - x, 4)
        return Bar(kind, x, width, room, row.top, row.height, text, f"{clock(start_s)} {hint}")

    def _waits(self) -> Iterator[Wait]:
        for turn in self._timeline.turns:
            if turn.latency_s is not None and turn.asked_s is not None and turn.first_s is not None:
                x, end = self._x(turn.asked_s), self._x(turn.first_s)
                yield Wait(x, round(end - x, 4), milliseconds(turn.latency_s), late=end > 90)


def _put_in(timeline: Timeline) -> list[Words]:
    """What the user wrote and showed; what came together is one."""
    shown = [Words(mark.at_s, mark.at_s, mark.text) for mark in timeline.marks if mark.kind is MarkKind.IMAGE]
    found: list[Words] = []
    for words in sorted((*timeline.wrote, *shown), key=lambda words: words.start_s):
        if found and words.start_s - found[-1].start_s < _TOGETHER_S:
            found[-1] = replace(found[-1], text=f"{found[-1].text} · {words.text}")
        else:
            found.append(words)
    return found


def told(call: Call, *, long: bool = False) -> str:
    """Write a call and its result as a line of code."""
    args = ", ".join(f"{name}={value!r}" for name, value in call.args.items())
    result = "" if call.result is None else f" → {', '.join(f'{value}' for value in call.result.values())}"
    ending = " (cancelled)" if call.cancelled else result if long or result else ""
    return f"{call.name}({args}){ending}"


def milliseconds(seconds: float) -> str:
    """Write a latency: 412 ms, or 12.1 s."""
    return f"{round(seconds * 1_000)} ms" if seconds < 10 else f"{seconds:.1f} s"


def _outline(sound: Iterable[Placed], seconds: float) -> tuple[int, str]:
    """Columns and the path, mirrored; soft sounds are drawn larger than they are, as the ear hears them."""
    loud = peaks(sound, seconds)
    each = -(-len(loud) // _COLUMNS_MAX)
    loud = np.pad(loud, (0, -len(loud) % each)).reshape(-1, each).max(axis=1)
    heights = np.rint(_WAVE_HALF * 0.96 * np.sqrt(loud)).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], heights > 0, [0])).astype(int)))
    pieces = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        above = " ".join(f"{x} {_WAVE_HALF - heights[x]}" for x in range(first, end))
        below = " ".join(f"{x} {_WAVE_HALF + heights[x]}" for x in reversed(range(first, end)))
        pieces.append(f"M{first} {_WAVE_HALF}L{above} {end} {_WAVE_HALF} {below}Z")
    return len(heights), "".join(pieces)
