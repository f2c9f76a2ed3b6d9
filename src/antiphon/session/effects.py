"""Everything a session can ask for. The conductor performs effects in order, without waiting."""

from dataclasses import dataclass

from antiphon.audio.pcm import AudioChunk
from antiphon.errors import CloseCode
from antiphon.session.events import Timer, TurnId, UtteranceId
from antiphon.session.snapshot import Snapshot
from antiphon.wire.content import Content
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import GenerationConfig, Modality
from antiphon.wire.tools import FunctionDeclaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Engage:
    """The setup is good: have the engines for this model ready. The first effect that needs any."""

    model: str
    languages: tuple[str, ...] = ()
    """Those the speech may be in; empty is any."""
    vocabulary: tuple[str, ...] = ()
    """Words to expect in it."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Look up the session of this handle; Recalled follows."""

    handle: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Store what the session is now; Kept follows."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Note:
    """Write a line into the log that the operator should see."""

    text: str


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
class Draft:
    """Recognise speech that may be over, beforehand: a Transcribe of the same utterance asks for it in earnest."""

    utterance: UtteranceId
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The speech of a Draft goes on: nobody needs its words any more."""

    utterance: UtteranceId


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Recognise speech that is still going on, if nothing else is to be recognised; Glimpsed may follow."""

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
    tools: tuple[FunctionDeclaration, ...]
    generation: GenerationConfig
    modality: Modality


@dataclass(frozen=True, slots=True)
class Weigh:
    """Count the tokens of texts a turn will put before the model; Weighed or ReplyFailed follows."""

    turn: TurnId
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have the model read what it will be asked, as far as it is known; nothing follows."""

    brief: Brief


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
    Engage
    | Recall
    | Keep
    | Note
    | Listen
    | DrainHearing
    | JudgeEnd
    | Transcribe
    | Draft
    | Withdraw
    | Glimpse
    | Forget
    | Weigh
    | Prepare
    | StartReply
    | CancelReply
    | Send
    | SetTimer
    | ClearTimer
    | Close
)
