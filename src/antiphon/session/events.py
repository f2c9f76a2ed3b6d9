"""Everything that can happen to a session.

Positions count 16 kHz samples since the session's audio began. Every event of an engine names the
utterance or turn it belongs to; the session drops it when that is no longer the current one.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NewType

from antiphon.audio.pcm import AudioChunk
from antiphon.errors import RemoteProtocolError
from antiphon.session.snapshot import Snapshot
from antiphon.wire.client import ClientMessage
from antiphon.wire.content import FunctionCall

TurnId = NewType("TurnId", int)
UtteranceId = NewType("UtteranceId", int)


class Timer(Enum):
    """What a session can be waiting for by the wall clock."""

    SETUP = "setup"
    STARVATION = "starvation"
    TRANSCRIPT = "transcript"
    REPLY = "reply"
    PLAYBACK = "playback"
    CALLS = "calls"
    AGE = "age"
    DEPARTURE = "departure"


@dataclass(frozen=True, slots=True)
class Received:
    """The client sent a message."""

    message: ClientMessage


@dataclass(frozen=True, slots=True)
class Garbled:
    """The client sent something that is not a message."""

    error: RemoteProtocolError


@dataclass(frozen=True, slots=True)
class Recalled:
    """The session a client resumes was looked up; None: there is none by that handle."""

    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot is safe under this handle; None: it could not be kept."""

    handle: str | None


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another connection resumes this very session."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The client should go elsewhere within this time, in seconds."""

    time_left_s: float


@dataclass(frozen=True, slots=True)
class WindowHeard:
    """The ears judged one window that ends at `position`."""

    position: int
    probability: float


@dataclass(frozen=True, slots=True)
class HearingDrained:
    """The ears have judged all audio up to an end of stream."""

    position: int


@dataclass(frozen=True, slots=True)
class HearingFailed:
    """The ears broke: nothing more will be heard."""


@dataclass(frozen=True, slots=True)
class EndJudged:
    """The end-of-turn model's opinion of the pause that began at `pause`."""

    pause: int
    probability: float


@dataclass(frozen=True, slots=True)
class Transcribed:
    """An utterance was recognised; an empty text means there were no words in it."""

    utterance: UtteranceId
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Glimpsed:
    """What the speech since `start` sounds like so far."""

    start: int
    text: str


@dataclass(frozen=True, slots=True)
class TranscriptionFailed:
    """An utterance could not be recognised."""

    utterance: UtteranceId


@dataclass(frozen=True, slots=True)
class Weighed:
    """The tokens of each text that was asked about, and how many the model can take in all, if that is known."""

    turn: TurnId
    tokens: tuple[int, ...]
    capacity: int | None


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The model gave its first word."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class ReplyReached:
    """The first of a reply has left for the client."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class ReplyThought:
    """The next piece of the model's reasoning."""

    turn: TurnId
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class ReplyText:
    """The next words of a reply; in a spoken reply the audio that follows speaks them."""

    turn: TurnId
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class ReplyAudio:
    """The next stretch of a spoken reply."""

    turn: TurnId
    audio: AudioChunk


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The model has said everything."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class ReplyCalls:
    """The model wants functions called, after what it said. The end of a reply."""

    turn: TurnId
    calls: tuple[FunctionCall, ...]


class ReplyFault(Enum):
    """Why there is no reply."""

    ENGINE = "an engine broke"
    MALFORMED_CALL = "the model wrote a call that nobody can make"
    CONTEXT_FULL = "the conversation is too long for the model"


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """There is no reply, or no more of it."""

    turn: TurnId
    fault: ReplyFault = ReplyFault.ENGINE


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer asked for by `SetTimer` ran out."""

    timer: Timer


HearingEvent = WindowHeard | HearingDrained | HearingFailed | EndJudged | Glimpsed | Transcribed | TranscriptionFailed
"""From the ears."""

ReplyEvent = ReplyStarted | ReplyThought | ReplyText | ReplyAudio | ReplyEnded | ReplyCalls | ReplyFailed
"""From the brain and the voice; each names its turn."""

Event = (
    Received | Garbled | Recalled | Kept | Superseded | Leave | TimerFired | Weighed | ReplyReached
    | HearingEvent | ReplyEvent
)  # fmt: skip
