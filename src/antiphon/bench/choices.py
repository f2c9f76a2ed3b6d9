"""What can be chosen with a flag."""

from enum import StrEnum


class Recordings(StrEnum):
    """Which questions are asked."""

    QUESTIONS = "questions"
    PAUSES = "pauses"
    """Two sentences each, the second with a pause inside."""
    READINGS = "readings"
    """By people."""
    ALL = "all"
    """The first two."""


class Sessions(StrEnum):
    """What the sessions do whose number is raised."""

    LISTENING = "listening"
    """Speech is noticed and understood by engines that cost nothing, but for the ears."""
    CONVERSING = "conversing"
    """Questions are asked and answered, with pauses to think."""
    IDLE = "idle"
    """They are open: what one takes of memory."""
    PASSING = "passing"
    """They are opened, used and closed: what is left behind."""
