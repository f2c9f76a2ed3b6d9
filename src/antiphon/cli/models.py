"""`antiphon models list|pull|verify`: the weight files on this machine.

Exit status: 0 everything is as it should be; 1 something is missing or wrong; 2 bad usage or settings.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Column, Table

from antiphon.cli.fetching import shown_on
from antiphon.config import Weights, load_settings
from antiphon.errors import SettingsError, WeightsError
from antiphon.weights import cache
from antiphon.weights.cache import FileState

app = typer.Typer(no_args_is_help=True, help="The weight files of the embedded engines.")

_JOBS = {
    "vad": "voice activity",
    "eot": "end of turn",
    "asr": "speech recognition",
    "llm": "language model",
    "tts": "speech",
}

_NEXT_STEP = (
    "Mend what a source says and run this again: it goes on where it stopped. "
    "Without a network, set ANTIPHON_WEIGHTS__MIRROR_DIR to a directory with the files (docs/models.md)."
)

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAMES]...", help="Weights as `list` shows them.")]


@app.command("list")
def list_weights() -> None:
    """Show every weight, its licence, and whether it is here."""
    with _faults_told():
        settings = load_settings().weights
        _print_table(cache.CATALOGUE, settings, cache.look)
        Console().print(f"kept in {settings.cache_dir}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def pull(names: Names = None) -> None:
    """Fetch weights that are not here; the default set when none is named.

    Every file is checked against its sum. A fetch that was interrupted goes on where it stopped.
    """
    with _faults_told():
        settings = load_settings().weights
        wanted = tuple(names or cache.default_names())
        if _all_verified(wanted, settings):
            typer.echo(f"nothing to fetch: {', '.join(wanted)} verified in {settings.cache_dir}")
            return
        console = Console(stderr=True)
        try:
            with shown_on(console) as progress:
                cache.pull(wanted, settings, progress)
        except WeightsError as error:
            raise WeightsError(f"{error}\n{_NEXT_STEP}") from None
        _print_table(wanted, settings, cache.look)


@app.command()
def verify(names: Names = None) -> None:
    """Read the weights that are here and check their sums; a wrong file is deleted."""
    with _faults_told():
        settings = load_settings().weights
        wanted = tuple(names or cache.default_names())
        states = {name: cache.verify(name, settings) for name in wanted}
        _print_table(wanted, settings, lambda name, _: states[name])
        spoiled = [name for name in wanted if any(state is not FileState.SEALED for _, state in states[name])]
        if spoiled:
            raise WeightsError(f"not as they should be: run `antiphon models pull {' '.join(spoiled)}`")


_States = tuple[tuple[cache.WeightFile, FileState], ...]


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
    """The state all files share; otherwise each that is amiss, by name."""
    found = {state for _, state in states}
    if len(found) == 1:
        return found.pop().value
    return ", ".join(f"{file.name} {state.value}" for file, state in states if state is not FileState.SEALED)


@contextmanager
def _faults_told() -> Iterator[None]:
    """Turn a fault into its text on stderr and an exit status."""
    try:
        yield
    except SettingsError as error:
        typer.echo(f"antiphon: {error}", err=True)
        raise typer.Exit(2) from None
    except WeightsError as error:
        typer.echo(f"antiphon: {error}", err=True)
        raise typer.Exit(1) from None
