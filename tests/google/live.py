"""Google's end of the socket: one client, let in, read strictly and played a script."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.google import dialect
from tests.google.failures import LOST, Failure, cut
from tests.google.handshake import Caller, Door, Turned
from tests.google.rules import check_input, check_setup
from tests.google.strict import Json, Refused, read

WAIT_S = 10.0
"""The longest any script waits for its client."""
IN_BYTES_PER_S = 32_000


@dataclass(eq=False)
class Peer:
    """One client, and all it said."""

    caller: Caller
    door: Door | Turned
    socket: ServerConnection = field(repr=False)
    messages: list[Json] = field(default_factory=list, repr=False)
    """With camelCase names, setup first: the index in it is the one transparent resumption counts by."""
    pcm: bytearray = field(default_factory=bytearray, repr=False)
    turns: int = 0
    """That the client marked as ended: turnComplete, audioStreamEnd, activityEnd, text."""
    refusal: Refused | None = None
    handles: list[str] = field(default_factory=list)
    """That this client was given."""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)

    @property
    def setup(self) -> Json:
        return self.messages[0]["setup"]

    @property
    def inside(self) -> Door:
        assert isinstance(self.door, Door), "it was not let in"
        return self.door

    @property
    def is_open(self) -> bool:
        return self.socket.close_code is None

    @property
    def transparent(self) -> bool:
        return bool(self.setup.get("sessionResumption", {}).get("transparent"))

    async def say(self, *messages: Json) -> None:
        for message in messages:
            await self.socket.send(dialect.frame(message))

    async def close(self, code: int, reason: str = "") -> None:
        await self.socket.close(code, cut(reason))

    async def fail(self, failure: Failure) -> None:
        """End as a row of the table says."""
        if failure.code == LOST:
            self.socket.transport.abort()
        else:
            await self.close(failure.code, failure.reason)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(condition)

    async def until_heard(self, seconds: float) -> None:
        await self.until(lambda: len(self.pcm) >= seconds * IN_BYTES_PER_S)

    async def keep(self, frame: str | bytes) -> None:
        """Check a message and keep it. Raises Refused."""
        if not isinstance(frame, str):
            raise Refused
        try:
            message = read(json.loads(frame), self.inside)
        except ValueError:
            raise Refused from None
        if self.messages:
            check_input(message, self.setup, self.inside)
        elif "setup" not in message:
            raise Refused
        self._take(message)
        async with self._news:
            self._news.notify_all()

    def _take(self, message: Json) -> None:
        self.messages.append(message)
        realtime = message.get("realtimeInput", {})
        if "audio" in realtime:
            data = realtime["audio"]["data"].replace("-", "+").replace("_", "/")
            self.pcm += base64.b64decode(data, validate=True)
        ends = ("audioStreamEnd", "activityEnd", "text")
        self.turns += any(name in realtime for name in ends)
        self.turns += bool(message.get("clientContent", {}).get("turnComplete"))


Script = Callable[[Peer], Awaitable[None]]
"""What happens on a connection after its setup was found good; it says setupComplete itself, or does not."""


async def attend(peer: Peer, script: Script, resume: Callable[[str], None]) -> None:
    """Serve one client until it goes; `resume` raises Refused for a handle that is no good."""
    if isinstance(peer.door, Turned):
        await peer.close(peer.door.code, peer.door.reason)
        return
    with suppress(ConnectionClosed):
        try:
            async with asyncio.timeout(WAIT_S):
                await peer.keep(await peer.socket.recv())
            check_setup(peer.setup, peer.door)
            if handle := peer.setup.get("sessionResumption", {}).get("handle"):
                resume(handle)
        except Refused as refused:
            await _refuse(peer, refused)
            return
        await _play(peer, script)


async def _play(peer: Peer, script: Script) -> None:
    """Read while the script runs; a client that goes, or breaks the protocol, ends it."""

    async def read_all() -> None:
        try:
            with suppress(ConnectionClosed):
                async for frame in peer.socket:
                    await peer.keep(frame)
        except Refused as refused:
            await _refuse(peer, refused)
        playing.cancel()

    async def play() -> None:
        with suppress(ConnectionClosed):
            await script(peer)

    async with asyncio.TaskGroup() as group:
        playing = group.create_task(play())
        group.create_task(read_all())


async def _refuse(peer: Peer, refused: Refused) -> None:
    peer.refusal = refused
    await peer.close(refused.code, refused.reason)
