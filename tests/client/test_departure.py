import asyncio

import pytest

from antiphon.client.departure import Departure, Leaving
from antiphon.config import Client

QUICK = Client(leave_margin_s=0.02, leave_notice_s=0.1)
HOUR_S = 3_600.0


async def left(departure: Departure) -> str:
    async with asyncio.timeout(5):
        with pytest.raises(Leaving) as caught:
            await departure.due()
    return str(caught.value)


async def stays(departure: Departure) -> bool:
    try:
        async with asyncio.timeout(0.05):
            await departure.due()
    except TimeoutError:
        return True


async def test_a_connection_nobody_ends_is_not_left() -> None:
    departure = Departure(None, QUICK)
    departure.rests(True)
    assert await stays(departure)
    assert not departure.is_announced


async def test_an_announced_one_is_left_at_the_next_rest() -> None:
    departure = Departure(None, QUICK)
    departure.announced(HOUR_S)
    assert departure.is_announced
    assert await stays(departure), "something is going on"
    departure.rests(True)
    assert "could not be awaited" not in await left(departure)


async def test_a_rest_that_is_over_does_not_count() -> None:
    departure = Departure(None, QUICK)
    departure.rests(True)
    departure.rests(False)
    departure.announced(HOUR_S)
    assert await stays(departure)


@pytest.mark.parametrize("time_left_s", [0.0, 0.04, None])
async def test_it_is_left_before_the_time_is_up_in_any_case(time_left_s: float | None) -> None:
    departure = Departure(None, QUICK)
    departure.announced(time_left_s)
    assert "could not be awaited" in await left(departure)


async def test_the_age_at_which_a_server_cuts_is_known_beforehand() -> None:
    departure = Departure(0.15, QUICK)
    departure.rests(True)
    assert "could not be awaited" not in await left(departure)
    assert not departure.is_announced


async def test_a_notice_counts_before_the_age() -> None:
    departure = Departure(HOUR_S, QUICK)
    departure.announced(0.03)
    assert "could not be awaited" in await left(departure)


async def test_a_second_notice_may_shorten_the_time_and_not_lengthen_it() -> None:
    departure = Departure(None, QUICK)
    departure.announced(HOUR_S)
    async with asyncio.TaskGroup() as group:
        leaving = group.create_task(left(departure))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        departure.announced(0.03)
        departure.announced(HOUR_S)
        assert "could not be awaited" in await leaving
