import asyncio

import pytest

from antiphon.runtime.lead import DRY_S, Lead


@pytest.mark.requirement("generation.faster")
async def test_speech_may_run_ahead_up_to_the_lead():
    lead = Lead(seconds_max=10.0)
    async with asyncio.timeout(1):
        for _ in range(9):
            await lead.step(1.0)
    assert lead.spoken_s == 9.0


@pytest.mark.requirement("generation.lead")
async def test_beyond_the_lead_it_waits():
    lead = Lead(seconds_max=10.0)
    await lead.step(11.5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await lead.step(1.0)


async def test_a_voice_runs_dry_before_it_has_begun_and_when_nearly_all_was_played():
    lead = Lead(seconds_max=10.0)
    assert lead.runs_dry()
    await lead.step(DRY_S / 2)
    assert lead.runs_dry()
    await lead.step(10 * DRY_S)
    assert not lead.runs_dry()
