"""`antiphon talk`: its flags, and what they mean."""

from typing import Annotated

import typer

from antiphon.cli.embedded import Engines
from antiphon.cli.flags import ApiKey, Endpoint, Model, Record


def talk(  # noqa: PLR0913, PLR0917 - the flags of the command
    endpoint: Endpoint = None,
    model: Model = None,
    voice: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A voice, such as Puck; our own server has one.", show_default=False),
    ] = None,
    system: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The system instruction.", show_default=False)
    ] = None,
    microphone: Annotated[
        str | None,
        typer.Option(
            metavar="DEVICE",
            help="Number, name or part of it; or a sound file, played in real time as if it were spoken.",
            show_default=False,
        ),
    ] = None,
    speaker: Annotated[
        str | None,
        typer.Option(
            metavar="DEVICE",
            help="Number, name or part of it; or a sound file, which gets what would have sounded.",
            show_default=False,
        ),
    ] = None,
    headphones: Annotated[
        bool,
        typer.Option(
            "--headphones", help="Keep the microphone open, to interrupt by speaking; a loudspeaker would echo."
        ),
    ] = False,
    push_to_talk: Annotated[
        bool, typer.Option("--push-to-talk", help="Open the microphone between two presses of SPACE only.")
    ] = False,
    devices: Annotated[bool, typer.Option("--devices", help="List microphones and loudspeakers, and leave.")] = False,
    record: Record = None,
    engines: Annotated[
        Engines, typer.Option(help="Of our own server; the scripted ones need no weights and answer by rote.")
    ] = Engines.EMBEDDED,
    api_key: ApiKey = None,
) -> None:
    """Talk into the microphone and hear the answers.

    While the loudspeaker sounds the microphone is shut, for it would hear
    the answer and take it for you; the key s cuts an answer short. Wearing
    headphones (--headphones) you interrupt by speaking. m mutes, q or Ctrl-C
    leaves. Where the output is no terminal, plain lines are written, and a
    file in place of the microphone is talked to its end.

    Exit status: 0 you left, 1 weights or an engine, 2 bad usage, no device
    or a lost one, 3 the server refused or closed, 4 no answer in time.

    [bold]Examples[/bold]

      antiphon talk

      antiphon talk --headphones --voice Puck

      antiphon talk --microphone usb --speaker 3

      antiphon talk --microphone question.wav --speaker answer.wav | cat

      GOOGLE_API_KEY=… antiphon talk --endpoint gemini
    """
    if devices:
        from antiphon.cli.conversation.devices import print_devices  # noqa: PLC0415 - loads PortAudio

        print_devices()
        return
    from antiphon.cli.conversation.errand import TalkRequest, talk_as  # noqa: PLC0415 - --help can do without its imports
    from antiphon.client.talk.talking import Duplex  # noqa: PLC0415

    duplex = Duplex.FULL if headphones else Duplex.HALF
    request = TalkRequest(
        endpoint=endpoint,
        model=model,
        voice=voice,
        system=system,
        microphone=microphone,
        speaker=speaker,
        duplex=Duplex.PUSH_TO_TALK if push_to_talk else duplex,
        record=record,
        engines=engines,
        api_key=api_key,
    )
    talk_as(request)
