import asyncio
import sys

import msgspec
import pytest

from antiphon.bench import processes
from antiphon.bench.orders import Failed, Listens, Serve
from antiphon.bench.processes import Process, cores, started, stay_on
from antiphon.errors import NoAnswer, SettingsError

ECHO = "import sys; [print(line.strip(), flush=True) for line in sys.stdin]"


async def process(code: str) -> Process:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdin=pipe, stdout=pipe)
    return Process(child, "the child")


async def test_lines_go_both_ways() -> None:
    child = await process(ECHO)
    child.tell(msgspec.json.encode(Failed("x")) + b"\n")
    assert await child.hear(Failed, 10) == Failed("x")
    await child.end()


async def test_silence_and_an_early_end_are_told() -> None:
    silent, gone = await process(ECHO), await process("")
    with pytest.raises(NoAnswer, match=r"the child said nothing for 0\.01 s"):
        await silent.hear(Failed, 0.01)
    with pytest.raises(SettingsError, match="the child ended before it was done"):
        await gone.hear(Failed, 10)
    await silent.end()
    await gone.end()


async def test_who_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_WAIT_S", 0.05)
    child = await process("import time; time.sleep(600)")
    await asyncio.wait_for(child.end(), 10)
    with pytest.raises(SettingsError, match="the child ended"):
        await child.hear(Failed, 10)


async def test_what_the_block_raises_leaves_nothing_behind() -> None:
    child: Process | None = None

    async def fails() -> None:
        nonlocal child
        async with started("antiphon.bench.host", Serve(app="echo"), "the server") as child:
            await child.hear(Listens, 30)
            raise KeyError

    with pytest.raises(KeyError):
        await fails()
    assert child is not None
    with pytest.raises(SettingsError, match="the server ended"):
        await child.hear(Failed, 10)


def test_a_process_can_stay_where_it_may_run() -> None:
    stay_on(cores())
    assert cores() == tuple(sorted(cores()))
