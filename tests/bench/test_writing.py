import pytest

from antiphon.bench.writing import between, facts, number, place, verdict
from tests.bench.sample import report


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.567, "x", "0.57 x"),
        (12.345, "ms", "12.3 ms"),
        (1234.5, "", "1,234"),
        (3.0, "", "3"),
        (-0.25, "ms", "-0.25 ms"),
    ],
)
def test_numbers_have_three_digits(value: float, unit: str, text: str) -> None:
    assert number(value, unit) == text


def test_intervals_verdicts_and_places() -> None:
    assert between(1.0, 2.5) == "1 to 2.50"
    assert between(None, None) == ""
    assert [verdict(finding) for finding in report().findings] == ["met", "missed", ""]
    assert place(report().figures[0]) == "quick · questions · at 1"


def test_the_facts_of_a_report() -> None:
    told = dict(facts(report()))
    assert told["measured"] == "2026-01-02 03:04 UTC, 12 s"
    assert told["machine"] == "a fast one, 2 cores, 8 GiB"
    assert told["options"] == "recordings questions"
