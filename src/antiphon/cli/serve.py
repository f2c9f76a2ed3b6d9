"""`antiphon serve`: a server for any Live API client, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from antiphon.cli.embedded import Engines, engine_flags, prepare
from antiphon.cli.loop import run
from antiphon.config import Settings, load_settings
from antiphon.wire.dialect import DEVELOPER_PATH

if TYPE_CHECKING:
    from antiphon.server.listen import Listening


def serve(  # noqa: PLR0913, PLR0917 - the flags of the command
    host: Annotated[str | None, typer.Option(help="Where to listen (127.0.0.1); elsewhere it takes a key.")] = None,
    port: Annotated[int | None, typer.Option(help="0 takes a free one (8765).")] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Speak wss with a certificate of our own; Python SDKs need it.")
    ] = False,
    engines: Annotated[Engines, typer.Option(help="scripted needs no weights and answers by rote.")] = Engines.EMBEDDED,
    llm_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A bigger brain: any OpenAI-compatible endpoint, ending in /v1.")
    ] = None,
    llm_model: Annotated[str | None, typer.Option(metavar="NAME", help="The model asked for at --llm-url.")] = None,
    llm_vision: Annotated[bool, typer.Option("--llm-vision", help="It can see: give it pictures and frames.")] = False,
    go_away_after: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Tell clients to reconnect at this age of a connection.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keep every session: talk.jsonl makes talk-1a2b3c4d.jsonl and so on; audio beside."
        ),
    ] = None,
    no_speculation: Annotated[
        bool, typer.Option("--no-speculation", help="Prepare no answer before the user has surely finished.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each session and its latencies.")] = False,
) -> None:
    """Serve the Live API on this machine.

    Point a client at the printed URL; any API key is taken until there is
    one of your own (`antiphon keys add`). Python SDKs (google-genai, Pipecat,
    LiveKit, ADK) speak wss only: add --tls and set what it prints. Ctrl-C stops.

    [bold]Examples[/bold]

      antiphon serve

      antiphon serve --tls

      antiphon serve --llm-url http://127.0.0.1:11434/v1 --llm-model qwen3

      antiphon serve --go-away-after 60       as the vendor does at ten minutes
    """
    server = {"host": host, "port": port, "tls": tls or None, "go_away_after_s": go_away_after, "record": record}
    settings = load_settings(
        server={name: value for name, value in server.items() if value is not None},
        **({"speculation": {"enabled": False}} if no_speculation else {}),
        **engine_flags(engines, llm_url, llm_model, llm_vision=llm_vision),
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    if verbose:  # ours only: the HTTP client would write URLs, and with them passwords
        logging.getLogger("antiphon").setLevel(logging.INFO)
    if settings.server.record is not None:
        from antiphon.recording.recorder import check_place  # noqa: PLC0415 - imports that --help can do without

        check_place(settings.server.record)
    prepare(settings)
    run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from antiphon.server.listen import listening  # noqa: PLC0415 - half a second to import

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    told_to_stop, told_to_drain = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, told_to_stop.set)
    loop.add_signal_handler(signal.SIGTERM, _set_next, told_to_drain, told_to_stop)
    console.print("Loading the engines…")
    async with listening(settings) as server:
        _greet(console, server)
        await _first(told_to_stop.wait(), told_to_drain.wait())
        console.print("Stopping.")
        if not told_to_stop.is_set():
            await _first(told_to_stop.wait(), server.drain())


def _set_next(first: asyncio.Event, second: asyncio.Event) -> None:
    """The first signal lets the clients leave, another one does not wait for them."""
    (second if first.is_set() else first).set()


async def _first(*awaited: Awaitable[object]) -> None:
    """Wait for the first of several; the others are given up."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_finished(each)) for each in awaited]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


async def _finished(awaited: Awaitable[object]) -> None:
    await awaited


def _greet(console: Console, server: "Listening") -> None:
    base = server.url.replace("ws", "http", 1)
    console.print(f"[bold]antiphon[/bold] listens on [bold]{server.url}[/bold]; Ctrl-C stops.")
    console.print(f"  in a browser        {base}/")
    console.print(f"  base URL for SDKs   {base}")
    console.print(f"  raw WebSocket       {server.url}{DEVELOPER_PATH}")
    console.print(f"  credentials         {_credentials(server)}")
    if server.operator_file is not None:
        console.print(f"  operate             {base}/operate with the key in {server.operator_file}")
    if server.certificate is None and server.reached_by_others:
        console.print("[yellow]  without --tls anybody on the way reads keys and conversations[/yellow]")
    if server.certificate is None:
        console.print("  Python SDKs         speak wss only: start with --tls for them")
    else:
        console.print("So that Python and Node SDKs trust its certificate:")
        console.print(server.certificate.trust_lines())


def _credentials(server: "Listening") -> str:
    if server.open_to_all:
        return "none are configured: every key is accepted, from this machine only"
    if not server.keys:
        return "no key is good any more, so nobody is let in: `antiphon keys add NAME`"
    keys = "1 key" if server.keys == 1 else f"{server.keys} keys"
    return f"{keys}: a client needs one, or an ephemeral token made with one"
