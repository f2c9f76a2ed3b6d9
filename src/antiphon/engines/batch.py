"""Answers calls of different streams in one go, for networks that cost less by the dozen."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from time import perf_counter
from typing import Generic, TypeVar

from antiphon.engines.effort import Effort, effort

C = TypeVar("C")
R = TypeVar("R")


@dataclass(slots=True)
class _Batch(Generic[C, R]):
    """Calls that will be answered together, where their results go, and for whom that is."""

    loop: asyncio.AbstractEventLoop
    calls: list[tuple[C, asyncio.Future[R], Effort]] = field(default_factory=list)
    due: asyncio.Handle | None = None


class Batcher(Generic[C, R]):
    """Gathers calls of at most `wait_s` and answers up to `calls_max` of them at once, on the event loop.

    A call that comes alone does not wait: further ones are waited for only right after several came together.
    `perform` gives a result for each call, in their order; what it raises is raised for them all. The time it takes,
    on `clock` in seconds, is the effort of all its callers, in equal parts.
    """

    def __init__(
        self,
        perform: Callable[[Sequence[C]], Sequence[R]],
        *,
        calls_max: int,
        wait_s: float,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._perform = perform
        self._clock = clock
        self._calls_max = calls_max
        self._wait_s = wait_s
        self._gathering: _Batch[C, R] | None = None
        self._crowded_at = -inf

    @property
    def waiting(self) -> int:
        """Calls that wait for others to be answered with."""
        return sum(not answer.done() for _, answer, _ in self._gathering.calls) if self._gathering else 0

    def call(self, call: C) -> asyncio.Future[R]:
        """Begin a call; its future holds the result. A cancelled one is left out of the batch it waits in."""
        loop = asyncio.get_running_loop()
        batch = self._gathering
        if batch is None or batch.loop is not loop:  # what another loop left behind is its own
            batch = self._gathering = self._opened(loop)
        answer: asyncio.Future[R] = loop.create_future()
        batch.calls.append((call, answer, effort.get()))
        if len(batch.calls) == self._calls_max:
            self._answer(batch)
        return answer

    def _opened(self, loop: asyncio.AbstractEventLoop) -> _Batch[C, R]:
        batch = _Batch[C, R](loop)
        crowded = loop.time() - self._crowded_at <= self._wait_s
        batch.due = (
            loop.call_later(self._wait_s, self._answer, batch) if crowded else loop.call_soon(self._answer, batch)
        )
        return batch

    def _answer(self, batch: _Batch[C, R]) -> None:
        if self._gathering is batch:
            self._gathering = None
        if batch.due:
            batch.due.cancel()
        calls = [each for each in batch.calls if not each[1].done()]
        if not calls:
            return
        began = self._clock()
        try:
            results = self._perform([call for call, _, _ in calls])
        except Exception as error:  # noqa: BLE001 - raised where the calls are awaited
            for _, answer, _ in calls:
                answer.set_exception(error)
        else:
            for (_, answer, _), result in zip(calls, results, strict=True):
                answer.set_result(result)
        share_s = (self._clock() - began) / len(calls)
        for _, _, whose in calls:
            whose.add(share_s)
        if len(calls) > 1:
            self._crowded_at = batch.loop.time()
