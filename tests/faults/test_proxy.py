import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import SLOW_BYTES_PER_S, Break, Direction, Fault, FaultProxy, fault_proxy

WAIT_S = 5.0
SOON_S = 0.2


@asynccontextmanager
async def echoing(latency_s: float = 0.0) -> AsyncIterator[FaultProxy]:
    """A proxy in front of a server that says back what it hears."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(1_000):
                writer.write(piece)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with (
        asyncio.timeout(WAIT_S),
        await asyncio.start_server(echo, "127.0.0.1", 0) as server,
        fault_proxy(server.sockets[0].getsockname()[1], latency_s) as proxy,
    ):
        yield proxy


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def asks(self, text: bytes) -> bytes:
        self.writer.write(text)
        return await self.reader.readexactly(len(text))

    async def hears_nothing(self) -> bool:
        try:
            async with asyncio.timeout(SOON_S):
                return not await self.reader.read(1)
        except TimeoutError:
            return True


@asynccontextmanager
async def client_of(proxy: FaultProxy) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


async def test_passes_on() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        assert await client.asks(b"hello") == b"hello"
        client.writer.write_eof()
        assert await client.reader.read() == b""
        assert proxy.opened == 1


async def test_latency() -> None:
    async with echoing(latency_s=0.1) as proxy, client_of(proxy) as client:
        began = asyncio.get_running_loop().time()
        assert await client.asks(b"hello") == b"hello"
        assert asyncio.get_running_loop().time() - began > 0.2


async def test_reset() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.RESET))
        with pytest.raises(ConnectionResetError):
            await client.reader.read()


async def test_end() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.END))
        assert await client.reader.read() == b""


async def test_ends_after_a_number_of_bytes_that_came() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.END, Direction.DOWN, after_bytes=3))
        client.writer.write(b"abcdef")
        assert await client.reader.read() == b"abc"


async def test_goes_dead_after_a_number_of_bytes_that_went() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.DEAD, Direction.UP, after_bytes=3))
        assert await client.asks(b"ab") == b"ab"
        client.writer.write(b"cdef")
        assert await client.hears_nothing()


async def test_ends_after_a_time() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.END, after_s=0.1))
        assert await client.asks(b"still") == b"still"
        assert await client.reader.read() == b""


async def test_a_dead_line_tells_nobody_and_a_new_one_is_good() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.DEAD))
        client.writer.write(b"anybody?")
        assert await client.hears_nothing()
        async with client_of(proxy) as other:
            assert await other.asks(b"hello") == b"hello"


async def test_a_frozen_line_goes_on() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.FREEZE, seconds=2 * SOON_S))
        client.writer.write(b"late")
        assert await client.hears_nothing()
        assert await client.reader.readexactly(4) == b"late"


async def test_a_slow_line() -> None:
    async with echoing() as proxy, client_of(proxy) as client:
        await client.asks(b"hello")
        proxy.strike(Fault(Break.SLOW, seconds=WAIT_S))
        began = asyncio.get_running_loop().time()
        await client.asks(bytes(SLOW_BYTES_PER_S // 4))
        assert asyncio.get_running_loop().time() - began > 0.25


async def test_resets_in_the_handshake() -> None:
    async with echoing() as proxy:
        proxy.reset_next(1)
        async with client_of(proxy) as client:
            with pytest.raises(ConnectionResetError):
                await client.asks(b"GET")
        async with client_of(proxy) as client:
            assert await client.asks(b"GET") == b"GET"


async def test_no_server() -> None:
    async with fault_proxy(1) as proxy, client_of(proxy) as client:
        with pytest.raises(ConnectionResetError):
            await client.asks(b"GET")
