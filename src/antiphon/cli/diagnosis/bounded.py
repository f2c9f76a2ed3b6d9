"""Blocking work with a bound: a driver or a resolver that hangs must not keep the command from ending."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], wait_s: float) -> T:
    """Do blocking work in a thread; raises what it raises, and TimeoutError after so many seconds.

    Unlike those of asyncio.to_thread the thread is not waited for when the program ends.
    """
    done: Future[T] = Future()

    def worked() -> None:
        done.set_running_or_notify_cancel()
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is waited for
            done.set_exception(error)

    Thread(target=worked, name="doctor", daemon=True).start()
    try:
        async with asyncio.timeout(wait_s):
            return await asyncio.wrap_future(done)
    except TimeoutError:
        if done.done():
            raise
        raise TimeoutError(f"no answer within {wait_s:g} s") from None
