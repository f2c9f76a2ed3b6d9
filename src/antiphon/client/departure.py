"""When a connection is left of our own accord: before the server cuts it, best when nothing is going on.

A server announces the end of a connection (goAway, protocol.md 4.7), or is known to cut at an age.
"""

import asyncio
from typing import NoReturn

from antiphon.config import Client
from antiphon.errors import AntiphonError


class Leaving(AntiphonError):
    """We leave a connection that the server is about to end."""


class Departure:
    """Of one connection, which begins now."""

    def __init__(self, cut_s: float | None, limits: Client) -> None:
        self._cut_s = cut_s
        self._limits = limits
        self._leave_by = 0.0
        self._until: asyncio.Timeout | None = None
        self._announced = asyncio.Event()
        self._rested = asyncio.Event()

    @property
    def is_announced(self) -> bool:
        """The server said that it will close the connection."""
        return self._announced.is_set()

    def announced(self, time_left_s: float | None) -> None:
        """The server said so now, with the time that is left."""
        left_s = time_left_s if time_left_s is not None else self._limits.leave_notice_s
        leave_by = _now() + max(0.0, left_s - self._limits.leave_margin_s)
        self._leave_by = min(self._leave_by, leave_by) if self._until is not None else leave_by
        self._announced.set()
        if self._until is not None:
            self._until.reschedule(self._leave_by)

    def rests(self, at_rest: bool) -> None:
        """Say whether another connection could take over with nothing lost."""
        if at_rest:
            self._rested.set()
        else:
            self._rested.clear()

    async def due(self) -> NoReturn:
        """Wait until it is time; then raise Leaving."""
        await self._until_known()
        try:
            async with asyncio.timeout_at(self._leave_by) as self._until:
                await self._rested.wait()
        except TimeoutError:
            raise Leaving("the server is about to close the connection; the turn could not be awaited") from None
        finally:
            self._until = None
        raise Leaving("the server is about to close the connection")

    async def _until_known(self) -> None:
        limits, cut_s = self._limits, self._cut_s
        if cut_s is None:
            await self._announced.wait()
            return
        try:
            async with asyncio.timeout(max(0.0, cut_s - limits.leave_notice_s)):
                await self._announced.wait()
        except TimeoutError:
            self._leave_by = _now() + min(cut_s, limits.leave_notice_s) - limits.leave_margin_s


def _now() -> float:
    return asyncio.get_running_loop().time()
