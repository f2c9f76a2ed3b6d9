"""Show a fetch of weights on the terminal: bars for a person, a few plain lines for a log."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from antiphon.config import Weights
from antiphon.errors import WeightsError
from antiphon.weights.transfer import Progress as FetchProgress

_NEXT_STEP = (
    "Mend what a source says and run this again: it goes on where it stopped. "
    "Without a network, set ANTIPHON_WEIGHTS__MIRROR_DIR to a directory with the files (docs/models.md)."
)

LINE_EVERY_S = 10.0
"""Between two lines about the same file, where there are no bars."""


@contextmanager
def shown_on(console: Console) -> Iterator[FetchProgress]:
    """Give what `cache.pull` reports to, drawn as suits the console."""
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Bars(progress)


class Bars:
    """One bar a file: name, size, speed, time left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._label = ""
        self._task: TaskID | None = None

    def begin(self, label: str, bytes_done: int, bytes_total: int | None) -> None:
        """Open a bar, or take up the one of the interrupted file."""
        if self._task is None or label != self._label:
            self._label = label
            self._task = self._progress.add_task(escape(label), completed=bytes_done, total=bytes_total)
        else:
            self._progress.reset(self._task, completed=bytes_done, total=bytes_total)
        if bytes_done:
            self.say(_goes_on(label, bytes_done))

    def advance(self, bytes_new: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.advance(self._task, bytes_new)

    def end(self) -> None:
        """Leave the bar as it is."""
        self._task = None

    def say(self, text: str) -> None:
        """Print above the bars."""
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)


@dataclass(slots=True)
class _File:
    label: str
    bytes_total: int | None
    bytes_done: int
    bytes_at_start: int
    started_s: float
    told_s: float


class Lines:
    """A line when a file starts and ends, and every ten seconds between."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._file: _File | None = None

    def begin(self, label: str, bytes_done: int, bytes_total: int | None) -> None:
        """Say the name and the size."""
        now = self._clock()
        self._file = _File(label, bytes_total, bytes_done, bytes_done, now, now)
        size = f"{label}: {decimal(bytes_total)}" if bytes_total else label
        self.say(_goes_on(size, bytes_done) if bytes_done else size)

    def advance(self, bytes_new: int) -> None:
        """Count, and speak now and then."""
        if (file := self._file) is None:
            return
        file.bytes_done += bytes_new
        now = self._clock()
        if now - file.told_s >= LINE_EVERY_S:
            file.told_s = now
            self.say(f"{file.label}: {_standing(file, now)}")

    def end(self) -> None:
        """Say how long it took."""
        if (file := self._file) is None:
            return
        now = self._clock()
        arrived = file.bytes_done - file.bytes_at_start
        self.say(f"{file.label}: here, {decimal(arrived)} in {now - file.started_s:.1f} s")
        self._file = None

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _goes_on(label: str, bytes_done: int) -> str:
    return f"{label}: goes on after the {decimal(bytes_done)} that are here"


def _standing(file: _File, now: float) -> str:
    per_s = (file.bytes_done - file.bytes_at_start) / max(now - file.started_s, 1e-3)
    speed = f"{decimal(round(per_s))}/s"
    if not file.bytes_total:
        return f"{decimal(file.bytes_done)}, {speed}"
    left_s = (file.bytes_total - file.bytes_done) / max(per_s, 1.0)
    return f"{decimal(file.bytes_done)} of {decimal(file.bytes_total)}, {speed}, {left_s:.0f} s left"


def fetch_weights(names: Iterable[str], settings: Weights) -> None:
    """Fetch the named weights that are not here, shown on stderr. Silent when nothing is missing.

    Raises WeightsError that says what to do next.
    """
    from antiphon.weights import cache  # noqa: PLC0415 - slow to import, and --help can do without

    try:
        with shown_on(Console(stderr=True)) as progress:
            cache.pull(names, settings, progress)
    except WeightsError as error:
        raise WeightsError(f"{error}\n{_NEXT_STEP}") from None
