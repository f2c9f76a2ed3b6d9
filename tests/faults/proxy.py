"""A TCP proxy on loopback whose lines break, freeze, go dead or become slow, at a byte or at a moment.

It knows nothing of WebSockets: it passes bytes on, and stops doing so where it is told to.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from antiphon.runtime.channel import Channel, ChannelClosed

PIECE_BYTES = 65_536
PIECES_MAX = 1_000
"""Under way in one direction of a line."""
SLOW_PIECE_BYTES = 400
SLOW_BYTES_PER_S = 8_000
NEVER_S = 3_600.0


_Piece = tuple[float, bytes]
"""When it is due at the other end, and what."""


class Direction(StrEnum):
    """Which way bytes go."""

    UP = "up"
    DOWN = "down"


class Break(StrEnum):
    """What happens to a line."""

    RESET = "reset"
    """Both ends get a TCP reset."""
    END = "end"
    """Both ends see the stream end, as when a proxy in between stops."""
    FREEZE = "freeze"
    """Nothing is passed on for a while; then all of it, and the same holds for new lines."""
    DEAD = "dead"
    """Nothing is passed on any more and nobody is told; new lines are good."""
    SLOW = "slow"
    """8 kB/s each way for a while, all lines together as one network."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What breaks, and when."""

    kind: Break
    direction: Direction = Direction.DOWN
    after_bytes: int = 0
    """Of that direction, from the moment it is set on."""
    after_s: float = 0.0
    seconds: float = 0.0
    """How long it lasts, where it ends."""
    resets: int = 0
    """Of the lines that are opened next, in their handshake."""


@dataclass(slots=True)
class _Armed:
    fault: Fault
    left: int


class _Line:
    """One connection through the proxy."""

    def __init__(self, network: "_Network", client: "_End", server: "_End") -> None:
        self._network = network
        self._client = client
        self._server = server
        self._dead = False
        self._armed: list[_Armed] = []

    async def carry(self) -> None:
        """Pass on until both sides have ended."""
        try:
            async with asyncio.TaskGroup() as group:
                for direction, source, target in (
                    (Direction.UP, self._client, self._server),
                    (Direction.DOWN, self._server, self._client),
                ):
                    under_way: Channel[_Piece] = Channel(PIECES_MAX)
                    group.create_task(self._take_in(source, under_way))
                    group.create_task(self._pass_on(direction, under_way, target))
        finally:
            self.reset()

    def arm(self, fault: Fault) -> None:
        """Have a fault strike when its bytes have passed."""
        if fault.after_bytes:
            self._armed.append(_Armed(fault, fault.after_bytes))
        else:
            self._strike(fault)

    def reset(self) -> None:
        """Drop both ends."""
        self._client.reset()
        self._server.reset()

    def _strike(self, fault: Fault) -> None:
        match fault.kind:
            case Break.RESET:
                self.reset()
            case Break.END:
                self._client.end()
                self._server.end()
            case Break.DEAD:
                self._dead = True
            case Break.FREEZE:
                self._network.freeze(fault.seconds)
            case Break.SLOW:
                self._network.slow_down(fault.seconds)

    async def _take_in(self, source: "_End", under_way: Channel[_Piece]) -> None:
        with suppress(OSError):
            while piece := await source.reader.read(self._network.piece_bytes):
                await under_way.put((_now() + self._network.latency_s, piece))
        await under_way.put((_now() + self._network.latency_s, b""))
        under_way.close()

    async def _pass_on(self, direction: Direction, under_way: Channel[_Piece], target: "_End") -> None:
        """Give what is under way when it is due; the end of the stream too, and what a client sent before it left."""
        with suppress(OSError, ChannelClosed):
            while True:
                due_at, piece = await under_way.get()
                await asyncio.sleep(due_at - _now())
                await self._deliver(direction, piece, target)
        await self._passable()
        target.end()

    async def _passable(self) -> None:
        await self._network.passable()
        if self._dead:
            await asyncio.sleep(NEVER_S)

    async def _deliver(self, direction: Direction, piece: bytes, target: "_End") -> None:
        """Pass a piece on, up to the byte at which a fault strikes, and then the rest."""
        while piece:
            await self._passable()
            marks = [armed.left for armed in self._armed if armed.fault.direction is direction]
            size = min(len(piece), self._network.piece_bytes, *marks)
            await self._network.spend(size)
            await target.write(piece[:size])
            piece = piece[size:]
            self._count(direction, size)

    def _count(self, direction: Direction, size: int) -> None:
        for armed in [armed for armed in self._armed if armed.fault.direction is direction]:
            armed.left -= size
            if armed.left <= 0:
                self._armed.remove(armed)
                self._strike(armed.fault)


