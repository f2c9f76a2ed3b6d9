from collections.abc import Awaitable
from pathlib import Path

import pytest

from antiphon.bench.report import read, write
from antiphon.bench.run import About, Outcome, Terms
from antiphon.cli.benching.errand import Order, carry_out
from antiphon.cli.embedded import Engines
from antiphon.errors import SettingsError
from tests.bench.sample import METRICS, PICTURES, report, samples

ABOUT = About("latency", "How long does it take?")


def order(**flags: object) -> Order:
    return Order(**{"rounds": 1, "seed": 7, "engines": Engines.SCRIPTED, **flags})  # type: ignore[arg-type]


async def outcome() -> Outcome:
    return Outcome(samples=samples(), metrics=METRICS, findings=(), limits=("none",), pictures=PICTURES)


def measure(terms: Terms) -> Awaitable[Outcome]:
    assert terms.seed == 7
    return outcome()


def nothing(terms: Terms) -> Awaitable[Outcome]:
    raise AssertionError("nothing is to be measured")


def test_a_report_is_kept_drawn_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"json": tmp_path / "a.json", "html": tmp_path / "a.html"}
    carry_out(order(**files), ABOUT, {"recordings": "all"}, measure)
    kept = read(files["json"])
    assert kept.samples == samples()
    assert kept.options == {"recordings": "all"}
    assert "How long does it take?" in files["html"].read_text()
    out, err = capsys.readouterr()
    assert "quick · questions" in out
    assert "- none" in out
    assert "open it in a browser" in err


def test_a_report_of_before_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(report(2.0), tmp_path / "before.json")
    carry_out(order(compare=tmp_path / "before.json", html=tmp_path / "b.html"), ABOUT, {}, measure)
    assert "changed" in capsys.readouterr().out
    assert "before: quick" in (tmp_path / "b.html").read_text()


def test_what_cannot_be_done_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    write(report(command="overhead"), tmp_path / "other.json")
    for flags, why in (
        ({"compare": tmp_path / "other.json"}, "a report of `bench overhead`"),
        ({"compare": tmp_path / "missing.json"}, "cannot be read"),
        ({"json": tmp_path / "no" / "a.json"}, "--json .*no such directory"),
        ({"html": tmp_path / "no" / "a.html"}, "--html .*no such directory"),
        ({"url": "ws://127.0.0.1:1"}, "leave one out"),
    ):
        with pytest.raises(SettingsError, match=why):
            carry_out(order(**flags), ABOUT, {}, nothing)


def test_the_subject_is_our_own_server_or_the_one_named() -> None:
    assert order().terms().engines.llm == "scripted"
    theirs = order(url="ws://127.0.0.1:1", engines=Engines.EMBEDDED).terms()
    assert theirs.endpoint is not None
    assert theirs.name == "127.0.0.1:1"
