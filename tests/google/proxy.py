"""An HTTP CONNECT proxy on loopback that leads Google's names to the fake, so that clients dial the real ones."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HTTPS = 443
_READ_BYTES = 65_536

Route = Callable[[str], int | None]
"""From a host's name to a loopback port; None is for hosts that are not Google's."""


@dataclass
class Proxy:
    """The running proxy."""

    url: str
    targets: list[str] = field(default_factory=list)
    """Every `host:port` that was asked for, in order."""
    refused: list[str] = field(default_factory=list)
    """... and was not Google's."""


@asynccontextmanager
async def connect_proxy(route: Route) -> AsyncIterator[Proxy]:
    proxy = Proxy("")
    writers: set[asyncio.StreamWriter] = set()
    running: set[asyncio.Task[None]] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            await _tunnel(proxy, route, reader, writer, writers)
        _drop(writer)
        writers.discard(writer)
        running.discard(task)

    server = await asyncio.start_server(attend, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for writer in writers:
            _drop(writer)
        if running:
            await asyncio.wait(set(running))
        await server.wait_closed()


async def _tunnel(
    proxy: Proxy,
    route: Route,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    writers: set[asyncio.StreamWriter],
) -> None:
    request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, target, _ = request.split(" ", 2)
    proxy.targets.append(target)
    host, _, port = target.rpartition(":")
    inside = route(host) if method == "CONNECT" and port == str(HTTPS) else None
    if inside is None:
        proxy.refused.append(target)
        writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        return
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", inside)
    writers.add(far_writer)
    try:
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
    finally:
        _drop(far_writer)
        writers.discard(far_writer)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until one side ends, and the end too: an aborted connection is aborted on the other side."""
    try:
        while data := await reader.read(_READ_BYTES):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        _drop(writer)


def _drop(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
