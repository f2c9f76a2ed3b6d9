"""The connections that are open: how many, and how they are asked to leave (protocol.md 4.7)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol


class Guest(Protocol):
    """A connection, as far as it matters here."""

    async def leave(self, time_left_s: float) -> None:
        """Send goAway; the connection ends after that time."""


class Presence:
    """Who is connected to this server."""

    def __init__(self, sessions_max: int) -> None:
        self._sessions_max = sessions_max
        self._guests: set[Guest] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self.draining = False
        """The server is about to stop: nobody new is let in."""

    def __len__(self) -> int:
        return len(self._guests)

    @property
    def full(self) -> bool:
        """One more connection would be refused."""
        return self.draining or len(self._guests) >= self._sessions_max

    @contextmanager
    def entered(self, guest: Guest) -> Iterator[None]:
        """Count a connection while the block lasts."""
        self._guests.add(guest)
        self._empty.clear()
        try:
            yield
        finally:
            self._guests.remove(guest)
            if not self._guests:
                self._empty.set()

    async def ask_to_leave(self, time_left_s: float) -> int:
        """Send goAway to everybody; gives how many that are."""
        guests = tuple(self._guests)
        await asyncio.gather(*(guest.leave(time_left_s) for guest in guests))
        return len(guests)

    async def drain(self, time_left_s: float) -> None:
        """Let nobody in any more, and wait until all have left, or that time is over."""
        self.draining = True
        await self.ask_to_leave(time_left_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(time_left_s):
                await self._empty.wait()
