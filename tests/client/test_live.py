import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from antiphon.audio.pcm import AudioChunk, AudioFormat
from antiphon.client.endpoint import resolve
from antiphon.client.events import Event, GoingAway, Interrupted, Opened, ToolCalled, TurnEnded
from antiphon.client.live import LiveSession, connect
from antiphon.config import Client
from antiphon.errors import ConnectionClosed, ConnectionRefused, RemoteProtocolError, SettingsError
from antiphon.recording.lines import Side
from antiphon.recording.reader import read_recording
from antiphon.wire.client import ClientContent, ClientMessage
from antiphon.wire.content import Content, FunctionCall, Part, Scheduling
from antiphon.wire.setup import Setup
from antiphon.wire.tools import FunctionDeclaration, Tool
from tests.client.fake_live import COMPLETE, Peer, Script, content, fake_live

SETUP = Setup(model="models/x")
RESUMABLE = {"sessionResumption": {"transparent": True}, "explicitVadSignal": True}


async def welcome(peer: Peer) -> None:
    await peer.say(COMPLETE)


@asynccontextmanager
async def session_with(script: Script) -> AsyncIterator[LiveSession]:
    async with asyncio.timeout(10), fake_live(script) as live, connect(live.url, setup=SETUP) as session:
        yield session


async def test_asks_for_what_was_asked_and_for_handles() -> None:
    async with fake_live(welcome) as live:
        async with connect(
            live.url, model="x", system="Be brief.", text=True, api_key="k", headers={"x-other": "1"}
        ) as session:
            assert session.endpoint.url.startswith(live.url)
        assert live.peer.setup == {
            "model": "models/x",
            "generationConfig": {"responseModalities": ["TEXT"]},
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "inputAudioTranscription": {},
            **RESUMABLE,
        }
        sent = {name.lower(): value for name, value in live.peer.headers.items()}
        assert (sent["x-goog-api-key"], sent["x-other"]) == ("k", "1")


async def test_a_setup_of_ones_own_and_an_endpoint_found_before() -> None:
    async with fake_live(welcome) as live:
        async with connect(resolve(live.url), setup=SETUP):
            pass
        assert live.peer.setup == {"model": "models/x", **RESUMABLE}


async def test_sends_every_kind_of_input() -> None:
    async with fake_live(welcome) as live, connect(live.url, setup=SETUP) as session:
        await session.send_audio(AudioChunk(b"abcd"))
        await session.send_audio(AudioChunk(b"ef", AudioFormat(8_000)))
        await session.send_audio(b"gh")
        await session.end_audio()
        await session.start_activity()
        await session.end_activity()
        await session.send_text("Hello")
        await session.send_image(b"ab", "image/png")
        await session.stop_talking()
        await session.update(system="Be brief.", tools=[])
        history = Content(role="model", parts=(Part(text="Hi."),))
        await session.send(ClientMessage(client_content=ClientContent(turns=(history,))))
        await live.peer.until(lambda: len(live.peer.messages) == 12)
    assert bytes(live.peer.pcm) == b"abcdefgh"
    assert live.peer.mime_types == {"audio/pcm;rate=16000", "audio/pcm;rate=8000"}
    assert live.peer.messages[4:] == [
        {"realtimeInput": {"audioStreamEnd": True}},
        {"realtimeInput": {"activityStart": {}}},
        {"realtimeInput": {"activityEnd": {}}},
        {"clientContent": {"turns": [{"role": "user", "parts": [{"text": "Hello"}]}], "turnComplete": True}},
        {"realtimeInput": {"video": {"mimeType": "image/png", "data": "YWI="}}},
        {"clientContent": {}},
        {"contextUpdate": {"systemInstruction": {"parts": [{"text": "Be brief."}]}, "tools": {}}},
        {"clientContent": {"turns": [{"role": "model", "parts": [{"text": "Hi."}]}]}},
    ]


async def test_an_update_of_nothing_is_refused() -> None:
    async with session_with(welcome) as session:
        with pytest.raises(SettingsError, match="system instruction, tools"):
            await session.update()


async def test_gives_every_event_until_a_normal_close() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, content(turnComplete=True), content(interrupted=True))
        await peer.socket.close(1000, "bye")

    async with session_with(script) as session:
        events = [event async for event in session]
        assert isinstance(session.ended, ConnectionClosed)
        assert (session.ended.code, session.ended.reason) == (1000, "bye")
        with pytest.raises(ConnectionClosed, match="bye"):
            await session.end_audio()
    assert [type(event) for event in events] == [Opened, TurnEnded, Interrupted]


async def test_what_is_bundled_with_setup_complete_is_not_lost() -> None:
    async def script(peer: Peer) -> None:
        await peer.say({"setupComplete": {"sessionId": "s"}, "goAway": {"timeLeft": "3600s"}})

    async with session_with(script) as session:
        assert await anext(session) == Opened(session.endpoint.url.rpartition("/ws/")[0], "s")
        assert await anext(session) == GoingAway(3_600.0)


