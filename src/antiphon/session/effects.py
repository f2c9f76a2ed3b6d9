"""Everything a session can ask for. The conductor performs effects in order, without waiting."""

from dataclasses import dataclass

from antiphon.audio.pcm import AudioChunk
from antiphon.errors import CloseCode
from antiphon.session.events import Timer, TurnId, UtteranceId
from antiphon.wire.content import Content
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import GenerationConfig, Modality


@dataclass(frozen=True, slots=True)
class Listen:
    """Append audio to the recording; with `detect`, judge its windows for speech."""

    audio: AudioChunk
    detect: bool = True


@dataclass(frozen=True, slots=True)
class DrainHearing:
    """The stream paused: judge what is left, answer with HearingDrained, start afresh."""


@dataclass(frozen=True, slots=True)
class JudgeEnd:
    """Ask the end-of-turn model about the speech from `start` to `end`; `pause` names the question."""

    pause: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Recognise the recording from `start` to `end` as an utterance."""

    utterance: UtteranceId
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Forget:
    """The recording before this position is no longer needed."""

    before: int


@dataclass(frozen=True, slots=True)
class Brief:
    """All a model must know to reply."""

    system: str
    contents: tuple[Content, ...]
    counted: tuple[str, ...]
    """The texts whose tokens the usage of this turn reports as TEXT."""
    generation: GenerationConfig
    modality: Modality


@dataclass(frozen=True, slots=True)
class StartReply:
    """Have the model reply."""

    turn: TurnId
    brief: Brief


@dataclass(frozen=True, slots=True)
class CancelReply:
    """Stop a reply at once and throw away what of it has not left yet."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message; one that carries a reply's content names its turn, so that it can be purged."""

    message: ServerMessage
    turn: TurnId | None = None


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Fire a timer at a time on the clock of `now`, in seconds; replaces an earlier one."""

    timer: Timer
    at: float


@dataclass(frozen=True, slots=True)
class ClearTimer:
    """Do not fire that timer."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Close:
    """Send what is still to be sent, then close the socket. The last effect of a session."""

    code: CloseCode
    reason: str


Effect = (
    Listen
    | DrainHearing
    | JudgeEnd
    | Transcribe
    | Forget
    | StartReply
    | CancelReply
    | Send
    | SetTimer
    | ClearTimer
    | Close
)
