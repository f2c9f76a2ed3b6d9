"""A real server with scripted engines on a loopback port, and a raw client to it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect

from antiphon.config import EngineNames, load_settings
from antiphon.server.listen import Listening, listening
from antiphon.store.contracts import Store
from antiphon.store.sqlite import open_store
from tests.clock import Clock

WAIT_S = 10.0
DEVELOPER = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
VERTEX = "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent"
SETUP = {"setup": {"model": "models/x", "inputAudioTranscription": {}, "outputAudioTranscription": {}}}


@pytest.fixture
def clock() -> Clock:
    """The time of the server, which begins now."""
    return Clock(time.time())


@pytest.fixture
async def server(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Listening]:
    """Parametrise indirectly with settings that differ from the default."""
    flags = {**getattr(request, "param", {})}
    place = {"port": 0, **flags.pop("server", {})}
    settings = load_settings(server=place, engines=EngineNames.scripted(), **flags)
    async with listening(settings, clock) as server:
        yield server


@pytest.fixture
async def store(server: Listening, clock: Clock) -> AsyncIterator[Store]:
    """The server's store, opened as another process would."""
    store = await open_store(load_settings(), clock)
    yield store
    await store.aclose()


class Caller:
    """Sends JSON, reads JSON."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: object) -> None:
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def read(self) -> dict[str, object]:
        async with asyncio.timeout(WAIT_S):
            return json.loads(await self.socket.recv())

    async def read_until(self, member: str) -> list[dict[str, object]]:
        """Messages up to and with the first whose serverContent has the member."""
        messages = []
        while member not in (content := (message := await self.read()).get("serverContent", message)):
            messages.append(content)
        return [*messages, content]

    async def answered(self) -> bool:
        """Ask something, and hear whether there is an answer."""
        await self.send({"realtimeInput": {"text": "hi"}})
        contents = await self.read_until("generationComplete")
        return any("modelTurn" in content for content in contents)

    async def closed(self) -> tuple[int, str]:
        async with asyncio.timeout(WAIT_S):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


Call = Callable[..., Awaitable[Caller]]


@pytest.fixture
async def call(server: Listening) -> AsyncIterator[Call]:
    """Connect and, unless `setup` is None, set up; all sockets are closed after the test."""
    callers: list[Caller] = []

    async def call(path: str = DEVELOPER, setup: object = SETUP, **options: object) -> Caller:
        caller = Caller(await connect(server.url + path, compression=None, max_size=None, close_timeout=0.5, **options))
        callers.append(caller)
        if setup is not None:
            await caller.send(setup)
            assert "setupComplete" in await caller.read()
        return caller

    yield call
    for caller in callers:
        await caller.socket.close()


def tone(hertz: int, ms: int) -> bytes:
    at = np.arange(16 * ms) / 16_000
    return (8_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


def silence(ms: int) -> bytes:
    return bytes(32 * ms)
