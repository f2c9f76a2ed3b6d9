"""What this process takes of its machine, the engines in it included."""

import os
import time
from collections.abc import Callable
from pathlib import Path

SPAN_S_MIN = 0.5
"""Over which the processor's time is taken: two who ask at once get the same figure."""

_STATM = Path("/proc/self/statm")
"""Linux's figures of a process, in pages; the second is what is in memory."""


class Load:
    """Measures from one question to the next."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, worked: Callable[[], float] = time.process_time
    ) -> None:
        """`worked` tells the seconds of all cores together that this process has used."""
        self._clock = clock
        self._worked = worked
        self._asked = (clock(), worked())
        self._percent = 0.0

    def cpu_percent(self) -> float:
        """Of one core, since it was last asked: 250 when two and a half were busy."""
        now, worked = self._clock(), self._worked()
        then, before = self._asked
        if now - then >= SPAN_S_MIN:
            self._percent = 100 * (worked - before) / (now - then)
            self._asked = (now, worked)
        return self._percent


def memory_bytes() -> int | None:
    """What of this process is in memory; None where the system does not say."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return None
