"""What one run does: who says what and how, which faults strike when, and the client's limits."""

from dataclasses import dataclass, field
from enum import StrEnum

from antiphon.config import Client
from tests.faults.proxy import Break, Fault

FUNCTION = "weather"
LAST_WORDS = "the end"


class Kind(StrEnum):
    """The faults that are counted apart."""

    NONE = "none"
    CUT = "cut"
    HANDSHAKE = "reset in the handshake"
    FREEZE = "freeze, waited out"
    FREEZE_LEFT = "freeze, left"
    FREEZE_30 = "freeze of 30 s, default limits"
    HALF_OPEN = "half-open"
    SLOW = "slow, 8 kB/s"
    KILL = "server killed"
    FORGET = "server killed, sessions gone"
    RESTART = "server restarted"
    GO_AWAY = "goAway honoured"
    GO_AWAY_IGNORED = "goAway ignored"
    SEVERAL = "several in a row"
    OVERFLOW = "more than is kept"


class Moment(StrEnum):
    """Where in an exchange a fault strikes."""

    QUESTION = "in the question"
    ASKED = "between question and answer"
    ANSWER = "in the answer"
    PLAYBACK = "in playback"
    IDLE = "after the turn"


class Microphone(StrEnum):
    """What is sent when nobody speaks."""

    OPEN = "silence"
    CLOSED = "audioStreamEnd, then nothing"
    STOPS = "half a second of silence, then nothing"


class Patience(StrEnum):
    """When the user says the next thing."""

    TURN = "after the turn"
    PLAYED = "when the answer was played"
    NONE = "at once"


@dataclass(frozen=True, slots=True)
class Tone:
    """An utterance the scripted recogniser names."""

    rate_hz: int
    seconds: float

    @property
    def words(self) -> str:
        return f"tone {self.rate_hz} hertz"

    @property
    def answer(self) -> str:
        return f"You said: {self.words}."


@dataclass(frozen=True, slots=True)
class Typed:
    """A turn in writing."""

    words: str

    @property
    def answer(self) -> str:
        return f"You said: {self.words}."


@dataclass(frozen=True, slots=True)
class Call:
    """A turn in writing that has a function called."""

    city: str

    @property
    def words(self) -> str:
        return f"call {FUNCTION} with city={self.city}"

    @property
    def result(self) -> str:
        return f"rain over {self.city}"

    @property
    def answer(self) -> str:
        return f"{FUNCTION} returned {self.result}."


Saying = Tone | Typed | Call


@dataclass(frozen=True, slots=True)
class Kill:
    """The server's process is killed and starts again."""

    down_s: float
    forgets: bool = False


@dataclass(frozen=True, slots=True)
class Restart:
    """The server is told to stop, as for an update, and starts again."""


@dataclass(frozen=True, slots=True)
class GoAway:
    """The server gives notice; it is ignored when the line passes nothing on before the server closes."""

    time_left_s: float
    ignored: bool = False


Happening = Fault | Kill | Restart | GoAway


@dataclass(frozen=True, slots=True)
class Strike:
    """Something happens at a moment of an exchange; `share` says how far into it, from 0 to 1."""

    exchange: int
    moment: Moment
    share: float
    what: Happening


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    seed: int
    kind: Kind
    sayings: tuple[Saying, ...]
    strikes: tuple[Strike, ...]
    microphone: Microphone
    patience: Patience
    speed: float
    """Times real time."""
    gap_s: float
    """For the next thing, of a user who does not wait."""
    transparent: bool
    manual: bool = False
    """The user's activity is declared."""
    written: bool = False
    """The answers are."""
    latency_s: float = 0.0
    """Of the network, each way."""
    first_resets: int = 0
    limits: Client = field(default_factory=Client)
    run_s_max: float = 60.0

    @property
    def steady(self) -> bool:
        """The server hears each pause as it is, cut short neither by the client nor by a line that stands still."""
        stalls = any(isinstance(strike.what, GoAway) or _stalls(strike.what) for strike in self.strikes)
        return self.microphone is not Microphone.CLOSED and not self.manual and not stalls


def _stalls(what: Happening) -> bool:
    return isinstance(what, Fault) and what.kind in (Break.FREEZE, Break.SLOW)
