import asyncio

import pytest

from antiphon.runtime.alarm import Alarm
from antiphon.runtime.channel import Channel
from antiphon.session.events import Event, Timer, TimerFired
from tests.runtime.stage import soon


@pytest.fixture
async def inbox():
    return Channel[Event](1)


@pytest.fixture
async def alarm(inbox):
    made = Alarm(inbox)
    yield made
    made.close()


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_timers_ring_in_their_order(alarm, inbox):
    began = now()
    alarm.set(Timer.REPLY, began + 0.02)
    alarm.set(Timer.SETUP, began + 0.01)
    assert [await soon(inbox.get()) for _ in range(2)] == [TimerFired(Timer.SETUP), TimerFired(Timer.REPLY)]
    assert now() >= began + 0.02
    assert alarm.rang(Timer.SETUP)
    assert not alarm.rang(Timer.SETUP)


async def test_a_full_inbox_is_no_obstacle(alarm, inbox):
    await inbox.put(TimerFired(Timer.AGE))
    alarm.set(Timer.SETUP, now())
    await soon(inbox.get())
    assert await soon(inbox.get()) == TimerFired(Timer.SETUP)


async def test_what_is_put_off_rings_later_and_once(alarm, inbox):
    began = now()
    alarm.set(Timer.REPLY, began + 0.01)
    alarm.set(Timer.REPLY, began + 0.03)
    assert await soon(inbox.get()) == TimerFired(Timer.REPLY)
    assert now() >= began + 0.03
    alarm.set(Timer.AGE, now())
    assert await soon(inbox.get()) == TimerFired(Timer.AGE)


@pytest.mark.parametrize("changed", ["clear", "set"])
async def test_what_has_rung_and_is_changed_before_anybody_looks_holds_no_more(alarm, inbox, changed):
    alarm.set(Timer.REPLY, now())
    assert await soon(inbox.get()) == TimerFired(Timer.REPLY)
    if changed == "clear":
        alarm.clear(Timer.REPLY)
    else:
        alarm.set(Timer.REPLY, now() + 60)
    assert not alarm.rang(Timer.REPLY)


async def test_what_is_cleared_does_not_ring(alarm, inbox):
    alarm.set(Timer.REPLY, now() + 0.01)
    alarm.clear(Timer.REPLY)
    alarm.set(Timer.AGE, now() + 0.02)
    assert await soon(inbox.get()) == TimerFired(Timer.AGE)
    assert len(inbox) == 0


async def test_a_closed_one_is_silent(inbox):
    alarm = Alarm(inbox)
    alarm.set(Timer.REPLY, now())
    alarm.close()
    other = Alarm(inbox)
    other.set(Timer.AGE, now() + 0.01)
    assert await soon(inbox.get()) == TimerFired(Timer.AGE)
    other.close()
