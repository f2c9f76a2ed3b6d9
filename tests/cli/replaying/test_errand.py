import asyncio
import json
from pathlib import Path

import pytest

from antiphon.cli.replaying.errand import Order, carry_out
from antiphon.client.events import Event, TurnEnded
from antiphon.client.live import connect
from antiphon.errors import ConnectionRefused, SettingsError
from antiphon.recording.lines import Side
from antiphon.recording.reader import read_recording
from antiphon.recording.recorder import About, Recorder
from antiphon.server.listen import Listening
from tests.client.fake_live import COMPLETE, Peer, content, fake_live, sound
from tests.server.conftest import clock, server

__all__ = ["clock", "server"]  # fixtures


async def recorded(url: str, path: Path) -> Path:
    """A session with that server: one question in writing."""
    recorder = Recorder(path / "talk.jsonl", About(endpoint=url, seen_from=Side.CLIENT))
    events: list[Event] = []
    async with asyncio.timeout(10), connect(url, model="models/x", tap=recorder) as session:
        await session.send_text("hi")
        async for event in session:
            events.append(event)
            if isinstance(event, TurnEnded):
                break
    recorder.close()
    return recorder.path


async def done(order: Order) -> bool:
    """In a thread, where it has a loop of its own."""
    return await asyncio.wait_for(asyncio.to_thread(carry_out, order), 20)


async def test_a_recording_is_shown(server: Listening, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = await recorded(server.url, tmp_path)
    assert await done(Order(file=path))
    shown = capsys.readouterr().out
    assert server.url in shown
    assert "you wrote: hi" in shown
    assert "model: " in shown
    assert await done(Order(file=path, json=True, html=tmp_path / "talk.html"))
    said = capsys.readouterr()
    facts = json.loads(said.out)
    assert facts["wrote"][0]["text"] == "hi"
    assert facts["finished"] is True
    assert facts["turns"][0]["latency_ms"] >= 0
    assert "talk.html: open it in a browser" in said.err
    assert "data:audio/mpeg" in (tmp_path / "talk.html").read_text()


async def test_the_same_server_says_the_same(
    server: Listening, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = await recorded(server.url, tmp_path)
    assert await done(Order(file=path, to=server.url, html=tmp_path / "again.html"))
    assert "1 turn: the same words." in capsys.readouterr().out
    assert "data:audio/mpeg" in (tmp_path / "again.html").read_text()
    assert await done(Order(file=path, to=server.url, json=True))
    (turn,) = json.loads(capsys.readouterr().out)["turns"]
    assert turn["same"]
    assert turn["recorded"]["said"] == turn["now"]["said"] != ""


async def test_another_server_says_something_else(
    server: Listening, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def other(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until(lambda: len(peer.messages) > 1)
        await peer.say(content(outputTranscription={"text": "Something else."}, **sound(20)))
        await peer.say(content(turnComplete=True))

    path = await recorded(server.url, tmp_path)
    async with fake_live(other) as live:
        assert not await done(Order(file=path, to=live.url, model="models/y"))
    assert "Something else." in capsys.readouterr().out
    assert live.peer.setup["model"] == "models/y"
    question = {"turns": [{"role": "user", "parts": [{"text": "hi"}]}], "turnComplete": True}
    assert live.peer.messages[1] == {"clientContent": question}


async def test_what_cannot_be_done_is_said(server: Listening, tmp_path: Path) -> None:
    path = await recorded(server.url, tmp_path)
    with pytest.raises(SettingsError, match="name a server with --to"):
        await done(Order(file=path, model="models/y"))
    with pytest.raises(SettingsError, match="does not exist"):
        await done(Order(file=tmp_path / "missing.jsonl"))
    with pytest.raises(ConnectionRefused):
        await done(Order(file=path, to="ws://127.0.0.1:1"))


async def test_keys_are_in_no_recording_and_no_repr(server: Listening, tmp_path: Path) -> None:
    path = await recorded(server.url + "/?key=hidden-key", tmp_path)
    assert "hidden-key" not in path.read_text()
    assert read_recording(path).header.endpoint == f"{server.url}/"
    assert "hidden" not in repr(Order(file=path, api_key="hidden"))
