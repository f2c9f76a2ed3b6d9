"""`antiphon doctor`: its flags, and what they mean."""

from typing import Annotated

import typer

from antiphon.cli.flags import ApiKey, Model
from antiphon.cli.loop import run


def doctor(
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint",
            "--url",
            metavar="WHERE",
            help="Where a client would connect: antiphon, gemini, vertex, google, or a URL; what ANTIPHON_ENDPOINT "
            "says, else antiphon. Google is asked only when it is meant.",
            show_default=False,
        ),
    ] = None,
    model: Model = None,
    api_key: ApiKey = None,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Read the weights too, all of them; a file that is wrong is deleted.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Find out why it does not work, and what to do.

    Looks at this machine, the settings, the weights, the port and the
    certificate of `serve`, microphones and loudspeakers; then goes the way to
    the endpoint step by step, DNS, TCP, TLS, the upgrade, the setup, and names
    the one that fails. Keys and tokens are never shown: the page may go into
    an issue as it is.

    Exit status: 0 nothing is wrong (there may be warnings), 1 something is, 130 Ctrl-C.

    [bold]Examples[/bold]

      antiphon doctor

      antiphon doctor --endpoint vertex

      GEMINI_API_KEY=… antiphon doctor --endpoint gemini --model gemini-3.8-live

      antiphon doctor --json | jq .result
    """
    from antiphon.cli.diagnosis.examination import examine, sections  # noqa: PLC0415 - --help can do without
    from antiphon.cli.diagnosis.finding import Mark, worst  # noqa: PLC0415
    from antiphon.cli.diagnosis.server import Destination  # noqa: PLC0415
    from antiphon.cli.diagnosis.view import JsonView, LinesView  # noqa: PLC0415

    view = JsonView() if json else LinesView()
    chosen = Destination(endpoint=endpoint, api_key=api_key, model=model)
    with view.watching():
        found = run(examine(sections(chosen, thorough=thorough), view))
    view.conclude(found)
    if worst(finding.mark for _, finding in found) is Mark.FAULT:
        raise typer.Exit(1)
