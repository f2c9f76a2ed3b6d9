"""The connections that are open: how many, and how they are asked to leave (protocol.md 4.7)."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from starlette.requests import Request

from antiphon.runtime.sights import Sights
from antiphon.runtime.trace import TurnTimes
from antiphon.server.course import Course
from antiphon.server.refusals import Kind, Refused
from antiphon.wire.dialect import Dialect

TIME_LEFT_S_MIN, TIME_LEFT_S_MAX = 0.1, 3_600.0
"""What a client may be given to leave."""


class Guest(Protocol):
    """A connection, as far as it matters here."""

    @property
    def id(self) -> str:
        """Of its session."""

    @property
    def dialect(self) -> Dialect:
        """The product whose client it is."""

    @property
    def course(self) -> Course:
        """How far its session has come."""

    @property
    def last_turn(self) -> TurnTimes | None:
        """Of its session's turns the last that has begun to sound."""

    @property
    def load(self) -> float:
        """Engines at work for its session, lately (`Effort.load`)."""

    @property
    def watch(self) -> str | None:
        """The name under which its client wants to watch it."""

    @property
    def sights(self) -> Sights:
        """What can be seen of its session."""

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
        """Nobody new is let in."""
        self.stopping = False
        """... and will not be any more."""

    def __len__(self) -> int:
        return len(self._guests)

    def __iter__(self) -> Iterator[Guest]:
        """The connections, those that came first before the others."""
        return iter(sorted(self._guests, key=lambda guest: guest.course.began))

    @property
    def full(self) -> bool:
        """One more connection would be refused."""
        return self.draining or len(self._guests) >= self._sessions_max

    def watchable(self, owner: str | None, watch: str) -> Guest | None:
        """The connection of that owner which is to be watched under that name."""
        return next((guest for guest in self._guests if (guest.owner, guest.watch) == (owner, watch)), None)

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

    async def empty(self, time_left_s: float) -> int:
        """Let nobody in until `resume`, and send goAway to all; gives how many that are."""
        self.draining = True
        guests = tuple(self._guests)
        await _ask(guests, time_left_s)
        return len(guests)

    def resume(self) -> bool:
        """Let clients in again; False when the server is about to stop."""
        self.draining = self.stopping
        return not self.stopping

    async def drain(self, time_left_s: float) -> None:
        """Let nobody in any more, and wait until all have left, or that time is over."""
        self.stopping = True
        await self.empty(time_left_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(time_left_s):
                await self._empty.wait()


def time_left_asked(request: Request, usual_s: float) -> float:
    """What a request gives clients to leave, in seconds: `?time_left_s=5`; raises Refused."""
    asked = request.query_params.get("time_left_s", str(usual_s))
    try:
        time_left_s = float(asked)
    except ValueError:
        time_left_s = -1.0
    if not TIME_LEFT_S_MIN <= time_left_s <= TIME_LEFT_S_MAX:
        span = f"{TIME_LEFT_S_MIN:g}..{TIME_LEFT_S_MAX:g}"
        raise Refused(Kind.INVALID_ARGUMENT, f"time_left_s: {asked[:20]!r} is not in {span} seconds")
    return time_left_s


async def _ask(guests: Iterable[Guest], time_left_s: float) -> None:
    await asyncio.gather(*(guest.leave(time_left_s) for guest in guests))
