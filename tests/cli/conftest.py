"""The command as a user runs it, in this process: arguments in; exit status, stdout and stderr out."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from antiphon.cli.main import run


@dataclass(frozen=True)
class Finished:
    status: int
    out: str
    err: str


Antiphon = Callable[..., Awaitable[Finished]]


@pytest.fixture
def antiphon(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Antiphon:
    """Run `antiphon …` in a thread, where it may have a loop of its own beside the test's."""

    def call() -> int:
        try:
            run()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 0
        return 0

    async def antiphon(*arguments: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["antiphon", *map(str, arguments)])
        capfd.readouterr()
        status = await asyncio.wait_for(asyncio.to_thread(call), 20)
        return Finished(status, *capfd.readouterr())

    monkeypatch.setenv("COLUMNS", "80")
    return antiphon
