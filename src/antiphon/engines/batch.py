"""Answers calls of different streams in one go, for networks that cost less by the dozen."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Generic, TypeVar

C = TypeVar("C")
R = TypeVar("R")


@dataclass(slots=True)
class _Batch(Generic[C, R]):
    """Calls that will be answered together, and where their results go."""

    loop: asyncio.AbstractEventLoop
    calls: list[tuple[C, asyncio.Future[R]]] = field(default_factory=list)
    due: asyncio.Handle | None = None


class Batcher(Generic[C, R]):
    """Gathers calls of at most `wait_s` and answers up to `calls_max` of them at once, on the event loop.

    A call that comes alone does not wait: further ones are waited for only right after several came together.
    `perform` gives a result for each call, in their order; what it raises is raised for them all.
    """

    def __init__(self, perform: Callable[[Sequence[C]], Sequence[R]], *, calls_max: int, wait_s: float) -> None:
        self._perform = perform
        self._calls_max = calls_max
        self._wait_s = wait_s
        self._gathering: _Batch[C, R] | None = None
        self._crowded_at = -inf

    def call(self, call: C) -> asyncio.Future[R]:
        """Begin a call; its future holds the result. A cancelled one is left out of the batch it waits in."""
        loop = asyncio.get_running_loop()
        batch = self._gathering
        if batch is None or batch.loop is not loop:  # what another loop left behind is its own
            batch = self._gathering = self._opened(loop)
        answer: asyncio.Future[R] = loop.create_future()
        batch.calls.append((call, answer))
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
        calls = [(call, answer) for call, answer in batch.calls if not answer.done()]
        if not calls:
            return
        try:
            results = self._perform([call for call, _ in calls])
        except Exception as error:  # noqa: BLE001 - raised where the calls are awaited
            for _, answer in calls:
                answer.set_exception(error)
        else:
            for (_, answer), result in zip(calls, results, strict=True):
                answer.set_result(result)
        if len(calls) > 1:
            self._crowded_at = batch.loop.time()
