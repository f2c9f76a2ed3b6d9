import asyncio

import pytest

from antiphon.runtime.channel import Channel, ChannelClosed


async def test_items_come_out_in_order():
    channel = Channel[int](3)
    for item in (1, 2, 3):
        await channel.put(item)
    assert [await channel.get() for _ in range(3)] == [1, 2, 3]


async def test_a_full_channel_makes_its_writer_wait():
    channel = Channel[int](1)
    await channel.put(1)
    async with asyncio.TaskGroup() as group:
        second = group.create_task(channel.put(2))
        await asyncio.sleep(0)
        assert not second.done()
        assert await channel.get() == 1
    assert await channel.get() == 2


async def test_a_closed_channel_gives_out_what_it_holds_then_raises():
    channel = Channel[int](2)
    await channel.put(1)
    channel.close()
    assert await channel.get() == 1
    with pytest.raises(ChannelClosed):
        await channel.get()
    with pytest.raises(ChannelClosed):
        await channel.put(2)


async def test_closing_wakes_those_who_wait():
    channel = Channel[int](1)

    async def read() -> str:
        try:
            await channel.get()
        except ChannelClosed:
            return "closed"
        return "read"

    async with asyncio.TaskGroup() as group:
        reader = group.create_task(read())
        await asyncio.sleep(0)
        channel.close()
    assert reader.result() == "closed"


async def test_many_writers_never_exceed_the_capacity():
    channel = Channel[int](4)
    most = 0
    async with asyncio.TaskGroup() as group:
        for item in range(50):
            group.create_task(channel.put(item))
        taken = []
        while len(taken) < 50:
            most = max(most, len(channel))
            taken.append(await channel.get())
    assert sorted(taken) == list(range(50))
    assert most <= 4
