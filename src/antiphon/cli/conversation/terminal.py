"""What a screen and a conversation on it need of the terminal, and of everybody else who writes to it."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from antiphon.client.talk.transcript import Transcript


def on_terminal() -> bool:
    """Tell whether there is a screen to draw on and a keyboard to read."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


@contextmanager
def signals_end(end: Callable[[], object]) -> Iterator[None]:
    """Take Ctrl-C and a request to terminate for the end of a conversation: that is how it ends."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


@contextmanager
def warnings_noted(transcript: Transcript) -> Iterator[None]:
    """Have our warnings, which would be drawn over the screen, written into the transcript."""
    notes, ours = _Notes(transcript), logging.getLogger("antiphon")
    ours.addHandler(notes)
    try:
        yield
    finally:
        ours.removeHandler(notes)


@contextmanager
def screen_to_itself() -> Iterator[None]:
    """Textual draws through stderr, where sound libraries write too: it gets a copy, they get nothing."""
    sys.stderr.flush()
    stderr = sys.__stderr__
    encoding = stderr.encoding if stderr is not None else "utf-8"
    with os.fdopen(os.dup(2), "w", encoding=encoding) as screen, Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        sys.__stderr__ = screen  # type: ignore[misc]  # where Textual looks for it
        try:
            yield
        finally:
            sys.__stderr__ = stderr  # type: ignore[misc]
            screen.flush()
            os.dup2(screen.fileno(), 2)


class _Notes(logging.Handler):
    def __init__(self, transcript: Transcript) -> None:
        super().__init__(logging.WARNING)
        self._loop = asyncio.get_running_loop()
        self._transcript = transcript

    def emit(self, record: logging.LogRecord) -> None:
        self._loop.call_soon_threadsafe(self._transcript.note, record.getMessage())
