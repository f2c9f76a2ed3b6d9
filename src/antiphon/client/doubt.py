"""What was on its way when a reply began: the reply may have known of it, or may not. Pure.

A server that hears somebody speak gives up a reply it has not begun. So one that begins knows of all that the server
had heard by then, and only what was said last can be in doubt.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Doubt:
    """Something that was said and was on its way when a reply began, which may or may not have known of it.

    Times are the caller's clock, in seconds.
    """

    first: int
    last: int
    """The numbers of its messages."""
    heard_apart: bool
    """The reply did not know of it: the server heard it as something else, and has not answered it."""
    until: float = math.inf
    """When the server would have said so."""
    over: bool = False
    """It would have, and has not: it was a part of the question."""

    def passes(self, now: float) -> None:
        """The server sent something now."""
        self.over = self.over or (now >= self.until and not self.heard_apart)


def doubt_about(firsts: Iterable[int], known: int, last: int) -> Doubt | None:
    """Give what is in doubt of things said up to the message `last`, from the numbers with which they begin.

    `known` is the last message the server has understood before the reply, where it says so, else 0.
    """
    later = [first for first in firsts if known < first <= last]
    return Doubt(min(later), last, heard_apart=bool(known)) if later else None
