"""Many clients in a process of their own: `python -m antiphon.bench.crowd '{"kind": "listening", ...}'`.

What they do beside measuring costs as little as can be: it would be taken for the server's slowness.
"""

import asyncio
import signal
import sys

import msgspec
from uvicorn.loops.auto import auto_loop_factory

from antiphon.bench.limits import OPENING_AT_ONCE
from antiphon.bench.members import Gathering, attended
from antiphon.bench.orders import Crowd, Ready, say
from antiphon.bench.processes import stay_on, take_many_files, told_by_parent


def main(written: str) -> None:
    """Do what is ordered, then end; at once when the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bench, which then ends our input
    order = msgspec.json.decode(written, type=Crowd)
    take_many_files()
    if order.cores:
        stay_on(order.cores)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_until_told(order))


async def _until_told(order: Crowd) -> None:
    async with told_by_parent() as lines, asyncio.TaskGroup() as group:
        measuring = group.create_task(_measure(order))
        await lines.read()
        measuring.cancel()


async def _measure(order: Crowd) -> None:
    gathering = Gathering(order)
    opening = asyncio.Semaphore(OPENING_AT_ONCE)
    async with asyncio.TaskGroup() as group:
        members = [group.create_task(attended(gathering, number, opening)) for number in range(order.count)]
        if order.kind != "passing":
            await gathering.all_open()
            await asyncio.sleep(order.warm_s)
        gathering.begin()
        say(Ready())
        if order.kind == "idle":
            say(gathering.gathered())
            await asyncio.wait(members)  # for ever: the input ends first
        if order.seconds:
            await asyncio.sleep(order.seconds)
            gathering.finish()
        await asyncio.wait(members)
    say(gathering.gathered())


if __name__ == "__main__":
    main(sys.argv[1])
