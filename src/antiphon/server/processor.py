"""What of the processor this process takes, the engines in it included."""

import time
from collections.abc import Callable

SPAN_S_MIN = 0.5
"""Over which the processor's time is taken: two who ask at once get the same figure."""


class Processor:
    """Measures from one question to the next."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, worked: Callable[[], float] = time.process_time
    ) -> None:
        """`worked` tells the seconds of all cores together that this process has used."""
        self._clock = clock
        self._worked = worked
        self._asked = (clock(), worked())
        self._percent = 0.0

    def percent(self) -> float:
        """Of one core, since it was last asked: 250 when two and a half were busy."""
        now, worked = self._clock(), self._worked()
        then, before = self._asked
        if now - then >= SPAN_S_MIN:
            self._percent = 100 * (worked - before) / (now - then)
            self._asked = (now, worked)
        return self._percent
