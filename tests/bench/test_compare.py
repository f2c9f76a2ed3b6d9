import pytest
from msgspec.structs import replace

from antiphon.bench.compare import compared, together, worth_showing
from antiphon.errors import SettingsError
from tests.bench.sample import report


def test_the_same_figure_then_and_now() -> None:
    pairs = {(pair.place, pair.metric): pair for pair in compared(report(1.0), report(2.0))}
    found = pairs["quick · questions · at 16", "first_ms"]
    assert (found.before, found.after, found.unit) == (1_601.5, 3_201.5, "ms")
    assert found.ratio == pytest.approx(2.0, abs=0.01)
    assert found.certain
    assert pairs["quick · questions · at 16", "late"].before == 0.25


def test_no_change_is_not_certain() -> None:
    assert not any(pair.certain for pair in compared(report(), report()))


def test_a_mean_of_counts_is_never_certain() -> None:
    moved = replace(report(), figures=tuple(replace(each, low=9e9, high=9e9) for each in report().figures))
    certain = {pair.metric: pair.certain for pair in compared(moved, report())}
    assert certain == {"first_ms": True, "late": False}


def test_one_picture_of_both() -> None:
    both = together(report(), report(2.0))
    assert both.sides == ("quick", "slow", "before: quick", "before: slow")
    assert len(both.samples) == 48


def test_other_commands_are_refused() -> None:
    with pytest.raises(SettingsError, match="bench overhead`, not of `bench latency"):
        compared(report(command="overhead"), report())


def test_nothing_on_both_sides_is_not_shown() -> None:
    pairs = compared(report(), report())
    assert len(worth_showing(pairs)) == len(pairs)
