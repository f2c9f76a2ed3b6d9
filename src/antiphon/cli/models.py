"""`antiphon models list|pull|verify`: the weight files on this machine.

Exit status: 0 everything is as it should be; 1 something is missing or wrong; 2 bad usage or settings.
"""

from collections.abc import Callable, Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Column, Table

from antiphon.cli.fetching import fetch_weights
from antiphon.config import Weights, load_settings
from antiphon.errors import WeightsError
from antiphon.weights import cache
from antiphon.weights.catalogue import WeightFile
from antiphon.weights.store import FileState

app = typer.Typer(no_args_is_help=True, help="The weight files of the embedded engines.")

_States = tuple[tuple[WeightFile, FileState], ...]

_JOBS = {
    "vad": "voice activity",
    "eot": "end of turn",
    "asr": "speech recognition",
    "llm": "language model",
    "tts": "speech",
}

_NAMED_MAX = 3
"""Files told by name in one row of the table."""

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Weights as `list` shows them.")]


@app.command("list")
def list_weights() -> None:
    """Show every weight, its licence, and whether it is here."""
    settings = load_settings().weights
    _print_table(cache.names(), settings, cache.look)
    Console().print(f"kept in {settings.cache_dir}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def pull(names: Names = None) -> None:
    """Fetch weights that are not here; the default set when none is named.

    Every file is checked against its sum. A fetch that was interrupted goes on where it stopped.
    """
    settings = load_settings().weights
    wanted = tuple(names or cache.default_names())
    if _all_verified(wanted, settings):
        typer.echo(f"nothing to fetch: {', '.join(wanted)} verified in {settings.cache_dir}")
        return
    fetch_weights(wanted, settings)
    _print_table(wanted, settings, cache.look)


@app.command()
def verify(names: Names = None) -> None:
    """Read the weights that are here and check their sums; a wrong file is deleted."""
    settings = load_settings().weights
    wanted = tuple(names or cache.default_names())
    states = {name: cache.verify(name, settings) for name in wanted}
    _print_table(wanted, settings, lambda name, _: states[name])
    spoiled = [name for name in wanted if any(state is not FileState.SEALED for _, state in states[name])]
    if spoiled:
        raise WeightsError(f"not as they should be: run `antiphon models pull {' '.join(spoiled)}`")


def _all_verified(names: Iterable[str], settings: Weights) -> bool:
    return all(state is FileState.SEALED for name in names for _, state in cache.look(name, settings))


def _print_table(names: Iterable[str], settings: Weights, look: Callable[[str, Weights], _States]) -> None:
    table = Table(Column("name", no_wrap=True), "job", "size", "licence", "here", box=None, pad_edge=False)
    for name in names:
        weight = cache.find(name)
        state = _state(look(name, settings))
        remark = state if weight.default else f"{state} (optional)"
        table.add_row(name, _JOBS[weight.kind], decimal(weight.bytes), weight.license, remark)
    Console().print(table)


def _state(states: _States) -> str:
    """The state all files share; otherwise each that is amiss, by name while they are few."""
    found = {state for _, state in states}
    if len(found) == 1:
        return found.pop().value
    amiss = [f"{file.name} {state.value}" for file, state in states if state is not FileState.SEALED]
    more = len(amiss) - _NAMED_MAX
    return ", ".join(amiss[:_NAMED_MAX]) + (f" and {more} more" if more > 0 else "")
