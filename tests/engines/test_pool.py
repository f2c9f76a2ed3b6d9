import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from antiphon.engines.effort import Effort, effort
from antiphon.engines.pool import Workers
from antiphon.errors import EngineBusy, EngineFailed, EngineUnavailable, WeightsError

WAIT_S = 5.0


class Gate:
    """Work that blocks its thread until the test opens the gate."""

    def __init__(self) -> None:
        self._entered = threading.Semaphore(0)
        self._opened = threading.Event()
        self.order: list[str] = []

    def work(self, name: str) -> str:
        self._entered.release()
        assert self._opened.wait(WAIT_S)
        self.order.append(name)
        return name

    async def entered(self) -> None:
        assert await asyncio.to_thread(self._entered.acquire, timeout=WAIT_S)

    def open(self) -> None:
        self._opened.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


@pytest.fixture
async def workers(gate: Gate) -> AsyncIterator[Workers]:
    workers = Workers("test", threads=1, queue_max=2)
    yield workers
    gate.open()
    await workers.aclose()


async def started(group: asyncio.TaskGroup, workers: Workers, gate: Gate, name: str) -> asyncio.Task[str]:
    task = group.create_task(workers.run(gate.work, name))
    await asyncio.sleep(0)
    return task


async def test_returns_what_the_work_returns_from_another_thread(workers: Workers) -> None:
    def add(a: int, b: int) -> tuple[int, int]:
        return a + b, threading.get_ident()

    total, thread = await workers.run(add, 2, 3)
    assert total == 5
    assert thread != threading.get_ident()


async def test_the_loop_runs_on_meanwhile(workers: Workers, gate: Gate) -> None:
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        task = await started(group, workers, gate, "a")
        await gate.entered()
        assert not task.done()
        gate.open()
    assert task.result() == "a"


async def test_first_come_first_served(workers: Workers, gate: Gate) -> None:
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        for name in "abc":
            await started(group, workers, gate, name)
        gate.open()
    assert gate.order == ["a", "b", "c"]


async def test_one_call_too_many_is_busy_at_once(workers: Workers, gate: Gate) -> None:
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        for name in "abc":
            await started(group, workers, gate, name)
        with pytest.raises(EngineBusy, match="test: 2 calls"):
            await workers.run(gate.work, "d")
        assert workers.waiting == 2
        gate.open()
    assert workers.waiting == 0
    assert await workers.run(gate.work, "e") == "e"


async def test_a_queue_of_none_still_serves(gate: Gate) -> None:
    workers = Workers("test", threads=1, queue_max=0)
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        await started(group, workers, gate, "a")
        with pytest.raises(EngineBusy):
            await workers.run(gate.work, "b")
        gate.open()
    assert await workers.run(gate.work, "c") == "c"
    await workers.aclose()


async def test_a_cancelled_waiting_call_frees_its_place_and_never_runs(workers: Workers, gate: Gate) -> None:
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        tasks = [await started(group, workers, gate, name) for name in "abc"]
        tasks[1].cancel()
        await asyncio.wait({tasks[1]})
        await started(group, workers, gate, "d")
        gate.open()
    assert gate.order == ["a", "c", "d"]


async def test_a_cancelled_running_call_returns_at_once_and_its_thread_goes_on(workers: Workers, gate: Gate) -> None:
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        running = await started(group, workers, gate, "a")
        await gate.entered()
        running.cancel()
        await asyncio.wait({running})
        assert running.cancelled()
        following = await started(group, workers, gate, "b")
        assert not following.done()
        gate.open()
    assert gate.order == ["a", "b"]


class Told(Effort):
    """Remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def _note(self, *, calls: int = 0, seconds: float = 0.0) -> None:
        self.calls.append(calls)


async def test_work_is_the_effort_of_whose_task_began_it(workers: Workers) -> None:
    async def begun(told: Told) -> list[int]:
        effort.set(told)
        return await workers.run(lambda: [*told.calls, *other.calls])

    mine, other = Told(), Told()
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        task = group.create_task(begun(mine))
    assert (task.result(), mine.calls, other.calls) == ([1], [1, -1], [])


async def test_waiting_is_no_effort_and_work_that_nobody_wants_any_more_is(workers: Workers, gate: Gate) -> None:
    told = [Told(), Told()]
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        tasks = []
        for each in told:
            effort.set(each)
            tasks.append(await started(group, workers, gate, "a"))
        await gate.entered()
        assert [each.calls for each in told] == [[1], []]
        tasks[0].cancel()
        await asyncio.wait({tasks[0]})
        assert told[0].calls == [1]
        gate.open()
    assert [each.calls for each in told] == [[1, -1], [1, -1]]


async def test_two_threads_work_at_once(gate: Gate) -> None:
    workers = Workers("test", threads=2, queue_max=1)
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        await started(group, workers, gate, "a")
        await started(group, workers, gate, "b")
        await gate.entered()
        await gate.entered()
        assert gate.order == [], "both are within, and neither has ended"
        gate.open()
    await workers.aclose()
    assert sorted(gate.order) == ["a", "b"]


class UnusualError(BaseException):
    """What plug-ins throw when they exit the interpreter."""


@pytest.mark.parametrize("fault", [ValueError("bad"), StopIteration("bad"), RuntimeError("bad")])
async def test_a_foreign_fault_is_engine_failed_with_its_cause(workers: Workers, fault: Exception) -> None:
    def fail() -> None:
        raise fault

    with pytest.raises(EngineFailed, match=r"test: .*bad") as caught:
        await workers.run(fail)
    assert caught.value.__cause__ is fault


async def test_an_engine_error_passes_as_it_is(workers: Workers) -> None:
    fault = WeightsError("no file")

    def fail() -> None:
        raise fault

    with pytest.raises(WeightsError) as caught:
        await workers.run(fail)
    assert caught.value is fault


async def test_the_threads_survive_anything(workers: Workers) -> None:
    def fail() -> None:
        raise UnusualError

    for _ in range(3):
        with pytest.raises(UnusualError):
            await workers.run(fail)
    assert await workers.run(str, 1) == "1"


async def test_closing_refuses_the_waiting_and_awaits_the_running(workers: Workers, gate: Gate) -> None:
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        running = await started(group, workers, gate, "a")
        await gate.entered()
        waiting = group.create_task(expect_unavailable(workers, gate))
        await asyncio.sleep(0)
        closing = group.create_task(workers.aclose())
        await waiting
        assert not closing.done()
        gate.open()
    assert running.result() == "a"
    assert gate.order == ["a"]


async def expect_unavailable(workers: Workers, gate: Gate) -> None:
    with pytest.raises(EngineUnavailable, match="shutting down"):
        await workers.run(gate.work, "b")


async def test_closed_workers_refuse(workers: Workers) -> None:
    await workers.aclose()
    await workers.aclose()
    with pytest.raises(EngineUnavailable, match="shut down"):
        await workers.run(str, 1)


def test_workers_belong_to_no_loop() -> None:
    workers = Workers("test", threads=1, queue_max=1)
    assert [asyncio.run(workers.run(str, number)) for number in (1, 2)] == ["1", "2"]
    asyncio.run(workers.aclose())
