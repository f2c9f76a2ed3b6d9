"""How findings are shown: as lines, on a terminal with colours and a sign of life, or as one JSON object."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from textwrap import wrap

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from antiphon.cli.diagnosis.examination import Section
from antiphon.cli.diagnosis.finding import Finding, Mark, worst
from antiphon.cli.faults import printable

MARK_WIDTH = 7
NAME_WIDTH = 11
TEXT_WIDTH_MIN = 30
"""However narrow the terminal is."""

_STYLES = {Mark.OK: "green", Mark.WARNING: "bold yellow", Mark.FAULT: "bold red"}
_INDENT = " " * (2 + MARK_WIDTH + 2 + NAME_WIDTH + 2)
_ARROW = "→ "
"""Leads what to do."""
_COMMAND = re.compile(r"`[^`]+`")
_NO_BREAK = "\xa0"
"""textwrap breaks at other spaces only."""


class LinesView:
    """Lines that can be pasted into an issue; what waits is told at the bottom of a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._spinner = Spinner("dots", style="cyan")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Show, on a terminal, that something is still being looked at."""
        if not self._console.is_terminal:
            yield
            return
        with Live(self._spinner, console=self._console, transient=True):
            yield

    def begin(self, title: str) -> None:
        """Head a section."""
        self._spinner.update(text=Text(f"{title}…", style="dim"))
        self._line(Text(title, style="bold"))

    def show(self, finding: Finding) -> None:
        """Print a finding, what to do, and each command whole, so that it can be pasted."""
        first, *more = self._wrapped(finding.found)
        advice = self._wrapped(finding.advice) if finding.advice else []
        mark = Text(f"  {finding.mark:<{MARK_WIDTH}}", style=_STYLES[finding.mark])
        self._line(Text.assemble(mark, f"  {printable(finding.name):<{NAME_WIDTH}}  ", first))
        for line in more:
            self._line(Text(_INDENT + line))
        for lead, line in zip(chain([_ARROW], repeat(" " * len(_ARROW))), advice, strict=False):
            self._line(Text(_INDENT + lead + line))
        for command in finding.commands:
            self._line(Text(f"{_INDENT}    {printable(command)}", style="cyan"))

    def _line(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)

    def _wrapped(self, text: str) -> list[str]:
        """Cut a text into lines, but no command in it."""
        whole = _COMMAND.sub(lambda command: command[0].replace(" ", _NO_BREAK), printable(text))
        width = max(self._console.width - len(_INDENT) - len(_ARROW), TEXT_WIDTH_MIN)
        return [line.replace(_NO_BREAK, " ") for line in wrap(whole, width, break_on_hyphens=False)] or [""]

    def conclude(self, found: Iterable[tuple[Section, Finding]]) -> None:
        """Count what is wrong."""
        marks = [finding.mark for _, finding in found]
        faults, warnings = marks.count(Mark.FAULT), marks.count(Mark.WARNING)
        told = "Nothing is wrong" if not faults else _several(faults, "fault")
        told += f", {_several(warnings, 'warning')}" if warnings else ""
        self._console.print(Text(f"{told}.", style=_STYLES[worst(marks)]))


class JsonView:
    """One JSON object on stdout, nothing else."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        yield

    def begin(self, title: str) -> None: ...

    def show(self, finding: Finding) -> None: ...

    def conclude(self, found: Iterable[tuple[Section, Finding]]) -> None:
        told = [{"section": section.title, **finding.as_dict()} for section, finding in found]
        result = worst(finding.mark for _, finding in found)
        sys.stdout.write(json.dumps({"result": result, "findings": told}, ensure_ascii=False, indent=2) + "\n")
        sys.stdout.flush()


def _several(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
