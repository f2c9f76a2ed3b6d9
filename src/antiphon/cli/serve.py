"""`antiphon serve`: a server for any Live API client, until it is told to stop."""

import asyncio
import logging
import signal
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from antiphon.cli.embedded import Engines, prepare
from antiphon.cli.loop import run
from antiphon.config import EngineNames, Settings, load_settings
from antiphon.errors import SettingsError
from antiphon.wire.dialect import DEVELOPER_PATH

if TYPE_CHECKING:
    from antiphon.server.listen import Listening


def serve(  # noqa: PLR0913, PLR0917 - the flags of the command
    host: Annotated[str | None, typer.Option(help="Where to listen; loopback only (127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="0 takes a free one (8765).")] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Speak wss with a certificate of our own; Python SDKs need it.")
    ] = False,
    engines: Annotated[Engines, typer.Option(help="scripted needs no weights and answers by rote.")] = Engines.EMBEDDED,
    llm_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A bigger brain: any OpenAI-compatible endpoint, ending in /v1.")
    ] = None,
    llm_model: Annotated[str | None, typer.Option(metavar="NAME", help="The model asked for at --llm-url.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each session and its latencies.")] = False,
) -> None:
    """Serve the Live API on this machine.

    Point a client at the printed URL; any API key is taken. Python SDKs (google-genai, Pipecat,
    LiveKit, ADK) speak wss only: add --tls and set what it prints. Ctrl-C stops.

    [bold]Examples[/bold]

      antiphon serve

      antiphon serve --tls

      antiphon serve --llm-url http://127.0.0.1:11434/v1 --llm-model qwen3
    """
    if (llm_url is None) != (llm_model is None):
        raise SettingsError("--llm-url and --llm-model go together: name the endpoint and the model it serves")
    settings = _settings(host, port, tls, engines, llm_url, llm_model)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    if verbose:  # ours only: the HTTP client would write URLs, and with them passwords
        logging.getLogger("antiphon").setLevel(logging.INFO)
    prepare(settings)
    run(_serve(settings))


def _settings(  # noqa: PLR0913, PLR0917 - one a flag
    host: str | None, port: int | None, tls: bool, engines: Engines, llm_url: str | None, llm_model: str | None
) -> Settings:
    """The flags that were given, over environment and file."""
    flags: dict[str, object] = {}
    server = {"host": host, "port": port, "tls": tls or None}
    flags["server"] = {name: value for name, value in server.items() if value is not None}
    names = EngineNames.scripted() if engines is Engines.SCRIPTED else None
    if llm_url is not None:
        flags["llm"] = {"url": llm_url, "model": llm_model}
        flags["engines"] = names.model_copy(update={"llm": "openai"}) if names else {"llm": "openai"}
    elif names:
        flags["engines"] = names
    return load_settings(**flags)


async def _serve(settings: Settings) -> None:
    from antiphon.server.listen import listening  # noqa: PLC0415 - half a second to import

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_stop.set)
    console.print("Loading the engines…")
    async with listening(settings) as server:
        _greet(console, server)
        await told_to_stop.wait()
        console.print("Stopping.")


def _greet(console: Console, server: "Listening") -> None:
    base = server.url.replace("ws", "http", 1)
    console.print(f"[bold]antiphon[/bold] listens on [bold]{server.url}[/bold]; Ctrl-C stops.")
    console.print(f"  base URL for SDKs   {base}")
    console.print(f"  raw WebSocket       {server.url}{DEVELOPER_PATH}")
    console.print("  credentials         none are configured: every key is accepted, from this machine only")
    if server.certificate is None:
        console.print("  Python SDKs         speak wss only: start with --tls for them")
    else:
        console.print("So that Python and Node SDKs trust its certificate:")
        console.print(server.certificate.trust_lines())
