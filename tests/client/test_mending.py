"""Sessions that outlive their connections, against a server that plays a script for each."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from antiphon.audio.pcm import AudioChunk, AudioFormat
from antiphon.client.endpoint import Endpoint, resolve
from antiphon.client.events import (
    Continuation,
    Event,
    Generated,
    InputDropped,
    Reconnected,
    Reconnecting,
    Said,
    Sound,
    ToolCalled,
    ToolCallsCancelled,
    TurnEnded,
)
from antiphon.client.live import LiveSession, connect
from antiphon.config import Client
from antiphon.errors import (
    ConnectionClosed,
    ConnectionRefused,
    LocalProtocolError,
    NoAnswer,
    RemoteProtocolError,
    SettingsError,
)
from antiphon.wire.setup import Setup
from tests.client.fake_live import COMPLETE, FakeLive, Peer, Script, content, fake_live

QUICK = Client(backoff_s=0.01, backoff_s_max=0.02, reconnect_s_max=1.0, close_wait_s=0.2, leave_margin_s=0.1)
SECOND = AudioChunk(bytes(32_000))
HEARD, SAID = content(inputTranscription={"text": "Where?"}), content(outputTranscription={"text": "Here."})
DONE = (content(generationComplete=True), content(turnComplete=True))


def handle(name: str, index: int | None = None) -> dict[str, object]:
    update: dict[str, object] = {"newHandle": name, "resumable": True}
    return {"sessionResumptionUpdate": update | ({"lastConsumedClientMessageIndex": str(index)} if index else {})}


@asynccontextmanager
async def session_on(
    *scripts: Script, limits: Client = QUICK, model: str = "x", endpoint: Callable[[Endpoint], Endpoint] = lambda at: at
) -> AsyncIterator[tuple[LiveSession, FakeLive]]:
    """A script for each connection, in turn."""
    remaining = iter(scripts)

    async def play(peer: Peer) -> None:
        await next(remaining)(peer)

    async with (
        asyncio.timeout(10),
        fake_live(play) as live,
        connect(endpoint(resolve(live.url)), setup=Setup(model=model), limits=limits) as session,
    ):
        yield session, live


async def until(session: LiveSession, kind: type[Event], before: list[Event] | None = None) -> list[Event]:
    """The events up to and with the first of a kind, behind those before."""
    events: list[Event] = [] if before is None else before
    async for event in session:
        events.append(event)
        if isinstance(event, kind):
            return events
    raise AssertionError(f"no {kind.__name__} came, but {events}")


async def stays(peer: Peer) -> None:
    await peer.say(COMPLETE)


async def answers(peer: Peer) -> None:
    await peer.say(COMPLETE, HEARD, SAID, *DONE)


def lost_when(condition: Callable[[Peer], bool], *messages: dict[str, object]) -> Script:
    """A connection that says something, waits, and breaks."""

    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, *messages)
        await peer.until(lambda: condition(peer))
        peer.socket.transport.abort()

    return script


def sent_seconds(count: int) -> Callable[[Peer], bool]:
    return lambda peer: len(peer.pcm) >= 32_000 * count


async def test_a_lost_session_is_resumed_and_told_what_it_had_not_heard() -> None:
    async def first(peer: Peer) -> None:
        await peer.say(COMPLETE, handle("h1"))
        await peer.until_heard(3.0)
        await peer.say(handle("h2", 1))
        await peer.socket.close(1011, "overloaded")

    async with session_on(first, answers) as (session, live):
        for _ in range(3):
            await session.send_audio(SECOND)
        events = await until(session, TurnEnded)
    again = live.peers[1]
    assert again.setup["sessionResumption"] == {"handle": "h2", "transparent": True}
    assert len(again.pcm) == 2 * 32_000, "the first second was consumed"
    (lost,) = [event for event in events if isinstance(event, Reconnecting)]
    assert (lost.why, lost.attempt) == ("closed with 1011: overloaded", 1)
    (found,) = [event for event in events if isinstance(event, Reconnected)]
    assert (found.how, found.replayed_s, found.reply_lost) == (Continuation.RESUMED, 2.0, False)
    assert events[-3:] == [Said("Here."), Generated(), events[-1]]


async def test_what_is_sent_in_between_is_kept_in_order() -> None:
    async with session_on(lost_when(sent_seconds(1)), answers) as (session, live):
        await session.send_audio(SECOND)
        await until(session, Reconnecting)
        await session.send_text("Where?")
        await session.end_audio()
        await until(session, Reconnected)
        await live.peers[1].until_ended()
    assert [next(iter(message)) for message in live.peers[1].messages] == [
        "setup", "realtimeInput", "clientContent", "realtimeInput",
    ]  # fmt: skip


async def test_a_reply_that_breaks_off_is_told_to_be_lost() -> None:
    async with session_on(lost_when(sent_seconds(1), handle("h"), HEARD, SAID), answers) as (session, _):
        await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        assert Said("Here.") in events
        assert events[-1].reply_lost  # type: ignore[union-attr]
        assert Said("Here.") in await until(session, TurnEnded)


async def test_the_end_of_a_complete_reply_is_not_waited_for_in_vain() -> None:
    first = lost_when(sent_seconds(2), handle("h"), HEARD, SAID, content(generationComplete=True))
    async with session_on(first, stays) as (session, live):
        await session.send_audio(SECOND)
        await until(session, Generated)
        await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        await live.peers[1].until_heard(1.0)
    assert isinstance(events[-2], TurnEnded)
    assert not events[-1].reply_lost  # type: ignore[union-attr]
    told = live.peers[1].messages[1]["clientContent"]
    assert [turn["parts"][0]["text"] for turn in told["turns"]] == ["Where?", "Here."]  # type: ignore[index]
    assert "turnComplete" not in told  # type: ignore[operator]


async def test_a_call_that_is_lost_is_cancelled() -> None:
    call = {"toolCall": {"functionCalls": [{"id": "c1", "name": "light"}]}}
    async with session_on(lost_when(sent_seconds(1), handle("h"), call), stays) as (session, live):
        called = (await until(session, ToolCalled))[-1]
        await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        await session.send_tool_result(called.call, {"output": 1})  # type: ignore[union-attr]
        await session.end_audio()
        await live.peers[1].until_ended()
    assert ToolCallsCancelled(("c1",)) in events
    assert not [message for message in live.peers[1].messages if "toolResponse" in message]


# The handle is gone


async def forgotten(peer: Peer) -> None:
    await peer.socket.close(1008, "BidiGenerateContent session not found")


@pytest.mark.parametrize(("model", "announced"), [("gemini-live-2.5-flash", False), ("gemini-3.8-live", True)])
async def test_a_session_whose_handle_is_gone_begins_anew_with_its_history(model: str, announced: bool) -> None:
    first = lost_when(sent_seconds(2), HEARD, SAID, *DONE, handle("h"))
    async with session_on(first, forgotten, stays, model=model) as (session, live):
        await until(session, TurnEnded)
        await session.send_audio(SECOND)
        await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        await live.peers[2].until_heard(2.0)
    assert events[-1].how is Continuation.FRESH  # type: ignore[union-attr]
    assert [event.attempt for event in events if isinstance(event, Reconnecting)] == [1, 2]
    anew = live.peers[2]
    assert anew.setup["sessionResumption"] == {"transparent": True}
    assert anew.setup.get("historyConfig") == ({"initialHistoryInClientContent": True} if announced else None)
    told = anew.messages[1]["clientContent"]
    assert [(turn["role"], turn["parts"][0]["text"]) for turn in told["turns"]] == [  # type: ignore[index]
        ("user", "Where?"),
        ("model", "Here."),
    ]
    assert ("turnComplete" in told) is announced  # type: ignore[operator]


async def test_without_a_handle_it_begins_anew_at_once() -> None:
    async with session_on(lost_when(sent_seconds(1)), answers) as (session, live):
        await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        await live.peers[1].until_heard(1.0)
    assert events[-1].how is Continuation.FRESH  # type: ignore[union-attr]
    assert len(live.peers[1].messages) == 2, "nothing had been said"


# The server leaves


async def test_a_connection_is_left_as_soon_as_nothing_is_going_on() -> None:
    async def leaving(peer: Peer) -> None:
        await peer.say(COMPLETE, handle("h1"), HEARD, SAID, {"goAway": {"timeLeft": "3600s"}})
        await peer.until_heard(1.0)
        await peer.say(*DONE, handle("h2"))

    async with session_on(leaving, stays) as (session, live):
        await until(session, Said)
        await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        assert live.peers[0].socket.close_code == 1000
    assert isinstance(events[-3], TurnEnded)
    assert not events[-1].reply_lost  # type: ignore[union-attr]
    assert live.peers[1].setup["sessionResumption"]["handle"] == "h2"  # type: ignore[index]


async def test_a_turn_that_does_not_end_is_left_before_the_server_cuts() -> None:
    async def leaving(peer: Peer) -> None:
        await peer.say(COMPLETE, handle("h1"), HEARD, SAID, {"goAway": {"timeLeft": "0.2s"}})

    async with session_on(leaving, stays) as (session, live):
        events = await until(session, Reconnected)
        assert live.peers[0].socket.close_code == 1000
    assert events[-1].reply_lost  # type: ignore[union-attr]


async def test_a_server_known_to_cut_is_left_before_it_does() -> None:
    async def kept(peer: Peer) -> None:
        await peer.say(COMPLETE, handle("h"))

    def short_lived(endpoint: Endpoint) -> Endpoint:
        return replace(endpoint, connection_s_max=0.3)

    limits = QUICK.model_copy(update={"leave_notice_s": 0.2})
    async with session_on(kept, stays, endpoint=short_lived, limits=limits) as (session, live):
        events = await until(session, Reconnected)
        assert live.peers[0].socket.close_code == 1000
    assert "about to close" in events[-2].why  # type: ignore[union-attr]


async def test_a_server_that_closes_after_its_notice_is_come_back_to() -> None:
    async def leaving(peer: Peer) -> None:
        await peer.say(COMPLETE, {"goAway": {"timeLeft": "3600s"}})
        await peer.socket.close(1000)

    async with session_on(leaving, stays) as (session, _):
        await until(session, Reconnected)


async def test_a_server_that_always_leaves_is_not_followed_for_ever() -> None:
    async def leaving(peer: Peer) -> None:
        await peer.say(COMPLETE, {"goAway": {"timeLeft": "0s"}})

    limits = QUICK.model_copy(update={"fruitless_max": 2})
    async with session_on(*[leaving] * 3, limits=limits) as (session, live):
        with pytest.raises(Exception, match="about to close"):
            async for _ in session:
                pass
        assert len(live.peers) == 3


# What cannot be mended


async def test_a_server_that_breaks_each_time_is_given_up() -> None:
    broken = lost_when(lambda peer: True)
    limits = QUICK.model_copy(update={"fruitless_max": 2})
    async with session_on(*[broken] * 3, limits=limits) as (session, live):
        with pytest.raises(ConnectionClosed, match="lost"):
            async for _ in session:
                pass
        assert len(live.peers) == 3
        with pytest.raises(ConnectionClosed, match="lost"):
            await session.send_audio(SECOND)


async def test_a_server_that_is_gone_is_given_up_in_time() -> None:
    limits = QUICK.model_copy(update={"reconnect_s_max": 0.1})
    async with asyncio.timeout(10), AsyncExitStack() as server:
        live = await server.enter_async_context(fake_live(stays))
        async with connect(live.url, setup=Setup(model="x"), limits=limits) as session:
            await server.aclose()
            with pytest.raises(ConnectionRefused, match="cannot be reached"):
                await until(session, Reconnected)


async def test_more_than_can_be_kept_is_dropped_and_told() -> None:
    limits = QUICK.model_copy(update={"kept_s_max": 2.0})
    async with session_on(lost_when(sent_seconds(1)), stays, limits=limits) as (session, live):
        await session.send_audio(SECOND)
        await until(session, Reconnecting)
        for _ in range(3):
            await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        await live.peers[1].until_heard(2.0)
    dropped = [event for event in events if isinstance(event, InputDropped)]
    assert [(each.from_s, each.to_s) for each in dropped] == [(0.0, 1.0), (1.0, 2.0)]
    assert {each.messages for each in dropped} == {1}


# Credentials


class Renewable:
    """Credentials that are good once they were renewed."""

    what = "a token"
    expires = None

    def __init__(self, renewals: int) -> None:
        self.renewed = 0
        self._renewals = renewals

    async def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.renewed}"}

    async def renew(self) -> bool:
        self.renewed += 1
        return self.renewed <= self._renewals


@pytest.mark.parametrize("renewals", [0, 1])
async def test_credentials_are_renewed_once_after_a_401(renewals: int) -> None:
    credentials = Renewable(renewals)
    async with fake_live(stays, refuse=(401, "expired")) as live:
        endpoint = replace(resolve(live.url), credentials=credentials)
        with pytest.raises(ConnectionRefused, match="401"):
            async with connect(endpoint, setup=Setup(model="x"), limits=QUICK):
                pass
    assert live.refused == 1 + renewals
    assert credentials.renewed == 1


# Sending


async def test_nothing_that_is_sent_waits_and_drain_does() -> None:
    async def slow(peer: Peer) -> None:
        await peer.say(COMPLETE)

    limits = QUICK.model_copy(update={"backlog_s_high": 1.0})
    async with session_on(slow, limits=limits) as (session, live):
        for _ in range(50):
            await session.send_audio(SECOND)
        assert not live.peer.pcm, "there was no moment for it to be sent"
        await session.drain()
        await live.peer.until_heard(40.0)


# What a review found


async def test_a_session_in_which_nobody_speaks_is_followed_for_ever() -> None:
    async def leaving(peer: Peer) -> None:
        await peer.say(COMPLETE, handle(f"h{id(peer)}"), {"goAway": {"timeLeft": "3600s"}})

    limits = QUICK.model_copy(update={"fruitless_max": 1, "fruitful_s": 1e-6})
    async with session_on(*[leaving] * 4, stays, limits=limits) as (session, live):
        for _ in range(4):
            await until(session, Reconnected)
        assert len(live.peers) == 5


@pytest.mark.parametrize("value", [object(), "caf\udce9"])
async def test_what_cannot_be_written_is_refused_at_once_and_not_kept(value: object) -> None:
    call = {"toolCall": {"functionCalls": [{"id": "c1", "name": "light"}]}}
    async with session_on(lost_when(lambda peer: peer.ended, handle("h"), call), stays) as (session, live):
        called = (await until(session, ToolCalled))[-1]
        with pytest.raises(LocalProtocolError):
            await session.send_tool_result(called.call, {"output": value})  # type: ignore[union-attr]
        await session.end_audio()
        await until(session, Reconnected)
        await live.peers[1].until_ended()


async def test_what_was_written_last_arrives_before_the_goodbye() -> None:
    async with session_on(stays) as (session, live):
        for _ in range(100):
            await session.send_audio(SECOND)
        await session.send_text("That is all.")
    assert len(live.peer.pcm) == 100 * 32_000
    assert "clientContent" in live.peer.messages[-1]


async def test_nothing_can_be_sent_when_the_session_is_closed() -> None:
    async with session_on(stays) as (session, _):
        pass
    with pytest.raises(ConnectionClosed, match="the session is over"):
        await session.end_audio()


async def test_what_was_dropped_is_told_though_the_session_ends() -> None:
    limits = QUICK.model_copy(update={"kept_s_max": 1.0, "reconnect_s_max": 0.05})
    async with asyncio.timeout(10), AsyncExitStack() as server:
        live = await server.enter_async_context(fake_live(stays))
        async with connect(live.url, setup=Setup(model="x"), limits=limits) as session:
            await server.aclose()
            events = await until(session, Reconnecting)
            for _ in range(3):
                await session.send_audio(SECOND)
            with pytest.raises(ConnectionRefused):
                await until(session, Reconnected, events)
    assert [(each.from_s, each.to_s) for each in events if isinstance(each, InputDropped)] == [(0.0, 2.0)]


async def test_words_that_come_behind_the_reply_are_told_too() -> None:
    first = lost_when(sent_seconds(1), SAID, content(generationComplete=True), HEARD)
    async with session_on(first, stays) as (session, live):
        await until(session, Generated)
        await session.send_audio(SECOND)
        events = await until(session, Reconnected)
        await live.peers[1].until(lambda: len(live.peers[1].messages) > 1)
    assert not events[-1].reply_lost  # type: ignore[union-attr]
    told = live.peers[1].messages[1]["clientContent"]["turns"]  # type: ignore[index]
    assert [turn["parts"][0]["text"] for turn in told] == ["Where?", "Here."]


async def test_what_is_wrong_with_the_answer_to_a_setup_ends_the_session_in_order() -> None:
    async def wrong(peer: Peer) -> None:
        sound = {"inlineData": {"mimeType": "audio/mp3", "data": "AQA="}}
        await peer.say({**COMPLETE, "serverContent": {"modelTurn": {"parts": [sound]}}})

    async with session_on(lost_when(lambda peer: True), wrong) as (session, _):
        with pytest.raises(RemoteProtocolError, match="audio/mp3"):
            await until(session, TurnEnded)
        assert isinstance(session.ended, RemoteProtocolError)
    with pytest.raises(RemoteProtocolError, match="audio/mp3"):
        async with session_on(wrong):
            pass


@pytest.mark.parametrize("audio", [bytes(641), AudioChunk(bytes(640), AudioFormat(16_000, 2))])
async def test_sound_that_cannot_be_sent_is_refused(audio: AudioChunk | bytes) -> None:
    async with session_on(stays) as (session, _):
        with pytest.raises(SettingsError, match="one channel"):
            await session.send_audio(audio)


async def test_sound_comes_in_any_kind_of_bytes() -> None:
    async with session_on(stays) as (session, live):
        await session.send_audio(bytearray(b"ab"))
        await session.send_audio(memoryview(b"cd"))
    assert bytes(live.peer.pcm) == b"abcd"


async def test_no_log_holds_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with (
        asyncio.timeout(10),
        fake_live(stays) as live,
        connect(live.url, api_key="s3cret", setup=Setup(model="x")),
    ):
        assert live.peer.headers["x-goog-api-key"] == "s3cret"
    client = [record for record in caplog.records if "server" not in record.name]
    assert not [record for record in client if "s3cret" in record.getMessage()]


async def test_half_a_sample_is_not_carried_to_another_connection() -> None:
    half = content(modelTurn={"parts": [{"inlineData": {"mimeType": "audio/pcm", "data": "AQAC"}}]})
    whole = content(modelTurn={"parts": [{"inlineData": {"mimeType": "audio/pcm", "data": "AwA="}}]})

    async def goes_on(peer: Peer) -> None:
        await peer.say(COMPLETE, whole)

    async with session_on(lost_when(sent_seconds(1), half), goes_on) as (session, _):
        await session.send_audio(SECOND)
        await until(session, Reconnected)
        sound = (await until(session, Sound))[-1]
    assert sound.audio.data == b"\x03\x00"  # type: ignore[union-attr]


async def test_a_connection_that_is_given_up_is_closed() -> None:
    async def wrong_then_deaf(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.socket.send("[1]")
        gone.append(peer)

    gone: list[Peer] = []
    async with session_on(wrong_then_deaf) as (session, _):
        with pytest.raises(RemoteProtocolError):
            await until(session, TurnEnded)
        await gone[0].socket.wait_closed()


async def test_a_connection_whose_setup_is_not_answered_is_closed() -> None:
    async def silent(peer: Peer) -> None: ...

    async with asyncio.timeout(10), fake_live(silent) as live:
        with pytest.raises(NoAnswer):
            async with connect(live.url, limits=Client(setup_wait_s=0.1)):
                pass
        await live.peer.socket.wait_closed()
