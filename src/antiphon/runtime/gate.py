"""Pauses the reading of a socket while the ears are behind: a safety valve with two marks."""

import asyncio


class Gate:
    """Shuts above the high mark, opens again below the low one; in between it stays as it is."""

    def __init__(self, high: float, low: float) -> None:
        self._high = high
        self._low = low
        self._open = asyncio.Event()
        self._open.set()

    def level(self, waiting: float) -> None:
        """Tell how much is waiting."""
        if waiting > self._high:
            self._open.clear()
        elif waiting <= self._low:
            self._open.set()

    async def passed(self) -> None:
        """Return once the gate is open."""
        await self._open.wait()
