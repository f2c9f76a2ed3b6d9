"""The fake as a fixture; other packages take `fake_google` from fake.py."""

from collections.abc import AsyncIterator

import pytest

from tests.google.fake import SWITCHES, FakeGoogle, fake_google


@pytest.fixture
async def google(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeGoogle]:
    """Google, where this process looks for it."""
    async with fake_google() as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", True)  # read at import
        for name in SWITCHES:
            monkeypatch.delenv(name, raising=False)
        yield running
