"""`antiphon run`: a program written for the Gemini Live API, against a server of our own, without an edit."""

import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from antiphon.cli.child import find, run_child
from antiphon.cli.embedded import Engines, embedded_server, embedded_settings, prepare
from antiphon.cli.loop import run
from antiphon.config import Settings


def run_command(
    command: Annotated[
        list[str], typer.Argument(metavar="COMMAND", help="What to run, as it would be without antiphon.")
    ],
    engines: Annotated[Engines, typer.Option(help="scripted needs no weights and answers by rote.")] = Engines.EMBEDDED,
    llm_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A bigger brain: any OpenAI-compatible endpoint, ending in /v1.")
    ] = None,
    llm_model: Annotated[str | None, typer.Option(metavar="NAME", help="The model asked for at --llm-url.")] = None,
) -> None:
    """Run a program against a server of its own, without an edit.

    A TLS server starts on a free port of this machine, and the program
    finds it in what Google's SDKs read from the environment: the base URLs
    of both products, and for Python and Node our certificate, beside all
    that is trusted anyway. Where there is no API key and there are no
    default credentials, it gets placeholders. ANTIPHON_URL is for everything
    else. Nothing outside the program changes; the server ends with it. What
    the program says itself (a URL, a key, an SSL context) counts.

    Exit status: the program's own; 128 + n if signal n ended it, 126 it
    cannot be run, 127 no such command, 1 weights or an engine, 2 bad usage.

    [bold]Examples[/bold]

      antiphon run -- python assistant.py

      antiphon run --engines scripted -- pytest tests/voice

      antiphon run -- node assistant.mjs

      antiphon run -- sh -c 'echo $ANTIPHON_URL'
    """
    find(command[0])  # before anything is fetched or loaded
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    with tempfile.TemporaryDirectory(prefix="antiphon-") as folder:
        # A place of its own: keys and sessions of the user's server are not this program's.
        settings = embedded_settings(engines, llm_url=llm_url, llm_model=llm_model, tls=True, data_dir=Path(folder))
        prepare(settings)
        status = run(_serve_and_run(command, settings))
    raise typer.Exit(status)


async def _serve_and_run(command: Sequence[str], settings: Settings) -> int:
    from antiphon.cli.placeholder_credentials import placeholders  # noqa: PLC0415 - --help can do without
    from antiphon.cli.sdk_environment import sdk_environment  # noqa: PLC0415

    folder = settings.server.data_dir
    async with embedded_server(settings) as server:
        with placeholders(folder, os.environ) as credentials:
            found = sdk_environment(server, folder, os.environ)
            console = Console(stderr=True, highlight=False, soft_wrap=True)
            console.print(f"antiphon listens on {server.url} for {command[0]}", markup=False)
            return await run_child(command, os.environ | credentials | found)