class _End:
    """One socket of a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer

    async def write(self, piece: bytes) -> None:
        self._writer.write(piece)
        await self._writer.drain()

    def end(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        with suppress(OSError):
            linger_no_time = struct.pack("ii", 1, 0)
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_time)
        self._writer.transport.abort()


class _Network:
    """What all lines have in common."""

    def __init__(self, latency_s: float) -> None:
        self.latency_s = latency_s
        self._frozen_until = 0.0
        self._slow_until = 0.0

    @property
    def piece_bytes(self) -> int:
        return SLOW_PIECE_BYTES if self._slow else PIECE_BYTES

    @property
    def _slow(self) -> bool:
        return _now() < self._slow_until

    def freeze(self, seconds: float) -> None:
        self._frozen_until = _now() + seconds

    def slow_down(self, seconds: float) -> None:
        self._slow_until = _now() + seconds

    async def passable(self) -> None:
        if (left := self._frozen_until - _now()) > 0:
            await asyncio.sleep(left)
            await self.passable()

    async def spend(self, size: int) -> None:
        if self._slow:
            await asyncio.sleep(min(size / SLOW_BYTES_PER_S, max(0.0, self._slow_until - _now())))


class FaultProxy:
    """Listens at `port` and passes on to a server on this machine."""

    def __init__(self, server_port: int, latency_s: float) -> None:
        self.port = 0
        self.opened = 0
        """Lines so far."""
        self._server_port = server_port
        self._network = _Network(latency_s)
        self._lines: list[_Line] = []
        self._resets = 0

    def strike(self, fault: Fault) -> None:
        """Let a fault come over the newest line, now or when its time or bytes have passed."""
        if fault.after_s:
            asyncio.get_running_loop().call_later(fault.after_s, self._strike, fault)
        else:
            self._strike(fault)

    def _strike(self, fault: Fault) -> None:
        self._resets += fault.resets
        if self._lines:
            self._lines[-1].arm(fault)

    def reset_next(self, lines: int) -> None:
        """Reset the next lines before a byte of theirs has been passed on."""
        self._resets += lines

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        client = _End(reader, writer)
        self.opened += 1
        await self._network.passable()
        if self._resets:
            self._resets -= 1
            with suppress(OSError):
                await reader.read(1)
            client.reset()
            return
        try:
            server = _End(*await asyncio.open_connection("127.0.0.1", self._server_port))
        except OSError:
            client.reset()
            return
        line = _Line(self._network, client, server)
        self._lines.append(line)
        try:
            await line.carry()
        finally:
            self._lines.remove(line)

    def close(self) -> None:
        """Drop what is left."""
        for line in self._lines:
            line.reset()


@asynccontextmanager
async def fault_proxy(server_port: int, latency_s: float = 0.0) -> AsyncIterator[FaultProxy]:
    """Stand between clients and the server at a port of this machine, `latency_s` each way."""
    proxy = FaultProxy(server_port, latency_s)
    carrying: set[asyncio.Task[None]] = set()

    async with asyncio.TaskGroup() as group:

        def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            carrying.add(task := group.create_task(proxy.take(reader, writer)))
            task.add_done_callback(carrying.discard)

        server = await asyncio.start_server(taken, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            proxy.close()
            for task in carrying:
                task.cancel()


def _now() -> float:
    return asyncio.get_running_loop().time()
