"""What a session waits for by the wall clock, and tells its inbox of."""

import asyncio
from math import inf

from antiphon.runtime.channel import Channel
from antiphon.session.events import Event, Timer, TimerFired


class Alarm:
    """All timers of a session on one timer of the loop. Belongs to the loop that is running when it is made.

    A timer that is put off, as most are again and again, costs a line in a table: the loop's own is never moved to a
    later moment, it rings for nobody.
    """

    def __init__(self, inbox: Channel[Event]) -> None:
        self._inbox = inbox
        self._loop = asyncio.get_running_loop()
        self._times: dict[Timer, float] = {}
        self._rung: set[Timer] = set()
        """What the inbox was told of, and the session was not yet."""
        self._rings_at = inf
        self._handle: asyncio.TimerHandle | None = None

    def set(self, timer: Timer, at: float) -> None:
        """Ring at a moment of the loop's clock, and at no other that was set before."""
        self._rung.discard(timer)
        self._times[timer] = at
        if at < self._rings_at:
            self._ring_at(at)

    def clear(self, timer: Timer) -> None:
        """Do not ring."""
        self._rung.discard(timer)
        self._times.pop(timer, None)

    def rang(self, timer: Timer) -> bool:
        """Whether what the inbox tells still holds: the timer may have been set anew or cleared since. Ask once."""
        holds = timer in self._rung
        self._rung.discard(timer)
        return holds

    def close(self) -> None:
        """Never ring again."""
        self._times.clear()
        if self._handle is not None:
            self._handle.cancel()

    def _ring_at(self, at: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._rings_at, self._handle = at, self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        now = self._loop.time()
        for timer in [timer for timer, at in self._times.items() if at <= now]:
            del self._times[timer]
            self._rung.add(timer)
            self._inbox.push(TimerFired(timer))
        self._rings_at, self._handle = inf, None
        if self._times:
            self._ring_at(min(self._times.values()))
