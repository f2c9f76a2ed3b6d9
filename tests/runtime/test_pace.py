import asyncio

import pytest

from antiphon.runtime.pace import Pace


async def test_speech_may_run_ahead_up_to_the_lead():
    pace = Pace(lead_s_max=10.0)
    async with asyncio.timeout(1):
        for _ in range(9):
            await pace.step(1.0)
    assert pace.spoken_s == 9.0


async def test_beyond_the_lead_it_waits():
    pace = Pace(lead_s_max=10.0)
    await pace.step(11.5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await pace.step(1.0)
