import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.config import Settings
from antiphon.engines import silero
from antiphon.engines.contracts import Vad
from antiphon.engines.silero import WINDOW_SAMPLES, Silero
from antiphon.engines.testkit import check_vad
from antiphon.errors import EngineFailed
from tests.engines.sounds import QUESTION, joined, recording, silence

WAIT_S = 5.0


class CountingNetwork:
    """Stands in for the network: its probability is the number of windows its state has seen, in hundredths."""

    def __init__(self, model: Path) -> None:
        self.overlaps: list[list[float]] = []
        self.fault: Exception | None = None

    def run(self, **inputs: NDArray[Any]) -> list[NDArray[np.float32]]:
        if self.fault:
            raise self.fault
        heard, state = inputs["input"], inputs["state"]
        assert heard.shape == (state.shape[1], 64 + WINDOW_SAMPLES)
        assert state.shape == (2, len(heard), 128)
        assert heard.dtype == state.dtype == np.float32
        assert inputs["sr"] == 16_000
        self.overlaps.append((heard[:, :64].mean(axis=1) * 32_768).tolist())
        after = state + np.array([[[1]], [[2]]], np.float32)
        assert np.array_equal(2 * after[0], after[1]), "the halves of a state were mixed up"
        return [after[0, :, :1] / np.float32(100), after]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Silero:
    monkeypatch.setattr(silero, "Network", CountingNetwork)
    return Silero(Path("anywhere"))


def windows(count: int, level: int = 0) -> NDArray[np.int16]:
    return np.full(count * WINDOW_SAMPLES, level, np.int16)


def network_of(engine: Silero) -> CountingNetwork:
    network = engine._network
    assert isinstance(network, CountingNetwork)
    return network


@pytest.mark.parametrize("sizes", [[12], [1] * 12, [8, 4], [9, 3]])
async def test_state_goes_from_window_to_window(engine: Silero, sizes: list[int]) -> None:
    stream = engine.open()
    heard = [each for size in sizes for each in await stream.probabilities(windows(size))]
    assert heard == pytest.approx([number / 100 for number in range(1, 13)])
    await engine.aclose()


async def test_each_window_is_preceded_by_the_end_of_the_one_before(engine: Silero) -> None:
    stream = engine.open()
    await stream.probabilities(np.concatenate((windows(1, 100), windows(1, 200))))
    await stream.probabilities(windows(1, 300))
    assert np.concatenate(network_of(engine).overlaps) == pytest.approx([0, 100, 200])


async def test_streams_that_wait_are_heard_together_and_each_from_its_own_memory(engine: Silero) -> None:
    streams = [engine.open() for _ in range(3)]
    for number, stream in enumerate(streams):
        if number:
            await stream.probabilities(windows(number, 100 * number))
    network_of(engine).overlaps.clear()
    heard = await asyncio.gather(*(stream.probabilities(windows(1)) for stream in streams))
    assert heard == [pytest.approx([(number + 1) / 100]) for number in range(3)]
    assert network_of(engine).overlaps == [pytest.approx([0, 100, 200])]


async def test_what_one_stream_asks_wrongly_harms_no_other(engine: Silero) -> None:
    good, bad = engine.open(), engine.open()
    outcomes = await asyncio.gather(
        good.probabilities(windows(2)), bad.probabilities(windows(2)[1:]), return_exceptions=True
    )
    assert outcomes[0] == pytest.approx([0.01, 0.02])
    assert isinstance(outcomes[1], EngineFailed)


async def test_a_stream_holds_on_to_no_memory_of_others(engine: Silero) -> None:
    streams = [engine.open() for _ in range(20)]
    await asyncio.gather(*(stream.probabilities(windows(1)) for stream in streams))
    assert all(stream._memory.base is None for stream in streams)


async def test_no_windows_give_no_probabilities(engine: Silero) -> None:
    assert await engine.open().probabilities(windows(0)) == []


async def test_reset_forgets_even_what_is_being_heard(engine: Silero) -> None:
    stream = engine.open()
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        hearing = group.create_task(stream.probabilities(windows(9)))
        await asyncio.sleep(0)
        stream.reset()
    assert len(hearing.result()) == 9
    assert await stream.probabilities(windows(1)) == pytest.approx([0.01])
    await engine.aclose()


