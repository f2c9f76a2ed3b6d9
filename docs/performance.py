"""Writes performance.md and its pictures: what was measured, from the reports of `antiphon bench` in performance/.

python docs/performance.py          write the page
python docs/performance.py --check  fail if it is not today's

A report is made by `antiphon bench latency --rounds 5 --json docs/performance/latency.json` and so on; the name of the
file orders the page, and links to it stay good. What is large goes into `NAME.json.gz`.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from antiphon.bench import writing
from antiphon.bench.drawing import drawn
from antiphon.bench.page import picture_file
from antiphon.bench.report import Bars, Curve, Report, Strip, read

PAGE = Path(__file__).with_suffix(".md")
FOLDER = Path(__file__).with_suffix("")
COMMANDS = ("latency", "endpointing", "interruption", "overhead", "capacity")
"""In the order of the page."""

OPENING = """# Performance

How long a person waits, and what a machine carries, as `antiphon bench` measured it. Each figure stands beside what
limits it; what it means and how to measure it elsewhere, Google's server included: [bench.md](bench.md). Every sample
is in the JSON file of its section, and `antiphon bench … --compare` shows another machine's beside it.

<!-- written by docs/performance.py; do not edit -->"""

NOTHING = "Nothing was measured yet."
FIGURES_MAX = 40
"""Lines of a table that somebody reads."""


def files() -> Iterator[tuple[Path, str]]:
    """The page and its pictures, with what belongs into each."""
    reports = sorted(
        ((path, read(path)) for path in FOLDER.glob("*.json*")),
        key=lambda each: (COMMANDS.index(each[1].command), each[0].name),
    )
    sections = [OPENING, table(("found", "value", "wanted", "", "in"), summary(reports))] if reports else [OPENING]
    for path, report in reports:
        pictures = dict(drawings(path, report))
        sections += [*section(path, report, list(pictures))]
        yield from pictures.items()
    yield PAGE, "\n\n".join([*sections, *([] if reports else [NOTHING])]) + "\n"


def summary(reports: list[tuple[Path, Report]]) -> Iterator[tuple[str, ...]]:
    """What is wanted, and where it stands."""
    for path, report in reports:
        for finding in report.findings:
            if finding.wanted:
                value = writing.number(finding.value, finding.unit)
                yield finding.what, f"**{value}**", finding.wanted, writing.verdict(finding), name_of(path)


def name_of(path: Path) -> str:
    """A report's, without `.json` or `.json.gz`."""
    return path.name.partition(".")[0]


def drawings(path: Path, report: Report) -> Iterator[tuple[Path, str]]:
    """A report's pictures; bars of each turn are for the bench's own page."""
    for number, picture in enumerate(report.pictures, start=1):
        shown = None if isinstance(picture, Bars) else drawn(report, picture)
        if shown is not None:
            yield path.with_name(f"{name_of(path)}-{number}.svg"), picture_file(shown)


def section(path: Path, report: Report, pictures: list[Path]) -> Iterator[str]:
    """What one report found."""
    options = "".join(f", {name} {value}" for name, value in report.options.items())
    yield f"## {report.question}"
    yield f"`antiphon bench {report.command}`{options}: [{path.name}](performance/{path.name})"
    yield "\n".join(f"- **{name}**: {value}" for name, value in writing.facts(report) if name != "options")
    yield table(("what was found", "value", "95 % interval", "wanted", ""), findings(report))
    for picture in pictures:
        yield f"![{report.question}](performance/{picture.name})"
    yield "What the figures cannot fall below, and what they do not say:\n\n" + "\n".join(
        f"- {limit}" for limit in report.limits
    )
    rows = list(figures(report))
    if len(rows) > FIGURES_MAX:
        yield f"The {len(rows)} distributions behind the curves are in the file."
    else:
        yield table(("of", "what", "median", "95 % interval", "p95", "n"), rows)


def findings(report: Report) -> Iterator[tuple[str, ...]]:
    """The answers to the question."""
    for finding in report.findings:
        value, interval = writing.number(finding.value, finding.unit), writing.between(finding.low, finding.high)
        yield finding.what, f"**{value}**", interval, finding.wanted, writing.verdict(finding)


def figures(report: Report) -> Iterator[tuple[str, ...]]:
    """The distributions behind them, of what the pictures show."""
    shown = {name for picture in report.pictures for name in metrics(picture)}
    for figure in report.figures:
        if figure.metric in shown:
            metric = report.metric(figure.metric)
            values = writing.number(figure.median, metric.unit), writing.between(figure.low, figure.high)
            rest = writing.number(figure.p95, metric.unit), str(figure.count)
            yield writing.place(figure), metric.meaning, *values, *rest


def metrics(picture: Strip | Bars | Curve) -> tuple[str, ...]:
    """What a picture shows."""
    match picture:
        case Strip():
            return (picture.metric,)
        case Bars():
            return picture.stages
        case Curve():
            return tuple(axis.metric for axis in (picture.x, *picture.ys))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """As Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main() -> None:
    """Write or check."""
    wanted = dict(files())
    if "--check" not in sys.argv:
        for path, text in wanted.items():
            path.write_text(text, encoding="utf-8")
        return
    stale = [
        path.name for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if stale:
        raise SystemExit(f"not today's: {', '.join(stale)}: run python docs/performance.py")


if __name__ == "__main__":
    main()
