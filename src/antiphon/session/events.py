"""Everything that can happen to a session.

Positions count 16 kHz samples since the session's audio began. Every event of an engine names the
utterance or turn it belongs to; the session drops it when that is no longer the current one.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NewType

from antiphon.audio.pcm import AudioChunk
from antiphon.errors import RemoteProtocolError
from antiphon.wire.client import ClientMessage

TurnId = NewType("TurnId", int)
UtteranceId = NewType("UtteranceId", int)


class Timer(Enum):
    """What a session can be waiting for by the wall clock."""

    SETUP = "setup"
    STARVATION = "starvation"
    TRANSCRIPT = "transcript"
    REPLY = "reply"
    PLAYBACK = "playback"


@dataclass(frozen=True, slots=True)
class Received:
    """The client sent a message."""

    message: ClientMessage


@dataclass(frozen=True, slots=True)
class Garbled:
    """The client sent something that is not a message."""

    error: RemoteProtocolError


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
class TranscriptionFailed:
    """An utterance could not be recognised."""

    utterance: UtteranceId


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The model gave its first word. `text_tokens` counts the texts of the prompt."""

    turn: TurnId
    text_tokens: int


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
class ReplyFailed:
    """An engine broke while replying."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer asked for by `SetTimer` ran out."""

    timer: Timer


Event = (
    Received
    | Garbled
    | WindowHeard
    | HearingDrained
    | HearingFailed
    | EndJudged
    | Transcribed
    | TranscriptionFailed
    | ReplyStarted
    | ReplyText
    | ReplyAudio
    | ReplyEnded
    | ReplyFailed
    | TimerFired
)
