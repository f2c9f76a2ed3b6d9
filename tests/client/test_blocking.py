"""The calls wait in this thread, and the server runs in another."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from antiphon.client.blocking import connect
from antiphon.client.events import Opened, ToolCalled
from antiphon.errors import ConnectionClosed
from tests.client.fake_live import COMPLETE, FakeLive, Peer, Script, content, fake_live
from tests.client.recordings import question
from tests.client.test_answer import answers

WAIT_S = 10.0


@contextmanager
def server_with(script: Script) -> Iterator[FakeLive]:
    started, over = threading.Event(), asyncio.Event()
    live: list[FakeLive] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with asyncio.timeout(2 * WAIT_S), fake_live(script) as server:
            live.append(server)
            started.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(WAIT_S)
        yield live[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(WAIT_S)
        loop.close()


def test_three_lines_ask_and_answer(tmp_path: Path) -> None:
    with server_with(answers) as live, connect(live.url) as session:
        assert session.endpoint.url.startswith(live.url)
        assert session.ask(question(tmp_path), paced=False).text == "It is near."


def test_a_text_is_answered_too() -> None:
    with server_with(answers) as live, connect(live.url, text=True, voice=None, system="Be brief.") as session:
        assert session.write("Where is it?").text == "It is near."
    assert live.peer.setup["systemInstruction"] == {"parts": [{"text": "Be brief."}]}


def test_every_kind_of_input_is_sent() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, {"toolCall": {"functionCalls": [{"id": "c", "name": "light"}]}})
        await peer.until(lambda: len(peer.messages) == 7)
        await peer.socket.close(1000)

    with server_with(script) as live, connect(live.url) as session:
        events = iter(session)
        assert isinstance(next(events), Opened)
        called = next(events)
        assert isinstance(called, ToolCalled)
        session.send_tool_result(called.call, {"output": 1})
        session.send_audio(bytes(640))
        session.send_image(b"ab", "image/png")
        session.stop_talking()
        session.end_audio()
        session.send_text("Hello")
        assert list(events) == []
    assert [next(iter(message)) for message in live.peer.messages[1:]] == [
        "toolResponse", "realtimeInput", "realtimeInput", "clientContent", "realtimeInput", "clientContent",
    ]  # fmt: skip


def test_what_ends_the_session_is_raised() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, content(turnComplete=True))
        await peer.socket.close(1008, "not allowed")

    with server_with(script) as live, connect(live.url) as session, pytest.raises(ConnectionClosed, match="not all"):
        for _ in session:
            pass
