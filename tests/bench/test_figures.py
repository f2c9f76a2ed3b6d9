import numpy as np
import pytest

from antiphon.bench.figures import figures_of, interval, mean, median, p95, ratio, values_of
from tests.bench.sample import samples


def test_values_are_picked_by_side_group_and_step() -> None:
    assert list(values_of(samples(), "first_ms", "quick", "questions", 4.0)) == [400.0, 401.0, 402.0, 403.0]
    assert values_of(samples(), "first_ms", "nobody").size == 0
    assert values_of(samples(), "first_ms").size == 24


def test_a_distribution_in_figures() -> None:
    figures = {(each.side, each.step, each.metric): each for each in figures_of(samples(), ["first_ms", "late"], 1)}
    assert len(figures) == 12
    found = figures["slow", 1.0, "first_ms"]
    assert (found.count, found.least, found.median, found.most) == (4, 200.0, 201.5, 203.0)
    assert found.low <= found.median <= found.high
    assert figures["slow", 1.0, "late"].mean == 0.25


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(3).normal(100, 10, 40)
    assert interval(values, median, 1) == interval(values, median, 1)
    low, high = interval(values, median, 1)
    assert low < median(values) < high
    assert high - low < 15


def test_a_ratio_has_its_interval() -> None:
    chance = np.random.default_rng(5)
    value, low, high = ratio(chance.normal(50, 5, 60), chance.normal(100, 5, 60), median, 1)
    assert value == pytest.approx(0.5, abs=0.05)
    assert low < value < high


def test_statistics() -> None:
    assert (median([3, 1, 2]), mean([1, 2, 6])) == (2, 3)
    assert p95(list(range(101))) == 95
