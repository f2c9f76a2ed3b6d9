import asyncio
import json
import urllib.error
import urllib.request

import pytest

from antiphon.runtime.sights import Sights
from antiphon.server.course import Course
from antiphon.server.presence import Presence
from antiphon.session.activity import Speech
from tests.server.conftest import DEVELOPER, VERTEX, WAIT_S

RESUMABLE = {"setup": {"model": "models/x", "sessionResumption": {}}}


class Guest:
    def __init__(self, owner: str | None = None):
        self.watch, self.sights = None, Sights(0.0, lambda: Speech(going_on=False, boundary=0))
        self.owner = owner
        self.told = asyncio.Event()
        self.asked: list[float] = []

    async def leave(self, time_left_s: float) -> None:
        self.asked.append(time_left_s)
        self.told.set()


@pytest.mark.requirement("go_away.drain")
async def test_a_drain_waits_for_the_last_guest():
    presence, guest = Presence(sessions_max=2), Guest()
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        with presence.entered(guest):
            drain = group.create_task(presence.drain(60.0))
            await guest.told.wait()
            assert presence.full
            assert not drain.done()
    assert guest.asked == [60.0]


@pytest.mark.requirement("go_away.drain")
async def test_a_drain_does_not_wait_for_ever():
    presence, guest = Presence(sessions_max=2), Guest()
    with presence.entered(guest):
        async with asyncio.timeout(WAIT_S):
            await presence.drain(0.01)
        assert (guest.asked, len(presence)) == ([0.01], 1), "asked, and still there"


async def test_nobody_is_waited_for_when_nobody_is_there():
    presence = Presence(sessions_max=2)
    async with asyncio.timeout(WAIT_S):
        await presence.drain(60.0)
    assert presence.full, "nobody new is let in"


async def test_only_those_of_one_owner_are_asked():
    presence, phone, kiosk, nobody = Presence(sessions_max=3), Guest("phone"), Guest("kiosk"), Guest()
    with presence.entered(phone), presence.entered(kiosk), presence.entered(nobody):
        assert await presence.ask_to_leave("phone", 5.0) == 1
        assert await presence.ask_to_leave(None, 6.0) == 1
    assert [guest.asked for guest in (phone, kiosk, nobody)] == [[5.0], [], [6.0]]


async def test_an_emptied_server_lets_people_in_again_unless_it_stops():
    presence, guest = Presence(sessions_max=2), Guest()
    with presence.entered(guest):
        assert await presence.empty(5.0) == 1
        assert (presence.full, guest.asked) == (True, [5.0])
        assert presence.resume()
        assert not presence.full
    await presence.drain(5.0)
    assert not presence.resume()
    assert presence.full


async def test_guests_are_named_in_the_order_they_came():
    presence, early, late = Presence(sessions_max=2), Guest(), Guest()
    early.course, late.course = Course(1.0), Course(2.0)
    with presence.entered(late), presence.entered(early):
        assert list(presence) == [early, late]


def post(url: str, **headers: str) -> tuple[int, object]:
    request = urllib.request.Request(url.replace("ws", "http", 1), method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.requirement("go_away.ignored", "go_away.on_demand")
async def test_clients_are_asked_to_leave_on_demand(server, call):
    callers = [await call(), await call(VERTEX)]
    answer = await asyncio.to_thread(post, f"{server.url}/go_away?time_left_s=0.5")
    assert answer == (200, {"sessions": 2})
    for caller in callers:
        assert (await caller.read_until("goAway"))[-1] == {"goAway": {"timeLeft": "0.5s"}}
        code, reason = await caller.closed()
        assert code == 1008
        assert reason.startswith("Connection aborted because the client failed to close the connection")


@pytest.mark.requirement("go_away.on_demand")
@pytest.mark.parametrize("asked", ["0", "-1", "0.09", "soon", "nan", "inf", "1e9"])
async def test_it_wants_a_time(server, asked):
    status, answer = await asyncio.to_thread(post, f"{server.url}/go_away?time_left_s={asked}")
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.requirement("go_away.on_demand")
async def test_a_key_asks_its_own_clients_alone(server, call, store):
    secrets = [await store.keys.add(name) for name in ("phone", "kiosk")]
    phone, kiosk = [await call(f"{DEVELOPER}?key={secret}") for secret in secrets]
    answer = await asyncio.to_thread(post, f"{server.url}/go_away?time_left_s=60&key={secrets[0]}")
    assert answer == (200, {"sessions": 1})
    assert await phone.read() == {"goAway": {"timeLeft": "60s"}}
    await kiosk.send({"realtimeInput": {"text": "hello"}})
    assert not [content for content in await kiosk.read_until("turnComplete") if "goAway" in content]


async def test_pages_of_other_sites_may_not_ask(server):
    status, _ = await asyncio.to_thread(post, f"{server.url}/go_away", Origin="https://elsewhere.example")
    assert status == 403


async def handle_of(caller) -> str:
    return (await caller.read())["sessionResumptionUpdate"]["newHandle"]


@pytest.mark.requirement("resumption.one_connection")
async def test_a_session_is_carried_by_its_newest_connection(call):
    older = await call(setup=RESUMABLE)
    handle = await handle_of(older)
    newer = await call(setup={"setup": {"model": "models/x", "sessionResumption": {"handle": handle}}})
    code, reason = await older.closed()
    assert (code, "another connection" in reason) == (1008, True)
    assert await handle_of(newer) != handle
