from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from antiphon.cli.replay import replay
from antiphon.cli.replaying.errand import Order

COMMAND = typer.Typer(rich_markup_mode="rich")
COMMAND.command()(replay)


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """What is asked for; a recording named `other.jsonl` has other words."""
    orders: list[Order] = []

    def carry_out(order: Order) -> bool:
        orders.append(order)
        return order.file.name != "other.jsonl"

    monkeypatch.setattr("antiphon.cli.replaying.errand.carry_out", carry_out)
    return orders


def test_flags_become_an_order(orders: list[Order]) -> None:
    sending = ["--to", "gemini", "--model", "m", "--api-key", "k", "--timeout", "5"]
    flags = ["talk.jsonl", "--html", "a.html", "--json", *sending]
    assert CliRunner().invoke(COMMAND, flags).exit_code == 0
    assert CliRunner().invoke(COMMAND, ["talk.jsonl"]).exit_code == 0
    whole = Order(
        file=Path("talk.jsonl"), html=Path("a.html"), json=True, to="gemini", model="m", api_key="k", timeout_s=5.0
    )
    assert orders == [whole, Order(file=Path("talk.jsonl"))]


def test_other_words_are_an_exit_status(orders: list[Order]) -> None:
    assert CliRunner().invoke(COMMAND, ["other.jsonl", "--to", "gemini"]).exit_code == 1
    assert CliRunner().invoke(COMMAND, []).exit_code == 2
    assert len(orders) == 1


def test_the_help_teaches() -> None:
    shown = CliRunner().invoke(COMMAND, ["--help"], env={"COLUMNS": "100"}).output
    assert "antiphon replay talk.jsonl --html talk.html" in shown
    assert "1 other words" in shown
