"""A relay between a client and a server that comes and goes, as a load balancer is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PIECE_BYTES = 65_536


class Switchboard:
    """Puts calls through to the server there is; while there is none, callers wait."""

    def __init__(self) -> None:
        self.port = 0
        self._server_port = 0
        self._there = asyncio.Event()

    def connect(self, server_port: int) -> None:
        self._server_port = server_port
        self._there.set()

    def disconnect(self) -> None:
        self._there.clear()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._there.wait()
        with suppress(OSError):
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
            await asyncio.gather(_pass_on(reader, to_server), _pass_on(from_server, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def switchboard() -> AsyncIterator[Switchboard]:
    board = Switchboard()
    async with await asyncio.start_server(board.take, "127.0.0.1", 0) as server:
        board.port = server.sockets[0].getsockname()[1]
        yield board
