"""What a question looks like while it is asked and answered: on a terminal, in a pipe, as JSON.

Results go to stdout; everything on the way there (progress, errors) to stderr.
"""

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from antiphon.cli.faults import printable
from antiphon.cli.outcome import Outcome
from antiphon.client.asking import Asking

_REFRESHES_PER_S = 12
_UNHEARD = "(the server does not say)"


class View(Protocol):
    """How a question and its answer are shown."""

    def watch(self, asking: Asking) -> AbstractContextManager[object]:
        """Show them while they come about."""

    def conclude(self, outcome: Outcome) -> None:
        """Show what came of them, with or without an error."""


class JsonView:
    """One JSON object on stdout, nothing else."""

    def watch(self, asking: Asking) -> AbstractContextManager[object]:
        return nullcontext()

    def conclude(self, outcome: Outcome) -> None:
        sys.stdout.write(outcome.as_json() + "\n")
        sys.stdout.flush()


class PlainView:
    """Lines for a file or a pipe, when all is known: what was cut off is never shown."""

    def watch(self, asking: Asking) -> AbstractContextManager[object]:
        return nullcontext()

    def conclude(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            return
        for label, text in _conversation(outcome.heard, outcome.answer):
            sys.stdout.write(f"{label}: {text}\n")
        sys.stdout.writelines(f"{line}\n" for line in report(outcome))
        sys.stdout.flush()


class LiveView:
    """A terminal: the words as they come, then the figures."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)

    def watch(self, asking: Asking) -> AbstractContextManager[object]:
        picture = _Picture(asking)
        return Live(picture, console=self._console, refresh_per_second=_REFRESHES_PER_S, transient=True)

    def conclude(self, outcome: Outcome) -> None:
        if outcome.heard or outcome.answer:
            self._console.print(_dialogue(outcome.heard, outcome.answer))
        if outcome.error is None:
            for line in report(outcome):
                self._console.print(Text(line, style="dim"))


class _Picture:
    """Draws an asking as it stands each time the terminal is refreshed."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._spinner = Spinner("dots", style="cyan")

    def __rich__(self) -> RenderableType:
        reply = self._asking.reply
        self._spinner.update(text=Text(_stage(self._asking), style="dim"))
        if not reply.heard and not reply.text:
            return self._spinner
        return Group(_dialogue(reply.heard, reply.text), self._spinner)


def _stage(asking: Asking) -> str:
    if asking.first_sound_s is not None and asking.first_sound_s >= 0:
        return f"speaking, {_duration(round(asking.first_sound_s * 1_000))} after the end of speech"
    if asking.waited_s is not None:
        return f"waiting, {asking.waited_s:.1f} s since the end of speech"
    return f"asking, {asking.sent_s:.1f} of {asking.seconds:.1f} s"


def _dialogue(heard: str | None, answer: str | None) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in _conversation(heard, answer):
        grid.add_row(label, Text(text))
    return grid


def _conversation(heard: str | None, answer: str | None) -> list[tuple[str, str]]:
    said = [("You", printable(heard or _UNHEARD))]
    return [*said, ("Answer", printable(answer))] if answer else said


def report(outcome: Outcome) -> list[str]:
    """Give the figures, a line each."""
    lines = [_timing(outcome)]
    if outcome.interruptions:
        times = "once" if outcome.interruptions == 1 else f"{outcome.interruptions} times"
        lines.append(f"The server took a pause for the end of the question {times}; what it began to say is left out.")
    if outcome.reply is not None:
        lines.append(f"Reply: {outcome.reply} ({outcome.reply_s:.1f} s, 24 kHz mono)")
    return lines


def _timing(outcome: Outcome) -> str:
    sound = outcome.first_sound_ms is not None
    what = "First sound" if sound else "First words"
    ms = outcome.first_sound_ms if sound else outcome.first_text_ms
    if ms is not None and ms < 0:
        return f"{what}: {-ms} ms before the end of speech: the server did not wait for it"
    since = "the end of speech" if outcome.real_time else "the question was sent (not in real time)"
    return f"{what}: {_duration(ms or 0)} after {since}"


def _duration(ms: int) -> str:
    return f"{ms} ms" if ms < 10_000 else f"{ms / 1_000:.1f} s"
