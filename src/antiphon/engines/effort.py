"""For whom engines work, and how much: what one session costs (docs/operating.md).

A session names its Effort in the context of its own task; all its tasks inherit it, and the calls they begin carry it
to wherever the work is done. So no engine has to be told whose stream it serves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import exp
from threading import Lock
from time import monotonic

FADES_S = 60.0
"""Work counts for less the longer ago it was done: after this time for a little more than a third."""
_AGE_S_MIN = 1.0
"""Of one that is asked at once: what was done in a moment is no load yet."""


class Effort:
    """What engines do for one session. Threads tell it, the loop asks it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """`clock` tells seconds, from any moment on."""
        self._clock = clock
        self._lock = Lock()
        self._began = self._then = clock()
        self._running = 0
        self._worked_s = 0.0
        """What of it was not faded `then`."""

    @contextmanager
    def working(self) -> Iterator[None]:
        """An engine works for it while the block lasts; counts from its beginning, not from its end."""
        self._note(calls=1)
        try:
            yield
        finally:
            self._note(calls=-1)

    def add(self, seconds: float) -> None:
        """Count work that is done."""
        self._note(seconds=seconds)

    def load(self) -> float:
        """Engines at work for it on average, lately: 1.0 when one was all the time."""
        self._note()
        age_s = max(self._then - self._began, _AGE_S_MIN)
        return self._worked_s / (FADES_S * (1 - exp(-age_s / FADES_S)))

    def _note(self, *, calls: int = 0, seconds: float = 0.0) -> None:
        with self._lock:
            now = self._clock()
            kept = exp((self._then - now) / FADES_S)
            self._worked_s = self._worked_s * kept + self._running * FADES_S * (1 - kept) + seconds
            self._then = now
            self._running += calls


NOBODYS = Effort()
"""What is done for no session: warming up, tools."""

effort: ContextVar[Effort] = ContextVar("effort", default=NOBODYS)
"""Of whoever runs now."""
