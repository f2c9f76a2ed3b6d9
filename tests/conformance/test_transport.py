import asyncio

import pytest

from tests.server.conftest import DEVELOPER, VERTEX, WAIT_S

OF_THE_SDKS = {
    "Content-Type": "application/json",
    "user-agent": "google-genai-sdk/3.4.0 gl-python/3.11.7",
    "x-goog-api-client": "google-genai-sdk/3.4.0 gl-python/3.11.7",
    "x-goog-user-project": "a-project",
}


@pytest.mark.requirement("transport.headers", "credentials.billing")
@pytest.mark.parametrize("path", [DEVELOPER, VERTEX], ids=["dev", "vertex"])
async def test_headers_of_the_sdks_are_ignored(call, path):
    caller = await call(path, additional_headers=OF_THE_SDKS, user_agent_header=None)
    assert await caller.answered()


@pytest.mark.requirement("transport.deflate")
async def test_compression_is_declined(call):
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    caller = await call(additional_headers=offer)
    assert "Sec-WebSocket-Extensions" not in caller.socket.response.headers


@pytest.mark.requirement("transport.pings")
async def test_pings_are_answered_while_a_reply_is_made(call):
    caller = await call(max_queue=None)
    await caller.send({"realtimeInput": {"text": "count to 1000"}})
    await caller.read_until("modelTurn")
    for _ in range(3):
        pong = await caller.socket.ping()
        async with asyncio.timeout(WAIT_S):
            await pong
    assert "turnComplete" not in (await caller.read())["serverContent"]
