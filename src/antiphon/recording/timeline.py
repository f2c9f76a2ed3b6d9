"""A session as it was for the people in it: what happened when, on the clock of who recorded it.

All times are in seconds; the recording begins at 0, or later when a file was sent faster than it can be spoken.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

import msgspec

from antiphon.recording.lines import Header
from antiphon.recording.placing import Placed
from antiphon.wire.kinds import JsonObject, wire_scalar
from antiphon.wire.server import UsageMetadata

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Words:
    """Something put into words, and when."""

    start_s: float
    end_s: float
    text: str
    unheard: str = ""
    """What came behind it and was cut off before it was heard."""
    in_writing: bool = False
    final: bool = True
    """False for what the server took back or never completed."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function the model called."""

    start_s: float
    end_s: float | None
    """When it was answered, or nobody waited for it any more."""
    name: str
    args: JsonObject
    result: JsonObject | None = None
    cancelled: bool = False
    id: str | None = None


class MarkKind(StrEnum):
    """What happened at one moment."""

    INTERRUPTED = "interrupted"
    TURN_ENDED = "turn ended"
    GOING_AWAY = "going away"
    LOST = "connection lost"
    RESUMED = "resumed"
    FRESH = "began anew"
    SENT_AGAIN = "sent again"
    DROPPED = "input dropped"
    IMAGE = "image"
    STOPPED = "recording stopped"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, and what there is to say of it."""

    at_s: float
    kind: MarkKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply of the model and what it answers."""

    number: int
    """From 1."""
    start_s: float
    end_s: float
    heard: str
    said: str
    unheard: str = ""
    asked_s: float | None = None
    """When the user had finished speaking or writing."""
    first_s: float | None = None
    """When the first sound was heard, or the first word came in writing."""
    interrupted: bool = False
    complete: bool = False
    reason: str | None = None
    usage: UsageMetadata | None = None

    @property
    def latency_s(self) -> float | None:
        """From the end of the user's speech to the first sound."""
        return None if self.asked_s is None or self.first_s is None else self.first_s - self.asked_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything there is to see of a session, each kind in the order of its time."""

    header: Header
    model: str | None
    seconds: float
    finished: bool
    """The recording was closed; otherwise what wrote it was killed or stopped."""
    speech: tuple[Span, ...]
    """Where the user spoke, judged by loudness."""
    wrote: tuple[Words, ...]
    """What the user put in writing."""
    heard: tuple[Words, ...]
    thoughts: tuple[Words, ...]
    said: tuple[Words, ...]
    calls: tuple[Call, ...]
    marks: tuple[Mark, ...]
    connected: tuple[Span, ...]
    turns: tuple[Turn, ...]
    user_sound: tuple[Placed, ...] = field(repr=False)
    model_sound: tuple[Placed, ...] = field(repr=False)

    def facts(self) -> dict[str, object]:
        """All but the sound, as JSON values."""
        names = ("speech", "wrote", "heard", "thoughts", "said", "calls", "marks", "connected", "turns")
        found = {name: _rounded(_builtins(getattr(self, name))) for name in names}
        for turn, told in zip(self.turns, found["turns"], strict=True):
            told["latency_ms"] = None if turn.latency_s is None else round(turn.latency_s * 1_000)
        return {
            "antiphon": self.header.antiphon,
            "seen_from": self.header.seen_from.value,
            "endpoint": self.header.endpoint,
            "started_at": self.header.started_at.isoformat(),
            "model": self.model,
            "seconds": round(self.seconds, 3),
            "finished": self.finished,
            **found,
        }


def _builtins(values: Iterable[object]) -> list[dict[str, object]]:
    return [msgspec.to_builtins(value, enc_hook=wire_scalar) for value in values]


def _rounded(value: T) -> T:
    """Times to the millisecond."""
    match value:
        case dict():
            return {key: _rounded(item) for key, item in value.items()}  # type: ignore[return-value]
        case list():
            return [_rounded(item) for item in value]  # type: ignore[return-value]
        case float():
            return round(value, 3)  # type: ignore[return-value]
        case _:
            return value
