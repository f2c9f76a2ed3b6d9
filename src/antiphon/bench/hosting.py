"""Servers to be measured: our own, each a process that is started and stopped here, or anybody's by its URL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from antiphon.bench.limits import START_WAIT_S, STATE_WAIT_S
from antiphon.bench.orders import Failed, Listens, Serve, State
from antiphon.bench.processes import Process, started
from antiphon.client.endpoint import Endpoint, resolve
from antiphon.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Server:
    """One side of a measurement."""

    name: str
    endpoint: Endpoint
    process: Process | None = None
    """Of our own server; another's is seen through its socket only."""

    async def state(self) -> State:
        """What it holds and has used; only of our own."""
        assert self.process
        self.process.tell()
        return await self.process.hear(State, STATE_WAIT_S)


@asynccontextmanager
async def hosted(name: str, order: Serve) -> AsyncIterator[Server]:
    """Serve in another process, as long as the block lasts. Raises SettingsError when that cannot be done."""
    async with started("antiphon.bench.host", order, f"the server ({name})") as process:
        answer: Listens | Failed = await process.hear(Listens | Failed, START_WAIT_S)  # type: ignore[arg-type]
        if isinstance(answer, Failed):
            raise SettingsError(answer.error)
        yield Server(name, resolve(answer.url), process)