async def test_a_cancelled_call_leaves_the_memory_as_it_was(engine: Silero) -> None:
    stream = engine.open()
    await stream.probabilities(windows(2))
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        hearing = group.create_task(stream.probabilities(windows(9)))
        await asyncio.sleep(0)
        hearing.cancel()
    assert await stream.probabilities(windows(1)) == pytest.approx([0.03])
    await engine.aclose()


async def test_a_second_call_before_the_first_has_ended_is_refused(engine: Silero) -> None:
    stream = engine.open()
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        group.create_task(stream.probabilities(windows(9)))
        await asyncio.sleep(0)
        with pytest.raises(EngineFailed, match="still being heard"):
            await stream.probabilities(windows(1))
    await engine.aclose()


@pytest.mark.parametrize("count", [1, 9])
async def test_a_fault_of_the_network_is_engine_failed(engine: Silero, count: int) -> None:
    network_of(engine).fault = RuntimeError("bad tensor")
    with pytest.raises(EngineFailed, match="bad tensor"):
        await engine.open().probabilities(windows(count))
    await engine.aclose()


async def test_part_of_a_window_and_a_closed_stream_are_refused(engine: Silero) -> None:
    stream = engine.open()
    with pytest.raises(EngineFailed, match="511 samples"):
        await stream.probabilities(windows(1)[1:])
    stream.close()
    with pytest.raises(EngineFailed, match="closed"):
        await stream.probabilities(windows(1))


@pytest.mark.real
async def test_finds_the_speech_in_a_recording() -> None:
    engine = silero.make(Settings())
    heard = joined(silence(1.0), recording(QUESTION), silence(1.0)).int16()
    whole = heard[: len(heard) // WINDOW_SAMPLES * WINDOW_SAMPLES]
    speech = np.array(await engine.open().probabilities(whole)) > 0.5
    times = np.flatnonzero(speech) * WINDOW_SAMPLES / 16_000
    assert times[0] == pytest.approx(1.06, abs=0.1)
    assert times[-1] == pytest.approx(2.67, abs=0.1)
    assert speech.mean() > 0.4
    await engine.aclose()


@pytest.mark.real
async def test_streams_heard_together_give_the_probabilities_of_each_alone() -> None:
    engine = silero.make(Settings())
    chance = np.random.default_rng(5)
    sound = joined(recording(QUESTION), silence(0.5), recording(QUESTION)).int16()
    starts = [int(chance.integers(len(sound) // 2)) for _ in range(40)]
    sounds = [sound[start : start + int(chance.integers(20, 80)) * WINDOW_SAMPLES] for start in starts]
    sounds = [each[: len(each) // WINDOW_SAMPLES * WINDOW_SAMPLES] for each in sounds]

    async def heard(sound: NDArray[np.int16], pieces: list[int]) -> list[float]:
        stream, probabilities, at = engine.open(), [], 0
        for windows in pieces:
            probabilities += await stream.probabilities(sound[at : (at := at + windows * WINDOW_SAMPLES)])
        return [*probabilities, *await stream.probabilities(sound[at:])]

    alone = [await heard(sound, [1] * 10) for sound in sounds]
    pieces = [chance.integers(0, 5, 5).tolist() for _ in sounds]
    together = await asyncio.gather(*map(heard, sounds, pieces))
    assert [len(each) for each in together] == [len(each) // WINDOW_SAMPLES for each in sounds]
    assert np.concatenate(together) == pytest.approx(np.concatenate(alone), abs=1e-5)
    await engine.aclose()


@pytest.mark.real
async def test_conforms() -> None:
    engine = silero.make(Settings())
    assert isinstance(engine, Vad)
    await check_vad(engine, recording(QUESTION))
    await engine.aclose()


async def test_windows_of_other_sessions_that_are_not_judged_yet_wait(engine: Silero) -> None:
    assert engine.waiting == 0
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        tasks = [group.create_task(engine.open().probabilities(windows(1))) for _ in range(3)]
        await asyncio.sleep(0)
        assert engine.waiting == 3
    assert engine.waiting == 0
    assert [task.result() for task in tasks] == [[pytest.approx(0.01)]] * 3
