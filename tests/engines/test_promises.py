"""What is asked of every engine says which promise was broken."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from antiphon.engines.contracts import TextDelta
from antiphon.engines.promises import (
    STOP_S_MAX,
    check_stops,
    consume,
    goes_on,
    require,
    require_close,
    require_outputs,
    require_refused,
)
from antiphon.errors import EngineFailed


async def counting(end: int, *, fails: bool = False) -> AsyncGenerator[int, None]:
    for number in range(end):
        yield number
    if fails:
        raise EngineFailed("broken")


def raising(error: Exception | None) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        if error:
            raise error

    return call


class Lingering:
    """Runs until it is cancelled, and then for a while longer."""

    def __init__(self, lingers_s: float) -> None:
        self._lingers_s = lingers_s
        self._cancelled = False

    async def __call__(self) -> None:
        if self._cancelled:
            return
        try:
            await asyncio.Event().wait()
        finally:
            self._cancelled = True
            passed = asyncio.Event()
            asyncio.get_running_loop().call_later(self._lingers_s, passed.set)
            await passed.wait()


def test_a_promise_is_kept_or_named() -> None:
    require(True, "kept")
    with pytest.raises(AssertionError, match=r"^broken$"):
        require(False, "broken")


def test_probabilities_are_the_same_within_a_little() -> None:
    require_close([0.5], [0.5001], "near")
    for those in ([0.5, 0.5], [0.6]):
        with pytest.raises(AssertionError, match=r"^apart$"):
            require_close(those, [0.5], "apart")


def test_outputs_are_those_of_a_language_model() -> None:
    require_outputs([TextDelta("Hi.")])
    with pytest.raises(AssertionError, match=r"'Hi\.' is no LlmOutput"):
        require_outputs(["Hi."])


async def test_a_refusal_is_an_engine_error() -> None:
    await require_refused(raising(EngineFailed("no")), "a fault")
    with pytest.raises(AssertionError, match="a fault is accepted"):
        await require_refused(raising(None), "a fault")
    with pytest.raises(AssertionError, match="not an EngineError"):
        await require_refused(raising(KeyError("no")), "a fault")


async def test_a_call_ends_soon_after_it_was_cancelled() -> None:
    await check_stops(Lingering(0.0), "call")
    with pytest.raises(AssertionError, match="a cancelled call ends after"):
        await check_stops(Lingering(2 * STOP_S_MAX), "call")


async def test_whether_something_comes_next() -> None:
    outputs = counting(2)
    assert await goes_on(outputs)
    await consume(outputs)
    assert not await goes_on(outputs)
    assert not await goes_on(counting(0, fails=True))
