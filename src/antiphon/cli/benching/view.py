"""A report on the terminal: what was found, the figures behind it, and what they do not say."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from antiphon.bench import writing
from antiphon.bench.compare import Pair
from antiphon.bench.drawing import points_of
from antiphon.bench.report import Curve, Finding, Report

_STYLES = {None: "", True: "green", False: "red"}


def show(report: Report, pairs: Sequence[Pair], console: Console) -> None:
    """Print a report, and what it is like beside another one."""
    console.print(Text(report.question, style="bold"))
    for name, value in writing.facts(report):
        console.print(Text(f"  {name}: {value}", style="dim"))
    if report.findings:
        console.print(_findings(report.findings))
    curves = [picture for picture in report.pictures if isinstance(picture, Curve)]
    for curve in curves:
        console.print(_points(report, curve))
    if not curves:
        console.print(_figures(report))
    if pairs:
        console.print(_comparison(pairs))
    for limit in report.limits:
        console.print(Text(f"- {limit}", style="dim"))


def _findings(findings: Sequence[Finding]) -> Table:
    table = _table("what was found", "value", "95 % interval", "wanted", "")
    for finding in findings:
        value = writing.number(finding.value, finding.unit)
        interval = writing.between(finding.low, finding.high)
        verdict = Text(writing.verdict(finding), style=_STYLES[finding.met])
        table.add_row(finding.what, value, interval, finding.wanted, verdict)
    return table


def _figures(report: Report) -> Table:
    table = _table("of", "what", "median", "95 % interval", "p95", "mean", "least", "most", "n")
    for figure in report.figures:
        unit = report.metric(figure.metric).unit
        interval = writing.between(figure.low, figure.high)
        rest = (writing.number(value) for value in (figure.p95, figure.mean, figure.least, figure.most, figure.count))
        table.add_row(writing.place(figure), figure.metric, writing.number(figure.median, unit), interval, *rest)
    return table


def _points(report: Report, curve: Curve) -> Table:
    table = _table("of", curve.x.label, *(y.label for y in curve.ys))
    for side, group in dict.fromkeys((sample.side, sample.group) for sample in report.samples):
        lines = [points_of(report.samples, side, group, curve.x, y) for y in curve.ys]
        for points in zip(*lines, strict=False):
            step = f"at {writing.number(points[0].step)}" if curve.x.metric and points[0].step else ""
            name = " · ".join(part for part in (side, group, step) if part)
            table.add_row(name, writing.number(points[0].x), *(writing.number(point.y) for point in points))
    return table


def _comparison(pairs: Sequence[Pair]) -> Table:
    table = _table("of", "what", "before", "now", "ratio", "")
    for pair in pairs:
        values = (writing.number(value, pair.unit) for value in (pair.before, pair.after))
        ratio = "" if pair.ratio is None else writing.number(pair.ratio, "x")
        table.add_row(pair.place, pair.metric, *values, ratio, "changed" if pair.certain else "")
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name in names:
        words = name in {"of", "what", "what was found", "wanted", ""}
        table.add_column(name, justify="left" if words else "right", no_wrap=not words)
    return table
