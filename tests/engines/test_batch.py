import asyncio
from collections.abc import Sequence

from antiphon.engines.batch import Batcher
from antiphon.engines.effort import Effort, effort

WAIT_S = 5.0
LONG_S = 3_600.0


class Doubler:
    """Doubles numbers, and remembers which came together."""

    def __init__(self, calls_max: int = 4, wait_s: float = 0.0) -> None:
        self.batches: list[list[int]] = []
        self.fault: Exception | None = None
        self.now = 0.0
        self.batcher = Batcher(self._double, calls_max=calls_max, wait_s=wait_s, clock=lambda: self.now)

    def _double(self, calls: Sequence[int]) -> list[int]:
        self.now += 6.0
        self.batches.append(list(calls))
        if self.fault:
            raise self.fault
        return [2 * call for call in calls]

    async def called(self, call: int) -> int:
        return await self.batcher.call(call)

    async def all(self, *calls: int) -> list[int]:
        async with asyncio.timeout(WAIT_S):
            return await asyncio.gather(*map(self.batcher.call, calls))


async def test_calls_of_one_moment_are_answered_together_each_with_its_own_result():
    doubler = Doubler()
    assert await doubler.all(1, 2, 3) == [2, 4, 6]
    assert doubler.batches == [[1, 2, 3]]


async def test_no_more_than_allowed_come_together():
    doubler = Doubler(calls_max=2)
    assert await doubler.all(1, 2, 3, 4, 5) == [2, 4, 6, 8, 10]
    assert doubler.batches == [[1, 2], [3, 4], [5]]


async def test_who_comes_alone_never_waits_for_others():
    doubler = Doubler(wait_s=LONG_S)
    for number in range(3):
        assert await doubler.all(number) == [2 * number]


async def test_after_a_crowd_further_calls_are_waited_for():
    doubler = Doubler(calls_max=3, wait_s=LONG_S)
    await doubler.all(1, 2)
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        tasks = [group.create_task(doubler.called(3))]
        for _ in range(10):
            await asyncio.sleep(0)
        assert not tasks[0].done()
        tasks += [group.create_task(doubler.called(number)) for number in (4, 5)]
    assert [task.result() for task in tasks] == [6, 8, 10]
    assert doubler.batches == [[1, 2], [3, 4, 5]]


async def test_and_no_longer_than_that():
    doubler = Doubler(wait_s=0.001)
    await doubler.all(1, 2)
    assert await doubler.all(3) == [6]


async def test_a_cancelled_call_is_left_out_and_harms_nobody():
    doubler = Doubler()
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        tasks = [group.create_task(doubler.called(number)) for number in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
    assert doubler.batches == [[0, 2]]
    assert (tasks[0].result(), tasks[2].result()) == (0, 4)


async def test_when_all_are_cancelled_there_is_nothing_to_do():
    doubler = Doubler()
    async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as group:
        task = group.create_task(doubler.called(1))
        await asyncio.sleep(0)
        task.cancel()
    assert await doubler.all(2) == [4]
    assert doubler.batches == [[2]]


async def test_a_fault_is_raised_for_each_call_of_its_batch_and_for_no_later_one():
    doubler = Doubler()
    doubler.fault = ValueError("bad")
    async with asyncio.timeout(WAIT_S):
        outcomes = await asyncio.gather(*map(doubler.batcher.call, (1, 2)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError, ValueError]
    doubler.fault = None
    assert await doubler.all(3) == [6]


def test_what_a_loop_left_behind_keeps_no_other_from_its_answers():
    doubler = Doubler()
    loop = asyncio.new_event_loop()
    left = loop.create_task(doubler.called(1))
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert not left.done()
    assert asyncio.run(doubler.all(2)) == [4]
    assert loop.run_until_complete(left) == 2
    loop.close()


class Added(Effort):
    """Remembers what was added."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def add(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def test_its_time_is_the_effort_of_all_who_called_in_equal_parts():
    async def called(whose: Added, number: int) -> int:
        effort.set(whose)
        return await doubler.called(number)

    doubler, efforts = Doubler(), [Added() for _ in range(3)]
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(*(called(whose, number) for number, whose in enumerate(efforts)))
        assert [whose.seconds for whose in efforts] == [[2.0]] * 3
        await called(efforts[0], 4)
        doubler.fault = ValueError("bad")
        await asyncio.gather(called(efforts[1], 5), return_exceptions=True)
    assert [whose.seconds for whose in efforts] == [[2.0, 6.0], [2.0, 6.0], [2.0]]


async def test_calls_that_are_gathered_wait_until_they_are_answered():
    doubler = Doubler(calls_max=3, wait_s=LONG_S)
    assert doubler.batcher.waiting == 0
    await doubler.all(1, 2)
    answers = [doubler.batcher.call(number) for number in (3, 4)]
    assert doubler.batcher.waiting == 2
    answers[0].cancel()
    assert doubler.batcher.waiting == 1
    answers.append(doubler.batcher.call(5))
    assert doubler.batcher.waiting == 0
    assert [await answer for answer in answers[1:]] == [8, 10]
