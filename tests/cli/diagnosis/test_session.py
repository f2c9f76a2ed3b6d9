import asyncio
import socket

import pytest

from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.cli.diagnosis.session import examine_session
from antiphon.client.endpoint import resolve
from antiphon.config import Client
from tests.cli.diagnosis.findings import all_of, free_port, marks
from tests.client.fake_live import COMPLETE, Peer, fake_live

QUICK = Client(open_wait_s=0.3, setup_wait_s=0.3, close_wait_s=0.3)


async def examined(url: str, model: str | None = None) -> list[Finding]:
    async with asyncio.timeout(10):
        return await all_of(examine_session(resolve(url, environment={}), {"x-goog-api-key": "k"}, model, QUICK))


async def welcome(peer: Peer) -> None:
    await peer.say(COMPLETE)


async def test_goes_as_far_as_setup_complete_and_says_nothing() -> None:
    async with fake_live(welcome) as live:
        found = await examined(live.url, "gemini-3.8-live")
        assert marks(found) == [("WebSocket", Mark.OK), ("setup", Mark.OK)]
        assert found[1].found.startswith("gemini-3.8-live: setupComplete (")
        (message,) = live.peer.messages
        setup = message["setup"]
        assert isinstance(setup, dict)
        assert setup["model"] == "models/gemini-3.8-live"
        assert "sessionResumption" in setup
        assert {name.lower(): value for name, value in live.peer.headers.items()}["x-goog-api-key"] == "k"


@pytest.mark.parametrize(
    ("status", "means"), [(401, "credentials"), (403, "may not"), (404, "path"), (503, "overload")]
)
async def test_a_status_is_named_and_explained(status: int, means: str) -> None:
    async with fake_live(welcome, refuse=(status, "go away")) as live:
        (finding,) = await examined(live.url)
    assert (finding.name, finding.mark) == ("HTTP status", Mark.FAULT)
    assert f"HTTP {status}" in finding.found
    assert means in finding.advice


@pytest.mark.parametrize(
    ("code", "reason", "means"),
    [
        (1007, "API key not valid. Please pass a valid API key.", "does not know this key"),
        (1008, "models/x is not found for API version v1beta", "no such model"),
        (1011, "", "its log says what"),
    ],
)
async def test_a_close_is_told_with_its_reason_and_explained(code: int, reason: str, means: str) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.socket.close(code, reason)

    async with fake_live(refuse) as live:
        found = await examined(live.url, "x")
    assert marks(found) == [("WebSocket", Mark.OK), ("setup", Mark.FAULT)]
    assert found[1].found == f"x: closed with {code}" + (f": {reason}" if reason else "")
    assert means in found[1].advice


async def test_a_server_that_does_not_answer_the_setup() -> None:
    async def silent(_: Peer) -> None: ...

    async with fake_live(silent) as live:
        found = await examined(live.url)
    assert "did not answer the setup within 0.3 s" in found[1].found


async def test_a_server_of_another_protocol() -> None:
    async def chat(peer: Peer) -> None:
        await peer.say({"serverContent": {"turnComplete": True}})

    async with fake_live(chat) as live:
        found = await examined(live.url)
    assert found[1].advice == "is it a Live API server?"


async def test_what_is_no_websocket_server() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        (finding,) = await examined(f"127.0.0.1:{port}")
    assert (finding.name, finding.mark) == ("WebSocket", Mark.FAULT)
    assert finding.commands == (f"antiphon doctor --endpoint wss://127.0.0.1:{port}",)


async def test_a_port_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (finding,) = await examined(f"127.0.0.1:{silent.getsockname()[1]}")
    assert (finding.name, finding.mark) == ("WebSocket", Mark.FAULT)
    assert "within 0.3 s" in finding.found


async def test_the_way_may_have_changed_since_it_was_looked_at() -> None:
    (finding,) = await examined(f"127.0.0.1:{free_port()}")
    assert finding.found.startswith("TCP: ")
