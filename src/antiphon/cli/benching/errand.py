"""What every command of `antiphon bench` does once its flags are read: measure, keep, draw, compare, show."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from antiphon.bench.compare import compared, worth_showing
from antiphon.bench.page import write_page
from antiphon.bench.report import Report, read, write
from antiphon.bench.run import About, Outcome, Terms, reported
from antiphon.cli.benching.view import show
from antiphon.cli.embedded import Engines, prepare
from antiphon.cli.loop import run
from antiphon.client.endpoint import resolve
from antiphon.config import EngineNames, load_settings
from antiphon.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the flags ask for."""

    rounds: int
    seed: int
    engines: Engines
    url: str | None = None
    model: str | None = None
    json: Path | None = None
    html: Path | None = None
    compare: Path | None = None

    def terms(self) -> Terms:
        """As the bench takes them; raises SettingsError for flags that do not go together."""
        if self.url is not None and self.engines is not Engines.EMBEDDED:
            raise SettingsError("--engines is about our own server and --url names another: leave one out")
        scripted = self.engines is Engines.SCRIPTED
        names = EngineNames.scripted() if scripted else load_settings().engines
        endpoint = None if self.url is None else resolve(self.url)
        return Terms(rounds=self.rounds, seed=self.seed, engines=names, endpoint=endpoint, model=self.model)


Measure = Callable[[Terms], Awaitable[Outcome]]


def carry_out(order: Order, about: About, options: Mapping[str, object], measure: Measure) -> None:
    """Measure, and do with the report what the flags ask for. Raises AntiphonError, early where it can."""
    terms = order.terms()
    before = None if order.compare is None else read(order.compare)
    if before is not None and before.command != about.command:
        raise SettingsError(f"--compare {order.compare} is a report of `bench {before.command}`")
    for flag, path in (("--json", order.json), ("--html", order.html)):
        if path is not None and not path.parent.is_dir():
            raise SettingsError(f"{flag} {path}: there is no such directory")
    if terms.endpoint is None:
        prepare(load_settings(engines=terms.engines))
    report = run(reported(about, terms, options, measure(terms)))
    _give(report, order, before)


def _give(report: Report, order: Order, before: Report | None) -> None:
    if order.json is not None:
        write(report, order.json)
    if order.html is not None:
        write_page(report, order.html, before)
        typer.echo(f"{order.html}: open it in a browser", err=True)
    pairs = worth_showing(compared(before, report)) if before else []
    show(report, pairs, Console(highlight=False))
