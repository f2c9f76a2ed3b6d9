import asyncio

import pytest

from antiphon.errors import CloseCode
from antiphon.runtime.outbox import Farewell, Outbox
from antiphon.session.effects import Send
from antiphon.session.events import TurnId
from antiphon.wire.kinds import Seconds
from antiphon.wire.server import GoAway, ServerMessage

FIRST, SECOND = TurnId(1), TurnId(2)


def message(number: int) -> ServerMessage:
    return ServerMessage(go_away=GoAway(time_left=Seconds(number)))


def outbox(high: int = 4, most: int = 8, reached: list[TurnId] | None = None) -> Outbox:
    told = reached if reached is not None else []

    async def tell(turn: TurnId) -> None:
        told.append(turn)

    return Outbox(messages_high=high, messages_max=most, reached=tell)


async def test_messages_leave_in_order_then_the_farewell():
    box = outbox()
    box.put(Send(message(1)))
    box.close(CloseCode.POLICY, "because")
    box.put(Send(message(2)))
    assert [await box.take() for _ in range(3)] == [message(1), message(2), Farewell(CloseCode.POLICY, "because")]


async def test_the_first_farewell_stands():
    box = outbox()
    box.close(CloseCode.POLICY, "first")
    box.close(CloseCode.NORMAL, "second")
    assert await box.take() == Farewell(CloseCode.POLICY, "first")


@pytest.mark.requirement("interruption.at_once")
async def test_a_purge_takes_one_turn_and_leaves_the_rest():
    box = outbox()
    for number, turn in ((1, FIRST), (2, None), (3, FIRST), (4, SECOND)):
        box.put(Send(message(number), turn))
    box.purge(FIRST)
    box.close(CloseCode.NORMAL, "")
    left = [await box.take() for _ in range(2)]
    assert left == [message(2), message(4)]


async def test_it_tells_once_that_a_turn_has_reached_the_client():
    reached: list[TurnId] = []
    box = outbox(reached=reached)
    for number, turn in ((1, FIRST), (2, None), (3, FIRST), (4, SECOND)):
        box.put(Send(message(number), turn))
    box.purge(SECOND)
    for _ in range(3):
        await box.take()
    assert reached == [FIRST]


async def test_a_purged_outbox_makes_its_reader_wait():
    box = outbox()
    box.put(Send(message(1), FIRST))
    box.purge(FIRST)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await box.take()


async def test_what_is_purged_before_the_reader_wakes_is_not_missed():
    box = outbox()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        reading = group.create_task(box.take())
        await asyncio.sleep(0)
        box.put(Send(message(1), FIRST))
        box.purge(FIRST)
        await asyncio.sleep(0)
        box.put(Send(message(2)))
        assert await reading == message(2)


async def test_there_is_no_room_above_the_high_mark():
    box = outbox(high=2)
    for number in range(3):
        box.put(Send(message(number)))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await box.room.passed()
    await box.take()
    await box.take()
    async with asyncio.timeout(1):
        await box.room.passed()


@pytest.mark.requirement("errors.slow_reader")
async def test_more_than_the_most_gives_the_connection_up():
    box = outbox(most=1)
    box.put(Send(message(1)))
    box.put(Send(message(2)))
    assert await box.take() == message(1)
    assert (await box.take()).code is CloseCode.TRY_AGAIN_LATER
