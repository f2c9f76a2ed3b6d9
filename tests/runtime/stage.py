"""Scripted engines and an inbox, for what runs around a session."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import numpy as np

from antiphon.audio.pcm import AudioChunk
from antiphon.config import EngineNames, Settings, load_settings
from antiphon.engines.registry import Engines, EngineSet, load_engines
from antiphon.errors import StoreError
from antiphon.runtime.channel import Channel
from antiphon.runtime.keeper import Keeper
from antiphon.runtime.roster import Roster
from antiphon.session.events import Event
from antiphon.store.contracts import Stored

WAIT_S = 5.0
T = TypeVar("T")


def scripted(**flags: object) -> Settings:
    return load_settings(engines=EngineNames.scripted(), **flags)


async def all_engines() -> Engines:
    return await asyncio.to_thread(load_engines, scripted())


async def engines() -> EngineSet:
    return (await all_engines()).usual


class Shelf:
    """A store of sessions in memory."""

    def __init__(self) -> None:
        self.records: dict[str, Stored] = {}
        self.touched: list[tuple[str, float]] = []
        self.touched_often = asyncio.Event()
        self.broken = False

    async def save(self, lineage: str, owner: str | None, record: bytes, expires: float) -> str:
        if self.broken:
            raise StoreError("the disk is full")
        handle = f"{owner}/{len(self.records)}"
        self.records[handle] = Stored(lineage, record)
        return handle

    async def load(self, handle: str, owner: str | None, now: float) -> Stored | None:
        if self.broken:
            raise StoreError("the disk is gone")
        return self.records.get(handle) if handle.startswith(f"{owner}/") else None

    async def touch(self, lineage: str, expires: float) -> None:
        if self.broken:
            raise StoreError("the disk is gone")
        self.touched.append((lineage, expires))
        if len(self.touched) > 2:
            self.touched_often.set()


def keeper(shelf: Shelf | None = None, roster: Roster | None = None, owner: str | None = None) -> Keeper:
    return Keeper(shelf or Shelf(), roster or Roster(), owner=owner, lifetime_s=100.0, clock=lambda: 1_000.0)


async def soon(awaitable: Awaitable[T]) -> T:
    async with asyncio.timeout(WAIT_S):
        return await awaitable


async def until(inbox: Channel[Event], kind: type) -> list[Event]:
    """Events up to and with the first of a kind."""
    events = []
    while not events or not isinstance(events[-1], kind):
        events.append(await soon(inbox.get()))
    return events


@asynccontextmanager
async def running() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose tasks are cancelled at the end of the block."""

    try:
        async with asyncio.TaskGroup() as group:
            yield group
            raise _OverError  # noqa: TRY301 - in a fixture the group is left by another task than entered it
    except* _OverError:
        pass


class _OverError(Exception):
    pass


def tone(hertz: int, ms: int) -> AudioChunk:
    at = np.arange(16 * ms) / 16_000
    return AudioChunk((8_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes())


def silence(ms: int) -> AudioChunk:
    return AudioChunk(bytes(32 * ms))
