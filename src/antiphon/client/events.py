"""What a session tells its caller: a closed union of values, each one thing that happened.

What the model says comes in the order it is to be shown and played. Times are in seconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from antiphon.audio.pcm import AudioChunk
from antiphon.wire.content import FunctionCall
from antiphon.wire.server import ServerMessage, UsageMetadata


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of the user, as the server understood them: a delta to append as it is."""

    text: str
    finished: bool = False
    """The utterance is complete."""


@dataclass(frozen=True, slots=True)
class HearingSoFar:
    """All of the utterance under way that is understood so far; the next one, or Heard, replaces it."""

    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of the model's voice, to be played after those before it."""

    audio: AudioChunk


@dataclass(frozen=True, slots=True)
class Said:
    """Words the model's voice speaks: a delta to append as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """Words the model answers in writing: a delta to append as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """A summary of what the model thinks: not a part of the answer, never to be spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The model wants a function called; answer with `send_tool_result(call, ...)`. The id is always set."""

    call: FunctionCall


@dataclass(frozen=True, slots=True)
class ToolCallsCancelled:
    """Nobody waits for these any more: stop them, undo them if that is possible. Answers to them are ignored."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The reply ends here: stop playing, and throw away what is not played yet."""


@dataclass(frozen=True, slots=True)
class Generated:
    """The reply is complete; there may be some of it left to play."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The model gave the floor back."""

    number: int
    """Of the turns of this session that ended, from 1."""
    interrupted: bool = False
    reason: str | None = None
    """Why, when it is not simply finished (`turnCompleteReason`)."""
    in_progress: bool = False
    """The model goes on by itself (`interactionStatus`)."""
    first_sound_s: float | None = None
    """From the end of the user's speech or text to the first sound of the reply; None without either."""
    first_text_s: float | None = None
    usage: UsageMetadata | None = None


@dataclass(frozen=True, slots=True)
class UserActivity:
    """The server took the user to begin or to finish speaking, where it was asked to tell (`explicitVadSignal`)."""

    speaking: bool
    offset_s: float | None = None
    """Into the audio sent on this connection."""


@dataclass(frozen=True, slots=True)
class GoingAway:
    """The server will close the connection; the session moves to another one by itself."""

    time_left_s: float | None


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """The connection is lost or left; what is sent meanwhile is kept."""

    why: str
    attempt: int = 1
    wait_s: float = 0.0
    """Until this attempt begins."""


class Continuation(StrEnum):
    """How a session went on after its connection."""

    RESUMED = "resumed"
    """With all that the server had kept of it."""
    FRESH = "fresh"
    """As a new session, told what was said so far as text."""


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The session goes on, on another connection."""

    how: Continuation
    down_s: float
    """Without a connection."""
    replayed_s: float
    """Of the user's audio that was sent again, because nobody knew whether it had been heard."""
    reply_lost: bool
    """A reply had begun and cannot be finished: stop playing and forget it, as with Interrupted.

    It is made anew, unless its question was dropped meanwhile (InputDropped).
    """


@dataclass(frozen=True, slots=True)
class InputDropped:
    """Some of what was sent will never be heard by the server, or may not have been: `why` says which.

    Positions are in seconds of the audio sent since the session began.
    """

    from_s: float
    to_s: float
    messages: int
    """How many messages, audio or not."""
    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The session is open: the first event."""

    endpoint: str
    """Scheme, host and port."""
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """What has no event of its own: grounding, URL contexts, usage alone, code the model ran."""

    message: ServerMessage = field(repr=False)


Event = (
    Opened
    | Heard
    | HearingSoFar
    | Sound
    | Said
    | Wrote
    | Thought
    | ToolCalled
    | ToolCallsCancelled
    | Interrupted
    | Generated
    | TurnEnded
    | UserActivity
    | GoingAway
    | Reconnecting
    | Reconnected
    | InputDropped
    | Other
)
