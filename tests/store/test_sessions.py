import asyncio
import signal
import sys

import pytest

from antiphon.config import load_settings
from antiphon.errors import StoreFull
from antiphon.store.contracts import Stored
from antiphon.store.database import kept_bytes
from antiphon.store.sqlite import open_store
from tests.store.conftest import NOW

RECORD = bytes(range(256)) * 4_096
WAIT_S = 20


async def test_a_session_comes_back_as_it_was_saved(store):
    handle = await store.sessions.save("a", "phone", RECORD, NOW + 10)
    assert await store.sessions.load(handle, "phone", NOW) == Stored("a", RECORD)


@pytest.mark.requirement("resumption.owner")
async def test_a_session_without_an_owner(store):
    handle = await store.sessions.save("a", None, b"x", NOW + 10)
    assert await store.sessions.load(handle, None, NOW) == Stored("a", b"x")
    assert await store.sessions.load(handle, "phone", NOW) is None


@pytest.mark.requirement("resumption.not_found")
async def test_what_cannot_be_resumed_is_nothing(store):
    handle = await store.sessions.save("a", "phone", b"x", NOW + 10)
    assert await store.sessions.load("nonsense", "phone", NOW) is None
    assert await store.sessions.load(handle, "kiosk", NOW) is None
    assert await store.sessions.load(handle, None, NOW) is None
    assert await store.sessions.load(handle, "phone", NOW + 9.9) is not None
    assert await store.sessions.load(handle, "phone", NOW + 10) is None


@pytest.mark.requirement("resumption.several")
async def test_each_handle_leads_to_what_was_saved_with_it_and_the_oldest_go(store):
    handles = [await store.sessions.save("a", None, b"%d" % number, NOW + 10) for number in range(4)]
    other = await store.sessions.save("b", None, b"other", NOW + 10)
    assert len(set(handles)) == 4
    found = [await store.sessions.load(handle, None, NOW) for handle in handles]
    assert found == [None, None, Stored("a", b"2"), Stored("a", b"3")]
    assert await store.sessions.load(other, None, NOW) == Stored("b", b"other")


async def test_a_session_in_use_lives_longer(store):
    handles = [await store.sessions.save("a", None, b"x", NOW + 10) for _ in range(2)]
    other = await store.sessions.save("b", None, b"x", NOW + 10)
    await store.sessions.touch("a", NOW + 100)
    assert [bool(await store.sessions.load(handle, None, NOW + 50)) for handle in [*handles, other]] == [
        True,
        True,
        False,
    ]


async def test_expired_ones_are_deleted_at_the_next_save(store, clock):
    handle = await store.sessions.save("a", None, b"x", NOW + 10)
    clock.now = NOW + 10
    await store.sessions.save("b", None, b"x", NOW + 100)
    assert await store.sessions.load(handle, None, NOW) is None


SAVE_AND_DIE = """
import asyncio, os, signal
from antiphon.config import load_settings
from antiphon.store.sqlite import open_store

async def main():
    store = await open_store(load_settings())
    print(await store.sessions.save("a", None, b"kept", 2e9), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.requirement("resumption.survives")
async def test_it_survives_a_process_that_is_killed_as_soon_as_it_is_saved(store):
    died = await asyncio.create_subprocess_exec(sys.executable, "-c", SAVE_AND_DIE, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(WAIT_S):
        out, _ = await died.communicate()
    assert died.returncode == -signal.SIGKILL
    assert await store.sessions.load(out.decode().strip(), None, NOW) == Stored("a", b"kept")


@pytest.mark.requirement("resumption.survives")
async def test_each_commit_is_synced_to_the_disk(store):
    def levels(connection):
        pragmas = ("synchronous", "journal_mode")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]

    assert await store.sessions._database.read(levels) == [2, "wal"]


async def test_what_has_expired_is_not_revived(store, clock):
    handle = await store.sessions.save("a", None, b"x", NOW + 10)
    clock.now = NOW + 9
    await store.sessions.touch("a", NOW + 19)
    clock.now = NOW + 19
    await store.sessions.touch("a", NOW + 100)
    assert await store.sessions.load(handle, None, NOW + 18)
    assert await store.sessions.load(handle, None, NOW + 19) is None


@pytest.fixture
async def small(clock):
    store = await open_store(load_settings(resumption={"store_bytes_max": 10}), clock)
    yield store
    await store.aclose()


async def kept_of(store, handles) -> list[bytes]:
    """The records that are still there."""
    found = [await store.sessions.load(handle, owner, NOW) for owner, handle in handles]
    return [stored.record for stored in found if stored]


async def test_the_soonest_to_end_make_room(small):
    handles = []
    for number, end in enumerate((3, 1, 2, 4)):
        handles.append((None, await small.sessions.save(f"{number}", None, b"%d---" % number, NOW + end)))
    assert await kept_of(small, handles) == [b"0---", b"3---"]


async def test_whoever_keeps_the_most_makes_room(small):
    handles = [("phone", await small.sessions.save("old", "phone", b"old", NOW + 1))]
    for number in range(20):
        handle = await small.sessions.save(f"{number}", "kiosk", b"%03d" % number, NOW + 10)
        handles.append(("kiosk", handle))
    assert await kept_of(small, handles) == [b"old", b"018", b"019"]


async def test_what_is_larger_than_all_of_it_displaces_nobody(small):
    handles = [(None, await small.sessions.save("a", None, b"x", NOW + 10))]
    with pytest.raises(StoreFull, match=r"11 bytes.*store_bytes_max"):
        await small.sessions.save("b", None, b"x" * 11, NOW + 10)
    assert await kept_of(small, handles) == [b"x"]


async def test_what_goes_counts_no_more(store, clock):
    for lineage, end in (("a", 10), ("a", 10), ("a", 10), ("b", 20)):
        await store.sessions.save(lineage, None, b"12", NOW + end)
    assert await store.sessions._database.read(kept_bytes, "sessions") == 6
    clock.now = NOW + 10
    await store.sessions.save("c", "phone", b"1", NOW + 20)
    assert await store.sessions._database.read(kept_bytes, "sessions") == 3


async def test_a_wrong_count_is_an_error_and_no_endless_search(small):
    def spoil(connection):
        connection.execute("INSERT INTO kept VALUES ('sessions', 'nobody', 99)")

    await small.sessions._database.write(spoil)
    with pytest.raises(StoreFull, match="not there"):
        await small.sessions.save("a", None, b"x", NOW + 10)
