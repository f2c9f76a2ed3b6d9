import asyncio
from dataclasses import replace

import pytest

from antiphon.client.endpoint import resolve
from antiphon.client.events import Continuation, Reconnecting
from antiphon.client.opening import Opener
from antiphon.config import Client
from antiphon.errors import ConnectionClosed, ConnectionRefused
from antiphon.wire.client import ContextUpdate
from antiphon.wire.content import Content, Part
from antiphon.wire.setup import SessionResumptionConfig, Setup
from tests.client.fake_live import COMPLETE, FakeLive, Peer, Script, fake_live
from tests.client.test_mending import Renewable

QUICK = Client(backoff_s=0.01, backoff_s_max=0.02, reconnect_s_max=0.3, first_attempts_max=3)


async def welcome(peer: Peer) -> None:
    await peer.say(COMPLETE)


async def forgotten(peer: Peer) -> None:
    await peer.socket.close(1008, "BidiGenerateContent session not found")


async def busy(peer: Peer) -> None:
    await peer.socket.close(1013, "try again later")


def in_turn(*scripts: Script) -> Script:
    remaining = iter(scripts)

    async def play(peer: Peer) -> None:
        await next(remaining)(peer)

    return play


def opener_for(live: FakeLive, setup: Setup | None = None) -> Opener:
    return Opener(resolve(live.url, environment={}), setup or Setup(model="x"), QUICK)


async def test_the_first_connection_asks_for_handles() -> None:
    async with asyncio.timeout(10), fake_live(welcome) as live:
        connection, answer = await opener_for(live).first()
        await connection.close()
    assert answer.setup_complete is not None
    assert live.peer.setup == {
        "model": "models/x",
        "sessionResumption": {"transparent": True},
        "explicitVadSignal": True,
    }


async def test_the_first_connection_may_resume_an_earlier_session_and_no_later_one_does() -> None:
    setup = Setup(model="x", session_resumption=SessionResumptionConfig(handle="earlier"))
    async with asyncio.timeout(10), fake_live(welcome) as live:
        opener = opener_for(live, setup)
        first, _ = await opener.first()
        (second, _), how = await opener.again(None, lambda _: None)
        for connection in (first, second):
            await connection.close()
    assert live.peers[0].setup["sessionResumption"] == {"handle": "earlier"}
    assert live.peers[1].setup["sessionResumption"] == {}
    assert how is Continuation.FRESH


async def test_another_one_resumes_and_without_its_handle_begins_anew() -> None:
    told: list[Reconnecting] = []
    async with asyncio.timeout(10), fake_live(in_turn(busy, forgotten, welcome)) as live:
        (connection, _), how = await opener_for(live).again("h", told.append)
        await connection.close()
    assert how is Continuation.FRESH
    assert [peer.setup["sessionResumption"].get("handle") for peer in live.peers] == ["h", "h", None]  # type: ignore[attr-defined]
    assert [each.attempt for each in told] == [2, 3]
    assert "session not found" in told[1].why


async def test_what_was_changed_is_asked_for_again() -> None:
    async with asyncio.timeout(10), fake_live(welcome) as live:
        opener = opener_for(live)
        opener.updated(ContextUpdate(system_instruction=Content(parts=(Part(text="Be brief."),))))
        (connection, _), how = await opener.again("h", lambda _: None)
        await connection.close()
    assert how is Continuation.RESUMED
    assert live.peer.setup["systemInstruction"] == {"parts": [{"text": "Be brief."}]}


async def test_a_server_that_stays_busy_is_given_up() -> None:
    async with asyncio.timeout(10), fake_live(busy) as live:
        with pytest.raises(ConnectionClosed, match="try again later"):
            await opener_for(live).first()
        assert len(live.peers) == 3
        with pytest.raises(ConnectionClosed, match="try again later"):
            await opener_for(live).again("h", lambda _: None)
        assert len(live.peers) > 6


@pytest.mark.parametrize("renewals", [0, 1])
async def test_credentials_are_renewed_once(renewals: int) -> None:
    credentials = Renewable(renewals)
    async with asyncio.timeout(10), fake_live(welcome, refuse=(401, "expired")) as live:
        endpoint = replace(resolve(live.url, environment={}), credentials=credentials)
        with pytest.raises(ConnectionRefused, match="401"):
            await Opener(endpoint, Setup(model="x"), QUICK).first()
    assert live.refused == 1 + renewals
