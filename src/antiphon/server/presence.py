"""The connections that are open: how many, and how they are asked to leave (protocol.md 4.7)."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol


class Guest(Protocol):
    """A connection, as far as it matters here."""

    @property
    def owner(self) -> str | None:
        """The name of the key it came with, or its token was made with; None where no key was needed."""

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

    async def ask_to_leave(self, owner: str | None, time_left_s: float) -> int:
        """Send goAway to all of one owner, and to nobody else; gives how many that are."""
        guests = [guest for guest in self._guests if guest.owner == owner]
        await _ask(guests, time_left_s)
        return len(guests)

    async def drain(self, time_left_s: float) -> None:
        """Let nobody in any more, and wait until all have left, or that time is over."""
        self.draining = True
        await _ask(tuple(self._guests), time_left_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(time_left_s):
                await self._empty.wait()


async def _ask(guests: Iterable[Guest], time_left_s: float) -> None:
    await asyncio.gather(*(guest.leave(time_left_s) for guest in guests))
