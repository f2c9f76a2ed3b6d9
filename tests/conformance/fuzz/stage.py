"""A real server with scripted engines, and a look at what it has left behind."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from antiphon.config import EngineNames, Settings, load_settings
from antiphon.server.connection import Connection
from antiphon.server.listen import Listening, listening
from tests.conformance.fuzz.malformed import Broken
from tests.conformance.fuzz.play import WAIT_S, Player, Tally, play_broken
from tests.conformance.fuzz.wellformed import SETTLED, Conversation

BREAKS_AT_ONCE = 50
TOLD_TO_FAIL = "scripted LLM: told to fail"


def fuzz_settings(data_dir: Path) -> Settings:
    """Short silences, and connections that are asked to leave soon and are never made to."""
    return load_settings(
        server={"port": 0, "data_dir": data_dir, "go_away_after_s": 0.5, "go_away_notice_s": 600},
        engines=EngineNames.scripted(),
        limits={"sessions_max": 256},
        endpointing={"starvation_ms": 200},
    )


class Faults(logging.Handler):
    """Everything that is logged as an error: crashes of sessions, and what asyncio says of forgotten tasks."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if TOLD_TO_FAIL not in (line := self.format(record)):
            self.seen.append(line)


class Stage:
    """One server that everything is played to."""

    def __init__(self, server: Listening, faults: Faults) -> None:
        self._url = server.url
        self._faults = faults
        self._own_tasks = asyncio.all_tasks()
        self._turnstile = asyncio.Semaphore(BREAKS_AT_ONCE)
        self.tally = Tally()

    async def play(self, conversations: Iterable[Conversation], breaks: Iterable[Broken] = ()) -> None:
        """Play all at once; raises for the first fault of any, for an error in the log and for what is left over."""
        here = asyncio.all_tasks() - self._own_tasks
        async with asyncio.TaskGroup() as group:
            for conversation in conversations:
                group.create_task(Player(self._url, conversation, self.tally).play())
            for broken in breaks:
                group.create_task(self._play_broken(broken))
        assert not self._faults.seen, "\n".join(self._faults.seen)
        await self._all_is_gone(here)

    async def _play_broken(self, broken: Broken) -> None:
        async with self._turnstile:
            await play_broken(self._url, broken, self.tally)

    async def still_serves(self) -> None:
        """A client with no peculiarity is answered."""
        await self.play([SETTLED])

    async def _all_is_gone(self, here: set[asyncio.Task[object]]) -> None:
        left = asyncio.all_tasks() - self._own_tasks - here
        if left:
            _, left = await asyncio.wait(left, timeout=WAIT_S)
        assert not left, f"tasks without a session: {left}"

    def connections_alive(self) -> int:
        """Connections that somebody still holds, though every socket is closed."""
        gc.collect()
        return sum(isinstance(thing, Connection) for thing in gc.get_objects())


@asynccontextmanager
async def staged(data_dir: Path) -> AsyncIterator[Stage]:
    faults = Faults()
    loggers = [logging.getLogger(name) for name in ("antiphon", "asyncio", "uvicorn", "websockets.server")]
    async with listening(fuzz_settings(data_dir)) as server:
        for logger in loggers:
            logger.addHandler(faults)
        try:
            yield Stage(server, faults)
        finally:
            for logger in loggers:
                logger.removeHandler(faults)
