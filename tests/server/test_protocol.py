import asyncio
import socket
from pathlib import Path

import pytest

from tests.server.conftest import DEVELOPER, SETUP, Caller, connect

IMPATIENT = {"send_wait_s": 0.2, "close_wait_s": 0.2, "reply_lead_s_max": 10_000.0}


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.requirement("errors.slow_reader")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files as Linux shows them")
@pytest.mark.parametrize("server", [{"limits": IMPATIENT}], indirect=True)
async def test_the_socket_of_a_peer_that_never_reads_is_freed(server):
    before = open_files()
    narrow = socket.create_connection(("127.0.0.1", server.port))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    deaf = Caller(await connect(server.url + DEVELOPER, sock=narrow, max_queue=1, compression=None, close_timeout=0.1))
    await deaf.send(SETUP)
    await deaf.read()
    await deaf.send({"realtimeInput": {"text": "count to 1000"}})
    deaf.socket.transport.pause_reading()
    assert open_files() == before + 2
    async with asyncio.timeout(10):
        while open_files() > before + 1:  # noqa: ASYNC110 - the kernel sends no event for it
            await asyncio.sleep(0)
    deaf.socket.transport.abort()
