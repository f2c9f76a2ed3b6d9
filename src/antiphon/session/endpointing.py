"""From probabilities of speech to speech begun, paused and ended, in stream time.

Counting samples instead of seconds makes a file sent faster than real time end where the same
speech at a microphone would (protocol.md 4.5). Splitting or merging the client's messages changes
nothing, for only whole windows are seen here.
"""

from dataclasses import dataclass
from enum import Enum

from antiphon.config import Endpointing
from antiphon.session.patience import Patience, Waits, samples
from antiphon.wire.setup import AutomaticActivityDetection, EndSensitivity, StartSensitivity

HYSTERESIS = 0.15
"""Speech goes on until its probability falls this far below what began it."""

BLIP_MS = 100
"""A gap this short does not undo a start that is not committed yet."""


class Sign(Enum):
    """What a window brought about."""

    STARTED = "started"
    HUSHED = "hushed"
    """The first sign of silence: what was said so far may be all."""
    RESUMED = "resumed"
    """It was not."""
    PAUSED = "paused"
    """Silent for long enough to ask whether the speaker has finished."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Hush:
    """What may be the end of speech: this length, in which voice activity stays below this probability.

    It falls slowly, for a tenth of a second: long before it counts as silence it shows that something ends.
    Lengths are in samples.
    """

    length: int
    probability: float
    sure_after: int = 0
    """From the beginning of the fall: speech that was taken to be over does not go on any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When speech starts and ends; lengths in samples."""

    start_probability: float
    prefix: int
    silence: int
    """What ends speech whatever else is known of it."""
    judge_after: int | None
    """None: silence alone decides, because the client named its length."""
    waits: Waits
    hush: Hush | None = None
    """None when nobody wants to know."""

    @classmethod
    def of(
        cls,
        asked: AutomaticActivityDetection | None,
        defaults: Endpointing,
        *,
        vertex: bool,
        hush: Hush | None = None,
    ) -> "Rule":
        """Read the client's wishes (protocol.md 2.3); Vertex's default sensitivities are LOW."""
        asked = asked or AutomaticActivityDetection()
        default_start = StartSensitivity.LOW if vertex else StartSensitivity.HIGH
        default_end = EndSensitivity.LOW if vertex else EndSensitivity.HIGH
        keen = (asked.start_of_speech_sensitivity or default_start) is StartSensitivity.HIGH
        hasty = (asked.end_of_speech_sensitivity or default_end) is EndSensitivity.HIGH
        prefix_ms = defaults.prefix_padding_ms_high if keen else defaults.prefix_padding_ms_low
        waits = Waits.of(defaults, hasty=hasty)
        explicit = asked.silence_duration_ms
        return cls(
            start_probability=defaults.start_probability_high if keen else defaults.start_probability_low,
            prefix=samples(prefix_ms if asked.prefix_padding_ms is None else asked.prefix_padding_ms),
            silence=waits.longest if explicit is None else samples(explicit),
            judge_after=samples(defaults.judge_after_ms) if explicit is None else None,
            waits=waits,
            hush=hush,
        )


class Endpointer:
    """Follows one stream, window by window."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._patience = Patience(rule.waits)
        self._position = 0
        self.committed = False
        self.pause: int | None = None
        """Where the silence at the end of what is said began."""
        self._soft: int | None = None
        """Where voice activity began to fall."""
        self.reset(0)

    def reset(self, position: int, *, deaf: bool = False) -> None:
        """Begin afresh at a position: nobody is speaking.

        With `deaf`, sound that is going on means nothing until it has paused.
        """
        self._deaf = deaf
        self._left = self.pause if self.committed else None
        """Where the silence began that ended the speech before."""
        self._faded = self._soft if self.committed else None
        """Where its voice activity began to fall."""
        self.started: int | None = None
        """Where speech that may be or is going on began."""
        self.committed = False
        """It lasted long enough to count."""
        self.pause = None
        self._voiced = 0
        self._asked = False
        self._soft = None
        self._hushed = False
        self._patience.forget()
        self._position = position

    @property
    def quiet(self) -> bool:
        """Nothing that could be speech is going on."""
        return self.started is None

    @property
    def revocable(self) -> bool:
        """The speech before was taken to be over so soon that it may yet go on; never by a silence the client named."""
        hush = self._rule.hush
        if self._faded is None or hush is None or self._rule.judge_after is None:
            return False
        return self._position - self._faded < hush.sure_after

    def window(self, end: int, probability: float) -> Sign | None:
        """See the window that ends at a position; windows come in order."""
        start, self._position = self._position, end
        self._deaf = self._deaf and probability >= self._rule.start_probability
        if self._deaf:
            return None
        if not self.committed:
            return self._before_start(start, end, probability)
        if probability >= self._rule.start_probability - (HYSTERESIS if self.pause is None else 0.0):
            return self._in_speech(start, end, probability)
        if self.pause is None:
            self.pause = start
        return self._in_pause(end - self.pause) or self._softer(start, end)

    def judged(self, pause: int, probability: float) -> bool:
        """Whether the end-of-turn model's opinion of that pause ends the speech."""
        if self.pause != pause:
            return False
        self._patience.judged(probability)
        return self._over

    def reading(self) -> None:
        """What was said up to the hush is being recognised."""
        self._patience.reading()

    def read(self, text: str, language: str | None) -> bool:
        """Whether the words up to the hush, which is not over, end the speech."""
        self._patience.read(text, language)
        return self._over

    @property
    def _over(self) -> bool:
        if not self.committed or self.pause is None:
            return False
        wait = self._rule.silence if self._rule.judge_after is None else self._patience.wait
        return self._position - self.pause >= wait

    def _before_start(self, start: int, end: int, probability: float) -> Sign | None:
        if probability >= self._rule.start_probability:
            self.started = start if self.started is None else self.started
            self.pause = None
            self._voiced += end - start
        elif self.started is not None:
            self.pause = start if self.pause is None else self.pause
            if end - self.pause >= samples(BLIP_MS):
                self.reset(end)
            return None
        if self.started is None or self._voiced < self._rule.prefix:
            return None
        self.committed = True
        if self._left is not None:
            self._paused(self._left, self.started)
        return Sign.STARTED

    def _in_speech(self, start: int, end: int, probability: float) -> Sign | None:
        resumes = self.pause is not None
        if self.pause is not None and self._asked:
            self._paused(self.pause, start)
        self.pause = None
        self._asked = False
        if self._rule.hush is not None and probability < self._rule.hush.probability and not resumes:
            return self._softer(start, end)
        sign = Sign.RESUMED if self._hushed else None
        self._patience.forget()
        self._soft = None
        self._hushed = False
        return sign

    def _softer(self, start: int, end: int) -> Sign | None:
        self._soft = start if self._soft is None else self._soft
        if self._rule.hush is None or self._hushed or end - self._soft < self._rule.hush.length:
            return None
        self._hushed = True
        return Sign.HUSHED

    def _paused(self, since: int, until: int) -> None:
        """Learn from a pause; what is longer than could be waited for is none."""
        if until - since < self._rule.silence:
            self._patience.paused(until - since)

    def _in_pause(self, silence: int) -> Sign | None:
        if self._over:
            return Sign.ENDED
        after = self._rule.judge_after
        if after is not None and silence >= after and not self._asked:
            self._asked = True
            return Sign.PAUSED
        return None
