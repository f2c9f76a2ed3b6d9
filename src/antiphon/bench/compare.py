"""Two reports of the same command, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from antiphon.bench import writing
from antiphon.bench.report import Figure, Report
from antiphon.errors import SettingsError

BEFORE = "before: "
"""What the other report's sides are called in one picture with this one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One figure then and now: a median, or of what is counted the mean."""

    place: str
    metric: str
    unit: str
    before: float
    after: float
    ratio: float | None
    """After to before; None where that means nothing."""
    certain: bool
    """The intervals of the two medians lie apart; never of a mean."""


def compared(before: Report, after: Report) -> tuple[Pair, ...]:
    """Pair the distributions both reports have; raises SettingsError for reports of different commands."""
    if before.command != after.command:
        raise SettingsError(f"--compare: that is a report of `bench {before.command}`, not of `bench {after.command}`")
    then = {_key(figure): figure for figure in before.figures}
    return tuple(_pair(then[_key(now)], now, after) for now in after.figures if _key(now) in then)


def together(before: Report, after: Report) -> Report:
    """One report with the samples of both, for one picture."""
    renamed = [replace(sample, side=BEFORE + sample.side) for sample in before.samples]
    return replace(after, samples=(*after.samples, *renamed))


def worth_showing(pairs: Sequence[Pair]) -> list[Pair]:
    """Those in which there is something to compare."""
    return [pair for pair in pairs if pair.before or pair.after]


def _key(figure: Figure) -> tuple[str, str, float, str]:
    return figure.side, figure.group, figure.step, figure.metric


def _pair(before: Figure, after: Figure, report: Report) -> Pair:
    unit = report.metric(after.metric).unit
    then, now = (before.median, after.median) if unit else (before.mean, after.mean)
    return Pair(
        place=writing.place(after),
        metric=after.metric,
        unit=unit,
        before=then,
        after=now,
        ratio=now / then if then > 0 else None,
        certain=bool(unit) and (after.high < before.low or before.high < after.low),
    )
