"""Arithmetic on samples: distributions, ratios of two sides, and how sure they are. Pure, with a fixed seed."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from antiphon.bench.report import Figure, Sample

RESAMPLES = 2_000
"""Of a bootstrap; the interval's ends then move by a few percent of its width."""

CONFIDENCE_PERCENT = 95.0

Values = NDArray[np.float64]
Statistic = Callable[[Values], float]


def median(values: Sequence[float] | Values) -> float:
    """The middle one."""
    return float(np.median(np.asarray(values)))


def p95(values: Sequence[float] | Values) -> float:
    """What 95 of 100 stay below, interpolated between the nearest two."""
    return float(np.percentile(np.asarray(values), 95))


def mean(values: Sequence[float] | Values) -> float:
    """The average."""
    return float(np.mean(np.asarray(values)))


STATISTICS: dict[str, Statistic] = {"median": median, "p95": p95, "mean": mean}


def values_of(
    samples: Iterable[Sample], metric: str, side: str | None = None, group: str | None = None, step: float | None = None
) -> Values:
    """The values of a metric, of one side, group and step where they are named."""
    return np.array(
        [
            sample.values[metric]
            for sample in samples
            if metric in sample.values
            and side in (None, sample.side)
            and group in (None, sample.group)
            and step in (None, sample.step)
        ]
    )


def figures_of(samples: Sequence[Sample], metrics: Iterable[str], seed: int) -> tuple[Figure, ...]:
    """The distribution of each metric, by side, group and step in the order they were measured."""
    places = dict.fromkeys((sample.side, sample.group, sample.step) for sample in samples)
    return tuple(
        _figure(Place(*place), metric, values, seed)
        for metric in metrics
        for place in places
        if (values := values_of(samples, metric, *place)).size
    )


class Place(NamedTuple):
    """What a distribution is of."""

    side: str
    group: str
    step: float


def _figure(place: Place, metric: str, values: Values, seed: int) -> Figure:
    low, high = interval(values, median, seed)
    return Figure(
        side=place.side,
        group=place.group,
        step=place.step,
        metric=metric,
        count=values.size,
        least=float(values.min()),
        mean=mean(values),
        median=median(values),
        p95=p95(values),
        most=float(values.max()),
        low=low,
        high=high,
    )


def interval(values: Values, statistic: Statistic, seed: int) -> tuple[float, float]:
    """Where the statistic lies with 95 % confidence."""
    chance = np.random.default_rng(seed)
    return _ends([statistic(_resampled(values, chance)) for _ in range(RESAMPLES)])


def ratio(over: Values, under: Values, statistic: Statistic, seed: int) -> tuple[float, float, float]:
    """One side's statistic over another's, and the ends of its interval."""
    chance = np.random.default_rng(seed)
    ratios = [statistic(_resampled(over, chance)) / statistic(_resampled(under, chance)) for _ in range(RESAMPLES)]
    return statistic(over) / statistic(under), *_ends(ratios)


def _resampled(values: Values, chance: np.random.Generator) -> Values:
    return chance.choice(values, values.size)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    rest = (100.0 - CONFIDENCE_PERCENT) / 2
    low, high = np.percentile(np.asarray(values), (rest, 100.0 - rest))
    return float(low), float(high)
