"""Processes of the bench: started with an order, told lines, answering lines, and never left behind."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import msgspec
import psutil

from antiphon.bench.limits import LINE_BYTES_MAX, STOP_WAIT_S
from antiphon.errors import NoAnswer, SettingsError

T = TypeVar("T")


class Process:
    """One that was started here."""

    def __init__(self, process: asyncio.subprocess.Process, what: str) -> None:
        self._process = process
        self._what = what

    async def hear(self, kind: type[T], wait_s: float) -> T:
        """The next line it says.

        Raises NoAnswer when it says nothing in time, SettingsError when it has ended instead; what it complained of
        stands on stderr.
        """
        assert self._process.stdout
        try:
            async with asyncio.timeout(wait_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise NoAnswer(f"{self._what} said nothing for {wait_s:g} s") from None
        if not line:
            raise SettingsError(f"{self._what} ended before it was done; its last words are above")
        return msgspec.json.decode(line, type=kind)

    def tell(self, line: bytes = b"\n") -> None:
        """Send it a line."""
        assert self._process.stdin
        self._process.stdin.write(line)

    async def end(self) -> None:
        """End its input, and wait for it; in the end kill it."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_WAIT_S):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def started(module: str, order: msgspec.Struct, what: str) -> AsyncIterator[Process]:
    """Run a module of the bench with an order, until the block is left."""
    pipe = asyncio.subprocess.PIPE
    written = msgspec.json.encode(order).decode()
    command = (sys.executable, "-m", module, written)
    child = Process(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=LINE_BYTES_MAX), what)
    try:
        yield child
    finally:
        await child.end()


@asynccontextmanager
async def told_by_parent() -> AsyncIterator[asyncio.StreamReader]:
    """The lines this process is sent; they end with the parent."""
    reader = asyncio.StreamReader(LINE_BYTES_MAX)
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    try:
        yield reader
    finally:
        transport.close()


def take_many_files() -> None:
    """Take as many sockets as the system grants at most."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not made for Windows

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cores() -> tuple[int, ...]:
    """Those this process may run on, where the system lets a process choose; else none."""
    return tuple(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else ()


def stay_on(chosen: Sequence[int]) -> None:
    """Run this process on these cores only."""
    psutil.Process().cpu_affinity(list(chosen))
