"""A server of our own for one command, on a free port of the loopback: a real socket stays in between."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from enum import StrEnum

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from antiphon.config import EngineNames, Settings, load_settings


class Engines(StrEnum):
    """What a server of our own hears, thinks and speaks with."""

    EMBEDDED = "embedded"
    SCRIPTED = "scripted"


def embedded_settings(engines: Engines) -> Settings:
    """Read the settings, with a free loopback port, and with scripted engines when those are asked for."""
    server = {"host": "127.0.0.1", "port": 0, "tls": False}
    if engines is Engines.SCRIPTED:
        return load_settings(server=server, engines=EngineNames.scripted())
    return load_settings(server=server)


def prepare(settings: Settings) -> None:
    """Import what the server needs and fetch the weights that are missing, with progress on stderr."""
    with _waiting("Starting"):  # seconds, from a cold disk
        from antiphon.cli.fetching import fetch_weights  # noqa: PLC0415
        from antiphon.engines.registry import weights_needed  # noqa: PLC0415
        from antiphon.server.listen import check_loopback  # noqa: PLC0415

        check_loopback(settings.server.host)
        needed = weights_needed(settings.engines)
    fetch_weights(needed, settings.weights)


@asynccontextmanager
async def embedded_server(settings: Settings) -> AsyncIterator[str]:
    """Load the engines and serve; gives the URL."""
    from antiphon.server.listen import listening  # noqa: PLC0415 - slow to import, and not needed with --url

    async with AsyncExitStack() as stack:
        with _waiting("Loading the engines"):
            server = await stack.enter_async_context(listening(settings))
        yield server.url


@contextmanager
def _waiting(what: str) -> Iterator[None]:
    """Show on stderr that something takes a while."""
    console = Console(stderr=True)
    if console.is_terminal:
        with Live(Spinner("dots", what), console=console, transient=True):  # drawn at once, unlike console.status
            yield
    else:
        sys.stderr.write(f"{what}…\n")
        sys.stderr.flush()
        yield
