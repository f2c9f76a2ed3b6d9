"""Another program run under this one: it gets our signals, we get its exit status."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from antiphon.errors import CommandNotStarted

NOT_EXECUTABLE: Final = 126
NOT_FOUND: Final = 127
_SIGNALLED: Final = 128
"""Added to a signal's number, as shells do."""


def find(program: str) -> None:
    """Raise CommandNotStarted when there is surely no such program."""
    if shutil.which(program) is None and not Path(program).exists():
        raise CommandNotStarted(f"{program}: there is no such command", NOT_FOUND)


async def run_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program to its end on our own stdin, stdout and stderr; gives its exit status as a shell would.

    That is 128 + n when signal n ended it. Raises CommandNotStarted.
    """
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except FileNotFoundError:
        raise CommandNotStarted(f"{command[0]}: there is no such command", NOT_FOUND) from None
    except OSError as error:
        raise CommandNotStarted(f"{command[0]}: {error.strerror}", NOT_EXECUTABLE) from None
    with _signals_passed_on(process):
        status = await process.wait()
    return _SIGNALLED - status if status < 0 else status


@contextmanager
def _signals_passed_on(process: asyncio.subprocess.Process) -> Iterator[None]:
    """Send what is sent to us on to the child, and leave it to the child to act on that."""

    def pass_on(number: int) -> None:
        if process.returncode is None and not (number == signal.SIGINT and _in_foreground()):
            process.send_signal(number)

    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, pass_on, number)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _in_foreground() -> bool:
    """Whether the terminal sends Ctrl-C to this whole job: then the child has it already."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)
