import pytest

from antiphon.audio.pcm import AudioChunk
from antiphon.client.pace import Pace, RealTime, in_real_time
from tests.client.fake_time import FakeTime

CHUNK = AudioChunk(bytes(640))  # 20 ms


async def test_a_chunk_is_sent_when_its_last_sample_was_spoken() -> None:
    time = FakeTime()
    pace = Pace(time)
    await pace.record(CHUNK)
    assert time.now() - pace.started_s == pytest.approx(0.02)


async def test_does_not_drift() -> None:
    time = FakeTime()
    pace = Pace(time)
    for _ in range(3_000):
        await pace.record(CHUNK)
        time.seconds += 0.003  # sending takes time too
    assert time.now() - pace.started_s == pytest.approx(60.003, abs=1e-6)


async def test_catches_up_after_a_hiccup() -> None:
    time = FakeTime()
    pace = Pace(time)
    await pace.record(CHUNK)
    time.seconds += 0.05
    slept = len(time.slept)
    await pace.record(CHUNK)
    await pace.record(CHUNK)
    assert len(time.slept) == slept
    await pace.record(CHUNK)
    assert time.now() - pace.started_s == pytest.approx(0.08)


async def test_real_time_goes_on() -> None:
    time = RealTime()
    before = time.now()
    await time.sleep(0)
    assert time.now() >= before


async def test_chunks_come_when_they_were_spoken() -> None:
    time = FakeTime()
    came_at = [time.now() async for _ in in_real_time([CHUNK] * 3, time)]
    assert [round(at - came_at[0], 3) for at in came_at] == [0.0, 0.02, 0.04]
