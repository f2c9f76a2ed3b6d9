"""What the conformance suite for engines asks again and again; a broken promise raises AssertionError."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing

import numpy as np

from antiphon.engines.contracts import LlmOutput
from antiphon.errors import EngineError

STOP_S_MAX = 0.1
"""From a cancellation to its end (contracts)."""

_UNDERWAY_S = 0.01
"""How long a call has been running when it is cancelled."""
_SAME = 1e-3
"""How far two probabilities of the same thing may differ."""


async def check_stops(call: Callable[[], Awaitable[object]], name: str) -> None:
    """Cancel the call while it runs: it must end within 100 ms, and the next one must still succeed."""

    async def run() -> None:
        await call()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(run())
        await asyncio.wait({task}, timeout=_UNDERWAY_S)
        cancelled_at = now()
        task.cancel()
        await asyncio.wait({task})
        took = now() - cancelled_at
    require(took <= STOP_S_MAX, f"a cancelled {name} ends after {took * 1_000:.0f} ms, not within 100")
    await call()


async def require_refused(call: Callable[[], Awaitable[object]], what: str) -> None:
    """It has to end with an EngineError."""
    try:
        await call()
    except EngineError:
        return
    except Exception as error:
        raise AssertionError(f"{what} raises {error!r}, which is not an EngineError") from error
    raise AssertionError(f"{what} is accepted")


async def consume(outputs: AsyncGenerator[object, None]) -> None:
    """Take all there is."""
    async with aclosing(outputs) as items:
        async for _ in items:
            continue


async def goes_on(outputs: AsyncGenerator[object, None]) -> bool:
    """Whether something comes next."""
    try:
        await anext(outputs)
    except (StopAsyncIteration, EngineError):
        return False
    return True


def now() -> float:
    """Seconds on the loop's clock."""
    return asyncio.get_running_loop().time()


def require(kept: bool, promise: str) -> None:
    """Say which promise was broken."""
    if not kept:
        raise AssertionError(promise)


def require_outputs(outputs: Iterable[object]) -> None:
    """Of a language model."""
    for output in outputs:
        require(isinstance(output, LlmOutput), f"{output!r} is no LlmOutput")


def require_close(those: list[float], these: list[float], promise: str) -> None:
    """Probabilities of the same sound."""
    require(len(those) == len(these) and np.allclose(those, these, atol=_SAME), promise)
