"""Sides in turn, so that what slows the machine down for a while slows all of them; and a bar of what is done."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")


def in_turn(sides: Sequence[T], number: int) -> tuple[T, ...]:
    """All sides, in an order that moves on by one with each number."""
    first = number % len(sides)
    return (*sides[first:], *sides[:first])


class Steps:
    """Counts on a progress bar what is done of a run."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=total)

    def begin(self, what: str) -> None:
        """Say what is being measured now."""
        self._progress.update(self._task, description=what)

    def done(self) -> None:
        """One more is."""
        self._progress.advance(self._task)


@contextmanager
def steps(total: int) -> Iterator[Steps]:
    """Show a bar on stderr while the block measures; only on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Steps(progress, total)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since then."""
        return time.monotonic() - self._began
