import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from antiphon.bench.report import read
from antiphon.bench.run import About, Terms
from antiphon.cli.bench import app
from antiphon.cli.benching.errand import Measure, Order
from antiphon.cli.embedded import Engines
from antiphon.errors import SettingsError

COMMANDS = ("latency", "interruption", "endpointing", "capacity", "overhead")
Carried = tuple[Order, About, Mapping[str, object], Measure]


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[Carried]:
    carried: list[Carried] = []
    monkeypatch.setattr("antiphon.cli.benching.errand.carry_out", lambda *order: carried.append(order))
    return carried


@pytest.mark.parametrize("command", COMMANDS)
def test_flags_become_an_order(orders: list[Carried], command: str) -> None:
    flags = ["--rounds", "3", "--seed", "9", "--json", "a.json", "--html", "a.html", "--compare", "b.json"]
    assert CliRunner().invoke(app, [command, *flags]).exit_code == 0
    ((order, about, _, _),) = orders
    assert about.command == command
    assert (order.rounds, order.seed) == (3, 9)
    assert (order.json, order.html, order.compare) == (Path("a.json"), Path("a.html"), Path("b.json"))


def test_weights_are_not_asked_for_where_none_are_used(orders: list[Carried]) -> None:
    for words in (["capacity", "idle"], ["capacity", "passing"], ["overhead"], ["capacity"]):
        assert CliRunner().invoke(app, words).exit_code == 0
    engines = [order.engines for order, *_ in orders]
    assert engines == [Engines.SCRIPTED, Engines.SCRIPTED, Engines.SCRIPTED, Engines.EMBEDDED]


def test_what_is_chosen_is_kept_with_the_report(orders: list[Carried]) -> None:
    CliRunner().invoke(app, ["latency", "--recordings", "pauses"])
    CliRunner().invoke(app, ["endpointing", "--no-drafts"])
    CliRunner().invoke(app, ["capacity", "conversing", "--sessions", "8", "--seconds", "2"])
    assert [options for _, _, options, _ in orders] == [
        {"recordings": "pauses"},
        {"drafts": False},
        {"kind": "conversing", "sessions": 8, "seconds": 2.0},
    ]


@pytest.mark.parametrize("command", ["endpointing", "overhead"])
def test_what_is_measured_is_what_the_command_says(orders: list[Carried], command: str) -> None:
    """Somebody else's server is refused by the room itself, whatever the flags were."""
    from antiphon.client.endpoint import resolve  # noqa: PLC0415

    CliRunner().invoke(app, [command])
    measure = orders[0][3]
    theirs = Terms(rounds=1, seed=1, endpoint=resolve("ws://127.0.0.1:1"))
    with pytest.raises(SettingsError):
        asyncio.run(_awaited(measure, theirs))


async def _awaited(measure: Measure, terms: Terms) -> None:
    await measure(terms)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_teaches(command: str) -> None:
    words = [command, "--help"] if command else ["--help"]
    shown = CliRunner().invoke(app, words, env={"COLUMNS": "100"}).output
    assert f"antiphon bench {command}".strip() in shown
    assert "Examples" in shown


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon.bench.extra.PACKAGES", ("not_there",))
    done = CliRunner().invoke(app, ["latency"])
    assert isinstance(done.exception, SettingsError)
    assert "antiphon[bench]" in str(done.exception)


def test_a_whole_run_and_one_beside_it(tmp_path: Path) -> None:
    """With a server of its own, and clients in a process of theirs."""
    words = ["capacity", "idle", "--sessions", "3", "--json"]
    first = CliRunner().invoke(app, [*words, str(tmp_path / "a.json")])
    assert first.exit_code == 0, first.output
    beside = ["--compare", str(tmp_path / "a.json"), "--html", str(tmp_path / "b.html")]
    second = CliRunner().invoke(app, [*words, str(tmp_path / "b.json"), *beside])
    assert second.exit_code == 0, second.output
    assert "memory of an idle session" in second.output
    assert "Compared with before" in (tmp_path / "b.html").read_text()
    assert {sample.item for sample in read(tmp_path / "b.json").samples} == {"3 sessions"}
