"""Scripted engines and an inbox, for what runs around a session."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import numpy as np

from antiphon.audio.pcm import AudioChunk
from antiphon.config import EngineNames, Settings, load_settings
from antiphon.engines.registry import EngineSet, load_engines
from antiphon.runtime.channel import Channel
from antiphon.session.events import Event

WAIT_S = 5.0
T = TypeVar("T")


def scripted(**flags: object) -> Settings:
    return load_settings(engines=EngineNames.scripted(), **flags)


async def engines() -> EngineSet:
    return await asyncio.to_thread(load_engines, scripted())


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
