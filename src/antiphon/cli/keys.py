"""`antiphon keys add|list|revoke`: who may use the server.

Exit status: 0 done; 1 the database cannot be used now; 2 bad usage or settings.
"""

import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table

from antiphon.cli.loop import run
from antiphon.config import Settings, load_settings
from antiphon.errors import SettingsError
from antiphon.store.contracts import Key, KeyStore
from antiphon.store.database import FILE
from antiphon.store.sqlite import open_store

app = typer.Typer(
    no_args_is_help=True,
    help="The API keys of `antiphon serve`. While there is none it lets everybody in, from this machine only.",
)

T = TypeVar("T")

_NAME = re.compile(r"[\w.@+-]{1,64}", re.ASCII)
_SPAN = re.compile(r"([0-9]{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}

Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is: letters, digits and . _ @ + -")]


@app.command()
def add(
    name: Name,
    sessions: Annotated[int | None, typer.Option(min=1, help="Sessions it may have at once; any number.")] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="WHEN", help="30d, 12h, 45m, or the first day it is no good, as 2027-01-31.")
    ] = None,
) -> None:
    """Make a key and print it, once: only its sum is kept.

    From the first key on every client needs one, on a running server too.

    [bold]Examples[/bold]

      antiphon keys add phone

      antiphon keys add kiosk --sessions 2 --expires 30d

      GOOGLE_API_KEY=$(antiphon keys add laptop) python assistant.py
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"NAME: {name!r} may have up to 64 letters, digits and . _ @ + -")
    end = None if expires is None else _moment(expires)
    secret = _with_keys(lambda keys: keys.add(name, sessions, end))
    typer.echo(f"the key of {name}; it cannot be shown again:", err=True)
    typer.echo(secret)


@app.command("list")
def list_keys() -> None:
    """Show every key, what it allows and whether it is good. The keys themselves are not kept."""
    settings = load_settings()
    keys = _with_keys(lambda keys: keys.list())
    if not keys:
        typer.echo("no keys: `antiphon serve` lets everybody in, from this machine only")
        return
    table = Table(Column("name", no_wrap=True), "state", "sessions", "made", "expires", box=None, pad_edge=False)
    for key in keys:
        sessions = "any number" if key.sessions_max is None else str(key.sessions_max)
        table.add_row(key.name, _state(key), sessions, _day(key.created), _day(key.expires) if key.expires else "never")
    console = Console()
    console.print(table)
    console.print(f"kept in {settings.server.data_dir / FILE}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def revoke(
    name: Name,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget it too: a server without any key lets everybody in again.")
    ] = False,
) -> None:
    """Make a key worthless, and the tokens made with it.

    A running server refuses it from the next connection on; sessions that
    are open go on. It stays in the list, so that revoking the last one
    does not open the server to everybody.
    """
    if not _with_keys(lambda keys: keys.revoke(name, forget=forget)):
        raise SettingsError(f"NAME: no good key is named {name}; `antiphon keys list` shows them")
    typer.echo(f"{name} is {'forgotten' if forget else 'revoked'}", err=True)
    keys = _with_keys(lambda keys: keys.list())
    if not keys:
        typer.echo("no keys are left: `antiphon serve` lets everybody in, from this machine only", err=True)
    elif all(_state(key) != "good" for key in keys):
        typer.echo("no key is good any more: `antiphon serve` lets nobody in", err=True)


def _with_keys(work: Callable[[KeyStore], Awaitable[T]]) -> T:
    return run(_worked(load_settings(), work))


async def _worked(settings: Settings, work: Callable[[KeyStore], Awaitable[T]]) -> T:
    store = await open_store(settings)
    try:
        return await work(store.keys)
    finally:
        await store.aclose()


def _moment(text: str) -> float:
    """When a key expires, in seconds since the epoch."""
    now = datetime.now(UTC)
    try:
        if span := _SPAN.fullmatch(text):
            moment = now + timedelta(**{_UNITS[span[2]]: int(span[1])})
        else:
            moment = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise SettingsError(
            f"--expires: {text!r} is neither a time such as 30d or 12h nor a day such as 2027-01-31"
        ) from None
    if moment <= now:
        raise SettingsError(f"--expires: {text} is over already")
    return moment.timestamp()


def _state(key: Key) -> str:
    if key.revoked:
        return "revoked"
    return "expired" if key.expires is not None and key.expires <= time.time() else "good"


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
