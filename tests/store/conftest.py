"""A store in a directory of its own, at a time the test sets."""

from collections.abc import AsyncIterator

import pytest

from antiphon.config import Settings, load_settings
from antiphon.store.contracts import Store
from antiphon.store.sqlite import open_store
from tests.clock import Clock

NOW = 1_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def settings() -> Settings:
    return load_settings(tokens={"tokens_max": 3}, resumption={"handles_max": 2})


@pytest.fixture
async def store(settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    store = await open_store(settings, clock)
    yield store
    await store.aclose()


@pytest.fixture
async def other(settings: Settings, clock: Clock, store: Store) -> AsyncIterator[Store]:
    """The same file, opened as another process would."""
    other = await open_store(settings, clock)
    yield other
    await other.aclose()
