"""A clock that tests move."""

from dataclasses import dataclass


@dataclass
class Clock:
    """Tells `now`, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now
