"""`antiphon ask`: its flags, and what they mean."""

from pathlib import Path
from typing import Annotated

import typer

from antiphon.cli.embedded import Engines
from antiphon.cli.flags import ApiKey, Endpoint, Model, Record


def ask(  # noqa: PLR0913, PLR0917 - the flags of the command
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="WAV of any rate, width and channels, FLAC, OGG, MP3; - reads raw 16-bit 16 kHz mono PCM from stdin.",
            show_default=False,
        ),
    ],
    endpoint: Endpoint = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the spoken answer goes, as 24 kHz mono.")] = Path(
        "reply.wav"
    ),
    model: Model = None,
    voice: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A voice, such as Puck; our own server has one.", show_default=False),
    ] = None,
    system: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The system instruction.", show_default=False)
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Be answered in writing; no sound is made.")] = False,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object and nothing else; waits for turnComplete and its usage."),
    ] = False,
    no_pace: Annotated[
        bool, typer.Option("--no-pace", help="Send the file as fast as possible, then audioStreamEnd.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.01, help="Wait this long for the answer (60).", show_default=False),
    ] = None,
    engines: Annotated[
        Engines, typer.Option(help="Of our own server; the scripted ones need no weights and answer by rote.")
    ] = Engines.EMBEDDED,
    api_key: ApiKey = None,
    record: Record = None,
) -> None:
    """Ask a recorded question and hear the answer.

    The recording is streamed in real time, as from a microphone, and behind
    it silence until the answer is complete: so the server itself finds the
    end of speech. The time shown runs from the last sound of speech in the
    recording to the arrival of the first sound of the answer. With --no-pace
    all is sent at once, the end is marked, and no such time is meant.

    Exit status: 0 answered, 1 weights or an engine, 2 bad usage or file, 3 the server refused,
    4 no answer in time, 130 Ctrl-C.

    [bold]Examples[/bold]

      antiphon ask question.wav

      antiphon ask question.mp3 --endpoint 127.0.0.1:8765 --voice Puck

      GOOGLE_API_KEY=… antiphon ask question.wav --endpoint gemini

      arecord -d 4 -f S16_LE -r 16000 -t raw | antiphon ask - --json
    """
    from antiphon.cli.errand import Errand, Request  # noqa: PLC0415 - 0.6 s of imports that --help can do without

    request = Request(
        file=file,
        endpoint=endpoint,
        out=None if text else out,
        model=model,
        voice=voice,
        system=system,
        text=text,
        json=json,
        paced=not no_pace,
        timeout_s=timeout,
        engines=engines,
        api_key=api_key,
        record=record,
    )
    Errand(request).run()
