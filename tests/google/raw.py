"""A client of a few lines, so that the fake and the handshakes are shown without any of antiphon's session code."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.google.dialect import Json
from tests.google.handshake import GOOD_KEY
from tests.google.live import WAIT_S

GEMINI = (
    "wss://generativelanguage.googleapis.com"
    "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
)
GLOBAL = "wss://aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
KEY = {"x-goog-api-key": GOOD_KEY}
SETUP = {"model": "models/gemini-3.8-live"}
EXPRESS = {"model": "publishers/google/models/gemini-live-2.5-flash-native-audio"}


@asynccontextmanager
async def dial(url: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[ClientConnection]:
    async with connect(url, additional_headers=headers, compression=None, open_timeout=WAIT_S) as socket:
        yield socket


async def tell(socket: ClientConnection, *messages: Json) -> None:
    for message in messages:
        await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> Json:
    frame = await socket.recv()
    assert isinstance(frame, bytes), "Google sends binary frames"
    return json.loads(frame)


async def ended(socket: ClientConnection) -> tuple[int, str]:
    """Read to the end; gives the close code and reason, 1006 where there are none."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed as closed:
        return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


async def opened(url: str, headers: Mapping[str, str], setup: Json) -> Json | tuple[int, str]:
    """Dial, send a setup, and give the first message, or how the connection ended."""
    async with dial(url, headers) as socket:
        try:
            await tell(socket, {"setup": setup})
            return await hear(socket)
        except ConnectionClosed:
            return await ended(socket)
