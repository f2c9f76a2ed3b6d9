"""The `antiphon` command: what it can do, and how its errors end."""

import io
import os
import sys
from typing import Annotated

import typer

from antiphon import __version__
from antiphon.cli import bench, keys, models
from antiphon.cli.ask import ask
from antiphon.cli.doctor import doctor
from antiphon.cli.faults import complain, exit_status
from antiphon.cli.replay import replay
from antiphon.cli.run_command import run_command
from antiphon.cli.serve import serve
from antiphon.cli.talk import talk
from antiphon.errors import AntiphonError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
app.command()(ask)
app.command()(talk)
app.command()(serve)
app.command()(replay)
app.command()(doctor)
app.command("run", context_settings={"allow_interspersed_args": False})(run_command)
app.add_typer(models.app, name="models")
app.add_typer(keys.app, name="keys")
app.add_typer(bench.app, name="bench")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"antiphon {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """The Gemini Live API on your own machine: speak to it, hear it answer.

    [bold]Examples[/bold]

      antiphon ask question.wav          ask by voice, answer in reply.wav

      antiphon ask question.wav --text   be answered in writing

      antiphon talk                      talk into the microphone

      antiphon serve                     serve any Live API client

      antiphon run -- python app.py      run an app against antiphon, unedited

      antiphon replay talk.jsonl         see and hear a recorded session

      antiphon doctor                    find out why it does not work

      antiphon bench latency             measure how long a person waits

      antiphon models pull               fetch the weights beforehand

      antiphon keys add phone            let in only who has a key

    A flag beats ANTIPHON_* in the environment, which beats the TOML file
    named by ANTIPHON_CONFIG. ANTIPHON_DEBUG=1 shows an error's traceback.
    """


def run() -> None:
    """Run the command in this program's arguments; an error of ours becomes one line and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an answer may hold what the terminal cannot show
    try:
        app()
    except AntiphonError as error:
        if os.environ.get("ANTIPHON_DEBUG"):
            raise
        complain(error)
        sys.exit(exit_status(error))
