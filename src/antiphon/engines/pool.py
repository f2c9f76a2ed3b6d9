"""Runs blocking engine calls in a few threads, first come first served, with a bounded queue."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any, Generic, TypeVar, TypeVarTuple

from antiphon.engines.effort import Effort, effort
from antiphon.errors import EngineBusy, EngineError, EngineFailed, EngineUnavailable

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class _Call(Generic[T]):
    """One call: the work, for whom it is done, and where its result goes."""

    def __init__(self, work: Callable[[], T], effort: Effort) -> None:
        self.future: Future[T] = Future()
        self._work = work
        self._effort = effort

    def perform(self) -> Callable[[], None]:
        """Run the work unless its caller has gone; gives what tells the caller.

        Never raises: its thread has other calls to serve.
        """
        if not self.future.set_running_or_notify_cancel():
            return lambda: None
        try:
            with self._effort.working():
                result = self._work()
        except BaseException as error:  # noqa: BLE001 - raised where the call is awaited
            return partial(self.future.set_exception, error)
        return partial(self.future.set_result, result)


class Workers:
    """Threads that serve one engine.

    Belongs to no event loop. Cancelling a waiting call frees its place at once; a call that runs
    already is left to finish in its thread, and its result is dropped.
    """

    def __init__(self, name: str, threads: int, queue_max: int) -> None:
        self._name = name
        self._threads = threads
        self._queue_max = queue_max
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._lock = Lock()
        self._serving = 0
        self._waiting: deque[_Call[Any]] = deque()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Calls that wait for a thread."""
        return len(self._waiting)

    async def run(self, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Call `work(*args)` in a thread.

        Raises EngineBusy when `queue_max` calls wait already, EngineUnavailable after `aclose`, and
        EngineFailed, chained, for whatever `work` raises that is not an EngineError.
        """
        return await self.submit(work, *args)

    def submit(self, work: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Begin `run` without waiting for its end, for work that delivers before it returns."""

        def guarded() -> T:
            try:
                return work(*args)
            except EngineError:
                raise
            except Exception as error:
                raise EngineFailed(f"{self._name}: {error!r}") from error

        call = _Call(guarded, effort.get())
        self._admit(call)
        future = asyncio.wrap_future(call.future)
        future.add_done_callback(lambda _: self._forget(call))
        return future

    async def aclose(self) -> None:
        """Refuse what waits, and return when the running calls have ended."""
        with self._lock:
            self._closed = True
            refused = list(self._waiting)
            self._waiting.clear()
        for call in refused:
            if call.future.set_running_or_notify_cancel():
                call.future.set_exception(EngineUnavailable(f"{self._name} is shutting down"))
        await asyncio.to_thread(self._executor.shutdown)

    def _admit(self, call: _Call[Any]) -> None:
        with self._lock:
            if self._closed:
                raise EngineUnavailable(f"{self._name} is shut down")
            if self._serving < self._threads:
                self._serving += 1
                self._executor.submit(self._serve, call)
            elif len(self._waiting) < self._queue_max:
                self._waiting.append(call)
            else:
                raise EngineBusy(f"{self._name}: {self._queue_max} calls are waiting already")

    def _serve(self, call: _Call[Any]) -> None:
        """Perform a call, then those that queued up meanwhile. Runs in a thread."""
        following: _Call[Any] | None = call
        while following is not None:
            tell = following.perform()
            following = self._following()
            tell()  # after its place is free: who hears of the end may call again at once

    def _following(self) -> _Call[Any] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._serving -= 1
            return None

    def _forget(self, call: _Call[Any]) -> None:
        with self._lock:
            if call in self._waiting:
                self._waiting.remove(call)
