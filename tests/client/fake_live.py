"""A scripted Live API server: plays a script to each client and keeps what the client sent.

Shares nothing with antiphon's own code: messages are plain JSON objects in binary frames.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

WAIT_S = 10.0
"""The longest any script waits for its client."""

COMPLETE: Mapping[str, object] = {"setupComplete": {}}


def sound(milliseconds: int, mime: str = "audio/pcm;rate=24000", value: int = 7) -> dict[str, object]:
    """A modelTurn with that much sound, counted at 24 kHz."""
    pcm = value.to_bytes(2, "little", signed=True) * (24 * milliseconds)
    return {"modelTurn": {"parts": [{"inlineData": {"mimeType": mime, "data": base64.b64encode(pcm).decode()}}]}}


def content(**members: object) -> dict[str, object]:
    return {"serverContent": members}


@dataclass
class Peer:
    """One client, as the script sees it."""

    socket: ServerConnection
    messages: list[dict[str, object]] = field(default_factory=list)
    pcm: bytearray = field(default_factory=bytearray)
    mime_types: set[str] = field(default_factory=set)
    ended: bool = False
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def setup(self) -> dict[str, object]:
        return self.messages[0]["setup"]  # type: ignore[return-value]

    @property
    def path(self) -> str:
        return self.socket.request.path if self.socket.request else ""

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.socket.request.headers.raw_items()) if self.socket.request else {}

    async def say(self, *messages: Mapping[str, object]) -> None:
        for message in messages:
            await self.socket.send(json.dumps(message, indent=2).encode())

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(condition)

    async def until_heard(self, seconds: float) -> None:
        await self.until(lambda: len(self.pcm) >= seconds * 32_000)

    async def until_ended(self) -> None:
        await self.until(lambda: self.ended)

    async def read(self) -> None:
        """Keep all the client sends, until it goes."""
        with suppress(ConnectionClosed):
            async for text in self.socket:
                assert isinstance(text, str), "clients send text frames"
                await self.keep(json.loads(text))

    async def keep(self, message: dict[str, object]) -> None:
        self.messages.append(message)
        realtime = message.get("realtimeInput", {})
        assert isinstance(realtime, dict)
        if audio := realtime.get("audio"):
            self.pcm += base64.b64decode(audio["data"], validate=True)
            self.mime_types.add(audio["mimeType"])
        self.ended = self.ended or realtime.get("audioStreamEnd", False)
        async with self._news:
            self._news.notify_all()


Script = Callable[[Peer], Awaitable[None]]


@dataclass
class FakeLive:
    """The running server."""

    url: str
    peers: list[Peer] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    refused: int = 0

    @property
    def peer(self) -> Peer:
        return self.peers[0]


@asynccontextmanager
async def fake_live(script: Script, *, refuse: tuple[int, str] | None = None) -> AsyncIterator[FakeLive]:
    """Serve on a free loopback port; `refuse` answers the upgrade with an HTTP status and body instead."""
    live = FakeLive("")

    async def attend(socket: ServerConnection) -> None:
        peer = Peer(socket)
        live.peers.append(peer)
        live.arrived.set()
        with suppress(ConnectionClosed):  # the client went
            await peer.keep(json.loads(await socket.recv()))
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(peer.read())
                with suppress(ConnectionClosed):
                    await script(peer)
                await reading

    def gatekeeper(connection: ServerConnection, request: Request) -> Response | None:
        live.refused += refuse is not None
        return connection.respond(HTTPStatus(refuse[0]), refuse[1]) if refuse else None

    async with serve(attend, "127.0.0.1", 0, process_request=gatekeeper, max_size=None, close_timeout=1) as server:
        live.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield live
