from io import StringIO

from msgspec.structs import replace
from rich.console import Console

from antiphon.bench.compare import compared
from antiphon.cli.benching.view import show
from tests.bench.sample import report


def shown(*, compare: bool, curves: bool = False) -> str:
    out = StringIO()
    pairs = compared(report(2.0), report()) if compare else ()
    drawn = report().pictures[: 3 if curves else 2]
    show(replace(report(), pictures=drawn), pairs, Console(file=out, width=160))
    return out.getvalue()


def test_shows_what_was_found_and_what_it_does_not_say() -> None:
    text = shown(compare=False)
    for part in ("How long does it take?", "quick to slow", "0.50 x", "0.40 to 0.70", "<= 0.6", "met", "missed"):
        assert part in text
    assert "quick · questions · at 16" in text
    assert "- Nothing is faster than light." in text
    assert "before" not in text.replace("0.5 before", "").replace("busy before", "")


def test_shows_a_report_of_before_beside() -> None:
    text = shown(compare=True)
    assert "changed" in text
    assert "3,202 ms" in text


def test_a_curve_is_a_table_of_its_points() -> None:
    text = shown(compare=False, curves=True)
    assert "sessions" in text
    (line,) = [line for line in text.splitlines() if line.startswith("slow") and " 16 " in line]
    assert "3,202" in line
    assert "first_ms" not in text
