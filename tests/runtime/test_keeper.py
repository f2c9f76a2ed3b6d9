import pytest

from antiphon.runtime.channel import Channel
from antiphon.runtime.keeper import Keeper
from antiphon.runtime.roster import Roster
from antiphon.session.events import Event, Kept, Recalled, Superseded
from antiphon.session.snapshot import KeptEntry, Snapshot
from antiphon.store.contracts import Stored
from antiphon.wire.content import Content, Part
from antiphon.wire.setup import Setup
from tests.runtime.stage import Shelf, keeper, running, soon

SNAPSHOT = Snapshot(setup=Setup(model="x"), entries=(KeptEntry(content=Content(parts=(Part(text="hi"),))),))


def inbox() -> Channel[Event]:
    return Channel[Event](4)


async def test_what_is_kept_is_recalled():
    shelf, box = Shelf(), inbox()
    await keeper(shelf).keep(SNAPSHOT, box)
    kept = await soon(box.get())
    assert isinstance(kept, Kept)
    await keeper(shelf).recall(kept.handle, box)
    assert await soon(box.get()) == Recalled(SNAPSHOT)


@pytest.mark.requirement("resumption.owner")
async def test_a_session_stays_with_its_owner():
    shelf, box = Shelf(), inbox()
    await keeper(shelf, owner="ada").keep(SNAPSHOT, box)
    handle = (await soon(box.get())).handle
    await keeper(shelf, owner="bob").recall(handle, box)
    assert await soon(box.get()) == Recalled(None)


@pytest.mark.requirement("resumption.one_connection")
async def test_a_session_that_goes_on_keeps_its_lineage_and_its_place():
    shelf, roster, first, second = Shelf(), Roster(), inbox(), inbox()
    await keeper(shelf, roster).keep(SNAPSHOT, first)
    handle = (await soon(first.get())).handle
    later = keeper(shelf, roster)
    await later.recall(handle, second)
    await soon(second.get())
    await later.keep(SNAPSHOT, second)
    assert await soon(first.get()) == Superseded()
    assert len({stored.lineage for stored in shelf.records.values()}) == 1


async def test_a_lookup_that_comes_to_nothing_relieves_nobody():
    shelf, roster, first = Shelf(), Roster(), inbox()
    carrier = keeper(shelf, roster)
    await carrier.keep(SNAPSHOT, first)
    handle = (await soon(first.get())).handle
    await keeper(shelf, roster).recall(handle, inbox())
    await carrier.keep(SNAPSHOT, first)
    assert isinstance(await soon(first.get()), Kept)


async def test_an_idle_session_does_not_expire_under_its_connection():
    shelf, box = Shelf(), inbox()
    staying = Keeper(shelf, Roster(), owner=None, lifetime_s=0.01, clock=lambda: 1_000.0)
    await staying.keep(SNAPSHOT, box)
    async with running() as group:
        group.create_task(staying.stay())
        await soon(shelf.touched_often.wait())
    assert {expires for _, expires in shelf.touched} == {1_000.01}


async def test_its_lifetime_begins_when_the_connection_ends():
    shelf, box = Shelf(), inbox()
    idle = keeper(shelf)
    await idle.close()
    assert shelf.touched == []
    used = keeper(shelf)
    await used.keep(SNAPSHOT, box)
    await used.close()
    assert [expires for _, expires in shelf.touched] == [1_100.0]


async def test_what_another_version_kept_is_not_found():
    shelf, box = Shelf(), inbox()
    shelf.records["None/9"] = Stored("lineage", b'{"new":1}')
    await keeper(shelf).recall("None/9", box)
    assert await soon(box.get()) == Recalled(None)


@pytest.mark.requirement("resumption.broken_store")
async def test_a_broken_store_costs_no_conversation():
    shelf, box = Shelf(), inbox()
    shelf.broken = True
    breaking = keeper(shelf)
    await breaking.keep(SNAPSHOT, box)
    assert await soon(box.get()) == Kept(None)
    await breaking.recall("any", box)
    assert await soon(box.get()) == Recalled(None)
    await breaking.close()
