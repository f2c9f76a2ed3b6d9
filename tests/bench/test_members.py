import asyncio
from collections.abc import AsyncIterator

import pytest

from antiphon.bench import members
from antiphon.bench.members import MEMBERS, Gathering, attended
from antiphon.bench.orders import Crowd
from antiphon.bench.tape import tape
from antiphon.client.endpoint import resolve
from antiphon.server.listen import listening
from tests.bench.sample import short
from tests.runtime.stage import scripted


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with listening(scripted(server={"port": 0})) as server:
        yield resolve(server.url).url


async def seen(order: Crowd, until: str) -> Gathering:
    """What one member saw, from when it was ready until something was gathered."""
    gathering = Gathering(order)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        member = group.create_task(attended(gathering, 0, asyncio.Semaphore(1)))
        await gathering.all_open()
        gathering.begin()
        while not getattr(gathering.gathered(), until) and not member.done():
            await asyncio.wait((member,), timeout=0.01)
        gathering.finish()
        if order.kind == "idle":
            member.cancel()
    return gathering


async def test_both_ways_at_once(url: str) -> None:
    gathered = (await seen(Crowd(kind="duplex", url=url, count=1), "sent")).gathered()
    assert gathered.sent > 0
    assert gathered.lost == 0


async def test_a_listener_notes_when_it_was_noticed(url: str) -> None:
    gathered = (await seen(Crowd(kind="listening", url=url, count=1), "waits")).gathered()
    ((place, wait_ms),) = gathered.waits
    assert float(place.removesuffix(" s")) < tape().seconds
    assert 0 < wait_ms < 2_000


async def test_a_conversation_is_asked_and_answered(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "questions", lambda: (short(),))
    monkeypatch.setattr(members, "THINK_S", (0.0, 0.02))
    gathered = (await seen(Crowd(kind="conversing", url=url, count=1), "waits")).gathered()
    assert gathered.waits[0][0] == "short"
    assert gathered.lost == 0


@pytest.mark.parametrize("number", [0, 1])
async def test_who_passes_is_answered_or_leaves_in_the_middle(url: str, number: int) -> None:
    gathering = Gathering(Crowd(kind="passing", url=url, count=1))
    await asyncio.wait_for(attended(gathering, number, asyncio.Semaphore(1)), 10)
    assert gathering.received > 0 if number else gathering.received == 1
    assert gathering.gathered().lost == 0


async def test_idle_ones_stay(url: str) -> None:
    gathering = Gathering(Crowd(kind="idle", url=url, count=1))
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        member = group.create_task(attended(gathering, 0, asyncio.Semaphore(1)))
        await gathering.all_open()
        assert not member.done()
        member.cancel()


@pytest.mark.parametrize("kind", MEMBERS)
async def test_what_goes_wrong_is_counted_and_stops_nobody(kind: str) -> None:
    order = Crowd(kind=kind, url="ws://127.0.0.1:1/ws/x.GenerativeService.BidiGenerateContent", count=1)  # type: ignore[arg-type]
    gathering = Gathering(order)
    await asyncio.wait_for(attended(gathering, 0, asyncio.Semaphore(1)), 20)
    await asyncio.wait_for(gathering.all_open(), 1)
    assert gathering.gathered().lost == 1
    assert gathering.gathered().why


def test_only_what_began_in_time_counts() -> None:
    gathering = Gathering(Crowd(kind="listening", url="ws://x", count=1))
    gathering.waited("too early", 0.1, since=0.0)
    gathering.begin()
    gathering.waited("begun before", 0.1, since=0.0)
    gathering.sent = 5
    gathering.finish()
    gathering.sent = 9
    assert gathering.gathered().waits == ()
    assert gathering.gathered().sent == 5
