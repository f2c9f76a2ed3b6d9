"""Flags that several commands have, so that they mean the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Endpoint = Annotated[
    str | None,
    typer.Option(
        "--endpoint",
        "--url",
        metavar="WHERE",
        envvar="ANTIPHON_ENDPOINT",
        help="antiphon (ANTIPHON_URL, or the server on this machine), gemini, vertex, google, or a URL such as "
        "ws://host:port. Without it, a server of our own is run.",
        show_default=False,
        show_envvar=False,
    ),
]

Model = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="The model named to the server; each endpoint has a usual one.", show_default=False
    ),
]

ApiKey = Annotated[
    str | None,
    typer.Option(
        metavar="KEY",
        help="A key or an ephemeral token for the endpoint; better in the environment, where no list of processes "
        "shows it: ANTIPHON_API_KEY, GOOGLE_API_KEY.",
        show_default=False,
    ),
]

Record = Annotated[
    Path | None,
    typer.Option(
        "--record",
        metavar="FILE",
        help="Keep the session in FILE.jsonl, its audio beside it, without secrets; `antiphon replay` shows it.",
        show_default=False,
    ),
]
