"""A server of our own for one command, on a free port of the loopback: a real socket stays in between."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from antiphon.cli.loop import run
from antiphon.config import EngineNames, Settings, load_settings
from antiphon.errors import SettingsError

if TYPE_CHECKING:
    from antiphon.client.endpoint import Endpoint
    from antiphon.server.listen import Listening


class Engines(StrEnum):
    """What a server of our own hears, thinks and speaks with."""

    EMBEDDED = "embedded"
    SCRIPTED = "scripted"


def engine_flags(
    engines: Engines, llm_url: str | None, llm_model: str | None, *, llm_vision: bool = False
) -> dict[str, object]:
    """Turn the flags that choose engines into settings.

    Raises SettingsError for an endpoint without a model, or the other way round.
    """
    if (llm_url is None) != (llm_model is None):
        raise SettingsError("--llm-url and --llm-model go together: name the endpoint and the model it serves")
    if llm_vision and llm_url is None:
        raise SettingsError("--llm-vision speaks of the model at --llm-url; the embedded one cannot see")
    names = EngineNames.scripted() if engines is Engines.SCRIPTED else None
    if llm_url is None:
        return {"engines": names} if names else {}
    chosen = names.model_copy(update={"llm": "openai"}) if names else {"llm": "openai"}
    endpoint = {"url": llm_url, "model": llm_model}
    return {"llm": endpoint | {"vision": True} if llm_vision else endpoint, "engines": chosen}


def embedded_settings(
    engines: Engines, *, llm_url: str | None = None, llm_model: str | None = None, **server: object
) -> Settings:
    """Read the settings, with a free loopback port, the engines asked for, and what is said of the server."""
    place = {"host": "127.0.0.1", "port": 0, "tls": False, **server}
    return load_settings(server=place, **engine_flags(engines, llm_url, llm_model))


def prepare(settings: Settings) -> None:
    """Import what the server needs and fetch the weights that are missing, with progress on stderr."""
    with _waiting("Starting"):  # seconds, from a cold disk
        from antiphon.cli.fetching import fetch_weights  # noqa: PLC0415
        from antiphon.engines.registry import weights_needed  # noqa: PLC0415
        from antiphon.server.listen import check_reachable  # noqa: PLC0415
        from antiphon.server.origins import is_loopback  # noqa: PLC0415

        if not is_loopback(settings.server.host):
            run(check_reachable(settings))
        needed = weights_needed(settings)
    fetch_weights(needed, settings.weights)


@asynccontextmanager
async def embedded_server(settings: Settings) -> AsyncIterator["Listening"]:
    """Load the engines and serve."""
    from antiphon.server.listen import listening  # noqa: PLC0415 - slow to import, and not needed with --url

    async with AsyncExitStack() as stack:
        with _waiting("Loading the engines"):
            server = await stack.enter_async_context(listening(settings))
        yield server


async def own_endpoint(stack: AsyncExitStack, settings: Settings) -> "Endpoint":
    """Run a server of our own as long as the stack lasts, and give its endpoint.

    It has a place of its own: keys and sessions of the user's server are not this command's.
    """
    from antiphon.client.endpoint import resolve  # noqa: PLC0415 - not needed by `serve`

    folder = stack.enter_context(TemporaryDirectory(prefix="antiphon-"))
    server = settings.server.model_copy(update={"data_dir": Path(folder)})
    listening = await stack.enter_async_context(embedded_server(settings.model_copy(update={"server": server})))
    return resolve(listening.url)


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
