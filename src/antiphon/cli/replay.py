"""`antiphon replay`: shows a recorded session, or sends its input to a server again."""

from pathlib import Path
from typing import Annotated

import typer

from antiphon.cli.flags import ApiKey, Model


def replay(  # noqa: PLR0913, PLR0917 - the flags of the command
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A recording, as --record made it: talk.jsonl.", show_default=False),
    ],
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the picture as one web page, with the sound in it."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print what happened when as one JSON object.")] = False,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="WHERE",
            help="Send the same input, at the same times, to antiphon, gemini, vertex, google or a URL.",
            show_default=False,
        ),
    ] = None,
    model: Model = None,
    api_key: ApiKey = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", min=0.01, help="With --to: wait this long for an answer (60).", show_default=False
        ),
    ] = None,
) -> None:
    """Show what was heard, thought, said and interrupted in a recorded session, and when.

    With --to the input goes to another server as it was spoken then; what
    functions returned is given again. What was heard, said and called, and
    how long it took, is shown beside the recording.

    Exit status: 0 shown, or with --to the same words; 1 other words; 2 bad usage or file,
    3 the server refused, 4 no answer in time, 130 Ctrl-C.

    [bold]Examples[/bold]

      antiphon replay talk.jsonl

      antiphon replay talk.jsonl --html talk.html

      antiphon replay talk.jsonl --to gemini
    """
    from antiphon.cli.replaying.errand import Order, carry_out  # noqa: PLC0415 - imports that --help can do without

    same = carry_out(Order(file=file, html=html, json=json, to=to, model=model, api_key=api_key, timeout_s=timeout))
    if not same:
        raise typer.Exit(1)
