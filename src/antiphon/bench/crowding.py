"""A crowd let loose on a server, and what the server had to do for it."""

import asyncio
from dataclasses import dataclass

from antiphon.bench.hosting import Server
from antiphon.bench.limits import CROWD_WAIT_S
from antiphon.bench.orders import Crowd, Gathered, Ready, State
from antiphon.bench.processes import started
from antiphon.runtime.trace import TurnTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowded:
    """What the crowd saw and what the server used meanwhile."""

    gathered: Gathered
    ready: State | None
    """Of our own server, with all sessions open."""
    cpu_share: float | None
    """Seconds of CPU a second, from then on."""
    turns: tuple[TurnTimes, ...] = ()
    """Spoken turns that were answered meanwhile."""


async def crowded(server: Server, order: Crowd) -> Crowded:
    """Run a crowd to its end. Raises NoAnswer when it does not come to one."""
    async with started("antiphon.bench.crowd", order, "the crowd") as crowd:
        await crowd.hear(Ready, CROWD_WAIT_S + order.warm_s)
        ready = share = None
        turns: tuple[TurnTimes, ...] = ()
        if server.process is not None:
            ready = await server.state()
            began = asyncio.get_running_loop().time()
            await asyncio.sleep(order.seconds)
            after = await server.state()
            share = (after.cpu_s - ready.cpu_s) / (asyncio.get_running_loop().time() - began)
            turns = after.turns
        gathered = await crowd.hear(Gathered, CROWD_WAIT_S + order.seconds)
        return Crowded(gathered=gathered, ready=ready, cpu_share=share, turns=turns)