@pytest.mark.parametrize("code", [1007, 1008])
async def test_a_close_for_good_tells_its_code_and_reason(code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.socket.close(code, "setup.model: no such model")

    async with session_with(script) as session:
        await anext(session)
        for _ in range(2):
            with pytest.raises(ConnectionClosed, match="no such model") as caught:
                await anext(session)
            assert caught.value.code == code
        with pytest.raises(ConnectionClosed, match="no such model"):
            await session.end_audio()


async def test_a_setup_that_is_refused_is_not_repeated() -> None:
    async def script(peer: Peer) -> None:
        await peer.socket.close(1008, "models/x is not found")

    async with fake_live(script) as live:
        with pytest.raises(ConnectionClosed, match="not found"):
            async with connect(live.url, setup=SETUP):
                pass
        assert len(live.peers) == 1


async def test_nonsense_ends_it() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.socket.send("[1]")

    async with session_with(script) as session:
        await anext(session)
        with pytest.raises(RemoteProtocolError):
            await anext(session)


async def test_a_server_that_is_busy_is_asked_a_few_times() -> None:
    async with fake_live(welcome, refuse=(503, "busy")) as live:
        with pytest.raises(ConnectionRefused, match="503"):
            async with connect(live.url, setup=SETUP, limits=Client(first_attempts_max=2, backoff_s=0.01)):
                pass
        assert live.refused == 2


async def test_the_callers_own_exceptions_come_out_as_they_were_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        async with session_with(welcome):
            _ = 1 / 0


async def test_leaving_can_be_cancelled() -> None:
    async def stay() -> None:
        async with session_with(welcome) as session:
            async for _ in session:
                opened.set()

    opened = asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        task = group.create_task(stay())
        await opened.wait()
        task.cancel()
    assert task.cancelled()


# Functions

CALL = {"toolCall": {"functionCalls": [{"id": "c1", "name": "light", "args": {"on": True}}]}}
UNNAMED_CALL = {"toolCall": {"functionCalls": [{"name": "light"}]}}


async def called(session: LiveSession) -> FunctionCall:
    async for event in session:
        if isinstance(event, ToolCalled):
            return event.call
    raise AssertionError("no call")


@pytest.mark.parametrize(("call", "id"), [(CALL, {"id": "c1"}), (UNNAMED_CALL, {})])
async def test_a_function_is_called_and_answered_once(call: dict[str, object], id: dict[str, str]) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, call)
        await peer.until(lambda: len(peer.messages) == 3)
        done.set()

    done = asyncio.Event()
    tools = [Tool(function_declarations=(FunctionDeclaration(name="light"),))]
    async with asyncio.timeout(10), fake_live(script) as live, connect(live.url, tools=tools) as session:
        call_made = await called(session)
        await session.send_tool_result(call_made, {"output": "on"}, scheduling=Scheduling.SILENT)
        await session.send_tool_result(call_made, {"output": "again"})
        await session.end_audio()
        await done.wait()
    response = {**id, "name": "light", "response": {"output": "on"}, "scheduling": "SILENT"}
    assert live.peer.messages[1:] == [
        {"toolResponse": {"functionResponses": [response]}},
        {"realtimeInput": {"audioStreamEnd": True}},
    ]


async def test_a_function_may_give_several_results() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, CALL)
        await peer.until(lambda: len(peer.messages) == 3)
        done.set()

    done = asyncio.Event()
    async with asyncio.timeout(10), fake_live(script) as live, connect(live.url, setup=SETUP) as session:
        call_made = await called(session)
        await session.send_tool_result(call_made, {"output": 1}, will_continue=True)
        await session.send_tool_result(call_made, {"output": 2})
        await done.wait()
    assert "willContinue" in str(live.peer.messages[1])


async def test_a_cancelled_call_is_not_answered() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, CALL, {"toolCallCancellation": {"ids": ["c1"]}})
        await peer.until_ended()
        done.set()

    done = asyncio.Event()
    async with asyncio.timeout(10), fake_live(script) as live, connect(live.url, setup=SETUP) as session:
        call_made = await called(session)
        cancelled: Event = await anext(session)
        await session.send_tool_result(call_made, {"output": "on"})
        await session.end_audio()
        await done.wait()
    assert "ToolCallsCancelled" in repr(cancelled)
    assert len(live.peer.messages) == 2


async def test_a_session_is_recorded_where_it_is_asked_to_be(tmp_path: Path) -> None:
    file = tmp_path / "talk.jsonl"
    async with asyncio.timeout(10), fake_live(welcome) as live:
        async with connect(f"{live.url}?key=secret", model="x", record=file) as session:
            await session.send_text("Hello")
            await live.peer.until(lambda: len(live.peer.messages) == 2)
        recorded = read_recording(file)
        assert recorded.header.model == "models/x"
        assert recorded.header.seen_from is Side.CLIENT
        assert "secret" not in file.read_text()
        with pytest.raises(SettingsError, match=r"must end in \.jsonl"):
            async with connect(live.url, record=tmp_path / "talk.wav"):
                pass
