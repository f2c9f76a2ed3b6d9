"""The pictures of a report as shapes of SVG: a strip of dots, bars of stages, curves. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, assert_never

import numpy as np

from antiphon.bench import writing
from antiphon.bench.figures import STATISTICS, Values, median, p95, values_of
from antiphon.bench.report import Axis, Bars, Curve, Metric, Picture, Report, Sample, Strip

WIDTH = 1_000
"""Of every picture, in its own units; the page scales it."""
LEFT, RIGHT, TOP, BOTTOM = 250, 30, 14, 44
CURVE_LEFT, CURVE_HEIGHT = 70, 320
STRIP_ROW, BAR_ROW, KEY_ROW = 44, 10, 20
LETTERS_MAX = 34
"""Of a name at the left."""
TICKS = 7
"""Wanted on an axis; there are a few more or less."""
LOGARITHMIC_FROM = 8.0
"""The largest step in units of the smallest, from which on steps are spaced by their ratio."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of SVG; `kind` is its class, `hint` what is shown when it is pointed at."""

    tag: str
    kind: str
    attributes: Mapping[str, float | str]
    text: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that is laid out."""

    title: str
    height: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on an axis."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Where a value goes."""
        low, high, value = (math.log(each) if self.logarithmic else each for each in (self.low, self.high, value))
        share = (value - low) / (high - low) if high > low else 0.0
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Round values along the axis."""
        if self.logarithmic:
            return [2.0**power for power in range(math.ceil(math.log2(self.low)), math.floor(math.log2(self.high)) + 1)]
        rough = (self.high - self.low) / TICKS or 1.0
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * each for each in (1, 2, 5, 10) if unit * each >= rough)
        return [step * count for count in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]


def drawn(report: Report, picture: Picture) -> Drawn | None:
    """Lay a picture out; None when nothing was measured for it."""
    match picture:
        case Strip():
            return _strip(report, picture)
        case Bars():
            return _bars(report, picture)
        case Curve():
            return _curve(report, picture)
        case _:
            assert_never(picture)


def _strip(report: Report, strip: Strip) -> Drawn | None:
    places = dict.fromkeys((sample.side, sample.group) for sample in report.samples if strip.metric in sample.values)
    if not places:
        return None
    metric = report.metric(strip.metric)
    values = values_of(report.samples, strip.metric)
    bottom = TOP + STRIP_ROW * len(places)
    scale = Scale(min(0.0, float(values.min())), float(values.max()) * 1.02 or 1.0, LEFT, WIDTH - RIGHT)
    shapes = list(_ruler(scale, TOP, bottom, metric.unit))
    for row, (side, group) in enumerate(places):
        own = [each for each in report.samples if (each.side, each.group) == (side, group)]
        kind = f"side-{report.sides.index(side) % 6}"
        shapes += _row(own, metric, scale, TOP + STRIP_ROW * row, kind)
        shapes.append(_name(f"{side} · {group}" if group else side, TOP + STRIP_ROW * row + STRIP_ROW / 2 + 4))
    return Drawn(strip.title, bottom + BOTTOM, tuple(shapes))


def _row(samples: Sequence[Sample], metric: Metric, scale: Scale, top: float, kind: str) -> Iterator[Shape]:
    """A box from the first to the third quartile, the median in it, a mark at the 95th percentile, and every value."""
    values = values_of(samples, metric.name)
    first, third = (scale.at(float(each)) for each in np.percentile(values, (25, 75)))
    box = {"x": first, "y": top + 8, "width": round(third - first, 1), "height": STRIP_ROW - 16, "rx": 4}
    yield Shape("rect", f"box {kind}", box)
    for index, sample in enumerate(each for each in samples if metric.name in each.values):
        value = sample.values[metric.name]
        lift = (index * 0.618 % 1.0 - 0.5) * (STRIP_ROW - 22)  # spread evenly, the same each time
        dot = {"cx": scale.at(value), "cy": round(top + STRIP_ROW / 2 + lift, 1), "r": 3}
        yield Shape(
            "circle", f"dot {kind}", dot, hint=f"{sample.item}: {writing.number(value, metric.unit)} {sample.note}"
        )
    for name, statistic in (("median", median), ("p95", p95)):
        value = statistic(values)
        line = {"x1": scale.at(value), "x2": scale.at(value), "y1": top + 4, "y2": top + STRIP_ROW - 4}
        yield Shape("line", f"{name} {kind}", line, hint=f"{name} {writing.number(value, metric.unit)}")


def _bars(report: Report, bars: Bars) -> Drawn | None:
    samples = [sample for sample in report.samples if any(stage in sample.values for stage in bars.stages)]
    if not samples:
        return None
    samples.sort(key=lambda sample: (sample.group, sample.item, report.sides.index(sample.side), sample.round))
    totals = [sum(max(0.0, sample.values.get(stage, 0.0)) for stage in bars.stages) for sample in samples]
    unit = report.metric(bars.stages[0]).unit
    bottom = TOP + BAR_ROW * len(samples)
    scale = Scale(0.0, max(totals) * 1.02 or 1.0, LEFT, WIDTH - RIGHT)
    shapes = list(_ruler(scale, TOP, bottom, unit))
    named = ""
    for row, sample in enumerate(samples):
        top = TOP + BAR_ROW * row
        shapes += _bar(sample, bars.stages, scale, top, unit)
        name = f"{sample.item} · {sample.side}"
        if name != named:
            shapes.append(_name(name, top + 8, "small"))
        named = name
    keys = [(f"stage-{index}", report.metric(name).meaning) for index, name in enumerate(bars.stages)]
    shapes += _keys(keys, bottom + BOTTOM)
    return Drawn(bars.title, bottom + BOTTOM + _height(keys), tuple(shapes))


def _bar(sample: Sample, stages: Sequence[str], scale: Scale, top: float, unit: str) -> Iterator[Shape]:
    begun = 0.0
    for index, stage in enumerate(stages):
        value = max(0.0, sample.values.get(stage, 0.0))
        x, end = scale.at(begun), scale.at(begun + value)
        hint = f"{sample.item}, {sample.side}, round {sample.round}: {stage} {writing.number(value, unit)}"
        box = {"x": x, "y": top, "width": round(end - x, 1), "height": BAR_ROW - 1}
        yield Shape("rect", f"stage-{index}", box, hint=hint)
        begun += value


def _curve(report: Report, curve: Curve) -> Drawn | None:
    lines = {
        (side, group, y): points
        for side, group in dict.fromkeys((sample.side, sample.group) for sample in report.samples)
        for y in curve.ys
        if (points := points_of(report.samples, side, group, curve.x, y))
    }
    if not lines:
        return None
    across, up = _scales([point for points in lines.values() for point in points], curve.x)
    shapes = [*_ruler(across, TOP, TOP + CURVE_HEIGHT, curve.x.label), *_side_ruler(up, curve.ys[0].label)]
    dashes = list(dict.fromkeys((group, y) for _, group, y in lines))
    keys: list[tuple[str, str]] = []
    for (side, group, y), points in lines.items():
        kind = f"side-{report.sides.index(side) % 6} line-{dashes.index((group, y)) % 4}"
        shapes += _line(points, across, up, kind)
        what = y.label if len(curve.ys) > 1 else ""
        keys.append((f"line {kind}", " · ".join(part for part in (side, group, what) if part)))
    bottom = TOP + CURVE_HEIGHT + BOTTOM
    shapes += _keys(keys, bottom)
    return Drawn(curve.title, bottom + _height(keys), tuple(shapes))


def _scales(points: Sequence["Point"], x: Axis) -> tuple[Scale, Scale]:
    xs, ys = [point.x for point in points], [point.y for point in points]
    logarithmic = not x.metric and min(xs) > 0 and max(xs) / min(xs) >= LOGARITHMIC_FROM
    across = Scale(min(xs) if logarithmic else min(0.0, *xs), max(xs), CURVE_LEFT, WIDTH - RIGHT, logarithmic)
    return across, Scale(min(0.0, *ys), max(ys) * 1.05 or 1.0, TOP + CURVE_HEIGHT, TOP)


class Point(NamedTuple):
    """One step of a line."""

    x: float
    y: float
    step: float


def points_of(samples: Sequence[Sample], side: str, group: str, x: Axis, y: Axis) -> list[Point]:
    """The points of a line, a step each."""
    steps = sorted({sample.step for sample in samples if (sample.side, sample.group) == (side, group)})
    points = []
    for step in steps:
        across, up = (_value(samples, axis, side, group, step) for axis in (x, y))
        if across is not None and up is not None:
            points.append(Point(across, up, step))
    return points


def _value(samples: Sequence[Sample], axis: Axis, side: str, group: str, step: float) -> float | None:
    if not axis.metric:
        return step
    values: Values = values_of(samples, axis.metric, side, group, step)
    statistic: Callable[[Values], float] = STATISTICS[axis.statistic]
    return statistic(values) if values.size else None


def _line(points: Sequence[Point], across: Scale, up: Scale, kind: str) -> Iterator[Shape]:
    places = [(across.at(x), up.at(y)) for x, y, _ in points]
    path = "M" + " L".join(f"{x} {y}" for x, y in places)
    yield Shape("path", f"line {kind}", {"d": path})
    for (x, y), (_, value, step) in zip(places, points, strict=True):
        hint = f"{writing.number(value)} at {writing.number(step)}"
        yield Shape("circle", f"dot {kind}", {"cx": x, "cy": y, "r": 4}, hint=hint)


def _ruler(scale: Scale, top: float, bottom: float, label: str) -> Iterator[Shape]:
    for tick in scale.ticks():
        x = scale.at(tick)
        yield Shape("line", "grid", {"x1": x, "x2": x, "y1": top, "y2": bottom})
        yield Shape("text", "tick", {"x": x, "y": bottom + 16, "text-anchor": "middle"}, writing.number(tick))
    yield Shape("text", "axis", {"x": scale.end, "y": bottom + 34, "text-anchor": "end"}, label)


def _side_ruler(scale: Scale, label: str) -> Iterator[Shape]:
    for tick in scale.ticks():
        y = scale.at(tick)
        yield Shape("line", "grid", {"x1": CURVE_LEFT, "x2": WIDTH - RIGHT, "y1": y, "y2": y})
        yield Shape("text", "tick", {"x": CURVE_LEFT - 8, "y": y + 4, "text-anchor": "end"}, writing.number(tick))
    yield Shape("text", "axis", {"x": CURVE_LEFT, "y": TOP - 3}, label)


def _keys(keys: Sequence[tuple[str, str]], top: float) -> Iterator[Shape]:
    """What a colour or a dash stands for, in two columns below the picture."""
    for index, (kind, text) in enumerate(keys):
        x, y = CURVE_LEFT + index % 2 * WIDTH / 2, top + index // 2 * KEY_ROW + KEY_ROW / 2
        if kind.startswith("line"):
            yield Shape("path", kind, {"d": f"M{x} {y} L{x + 24} {y}"})
        else:
            yield Shape("rect", kind, {"x": x + 6, "y": y - 6, "width": 12, "height": 12})
        yield Shape("text", "key", {"x": x + 32, "y": y + 4}, text)


def _height(keys: Sequence[tuple[str, str]]) -> int:
    return KEY_ROW * math.ceil(len(keys) / 2)


def _name(text: str, y: float, kind: str = "name") -> Shape:
    shown = text if len(text) <= LETTERS_MAX else text[: LETTERS_MAX - 1] + "…"
    return Shape("text", kind, {"x": LEFT - 10, "y": y, "text-anchor": "end"}, shown, hint=text)
