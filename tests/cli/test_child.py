"""Every test runs its program in a process of its own that waits for it: signals are for whole processes."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from antiphon.cli.child import find, run_child
from antiphon.errors import CommandNotStarted

WAIT_S = 20
PARENT = """
import asyncio, os, sys
from antiphon.cli.child import run_child
sys.exit(asyncio.run(run_child(sys.argv[1:], os.environ)))
"""
TELLS_SIGNALS = """
import signal, sys
def told(number, frame):
    print(signal.Signals(number).name, flush=True)
    sys.exit(40 + number)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, told)
print("ready", flush=True)
signal.pause()
"""


@asynccontextmanager
async def parent_of(*command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program under `run_child`, without a terminal."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, *command,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(WAIT_S):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill $$", 143)])
async def test_the_exit_status_is_the_childs(script: str, status: int) -> None:
    async with asyncio.timeout(WAIT_S):
        assert await run_child(["sh", "-c", script], os.environ) == status


async def test_the_environment_is_the_one_given() -> None:
    environment = os.environ | {"ANTIPHON_TOLD": "yes"}
    async with asyncio.timeout(WAIT_S):
        assert await run_child(["sh", "-c", '[ "$ANTIPHON_TOLD" = yes ]'], environment) == 0


async def test_stdin_and_stdout_are_the_childs() -> None:
    async with parent_of("cat") as process:
        out, _ = await process.communicate(b"through")
    assert (process.returncode, out) == (0, b"through")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_goes_to_the_child(number: signal.Signals) -> None:
    async with parent_of(sys.executable, "-c", TELLS_SIGNALS) as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert await process.stdout.readline() == number.name.encode() + b"\n"
        assert await process.wait() == 40 + number


async def test_a_program_that_is_not_there() -> None:
    with pytest.raises(CommandNotStarted, match="nosuch: there is no such command") as caught:
        await run_child(["nosuch"], os.environ)
    assert caught.value.status == 127


async def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a program")
    find(str(file))
    with pytest.raises(CommandNotStarted, match="Permission denied") as caught:
        await run_child([str(file)], os.environ)
    assert caught.value.status == 126


def test_what_is_surely_not_there_is_told_beforehand() -> None:
    find("sh")
    with pytest.raises(CommandNotStarted) as caught:
        find("nosuch")
    assert caught.value.status == 127
