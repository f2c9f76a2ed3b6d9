import asyncio

from antiphon.runtime.gate import Gate


async def passes(gate: Gate) -> bool:
    try:
        async with asyncio.timeout(0):
            await gate.passed()
    except TimeoutError:
        return False
    return True


async def test_it_is_open_at_first():
    assert await passes(Gate(high=2, low=1))


async def test_it_shuts_above_the_high_mark_and_opens_at_the_low_one():
    gate = Gate(high=2, low=1)
    seen = []
    for waiting in (2, 3, 2, 1):
        gate.level(waiting)
        seen.append(await passes(gate))
    assert seen == [True, False, False, True]
