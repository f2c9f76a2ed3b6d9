"""How long a silence ends a turn: by how the speech sounded, how its words end, and how its speaker pauses. Pure.

The silence of a pause and the silence after the end are alike; what differs is what came before. The numbers in the
settings were chosen on a curve: docs/decisions/0006-when-a-turn-ends.md.
"""

from dataclasses import dataclass

from antiphon.audio.pcm import HEARING
from antiphon.config import Endpointing

_CLOSING = "\"'”’»)]"
_MARKS_BETWEEN = (",", ";", ":", "-", "–", "—", "…", "...", "،", "、")
_DANGLING = {
    "en": frozenset({"a", "an", "the", "my", "your", "our", "their", "of", "to", "from", "with", "than",
                     "and", "or", "but", "because", "if", "um", "uh"}),
}  # fmt: skip
"""Words, by language, that hardly end a sentence whatever mark the recogniser put behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What silence is waited for; lengths in samples."""

    shortest: int
    whole: int
    """The longest after words that may be a whole sentence."""
    longest: int
    words: int
    """While the words are still being recognised."""
    unfinished: float
    finished: float
    pace_share: float
    pace_factor: float
    pace_max: int

    @classmethod
    def of(cls, settings: Endpointing, *, hasty: bool) -> "Waits":
        """Read the settings for END_SENSITIVITY_HIGH, which is hasty, or for LOW (protocol.md 2.3)."""
        shortest = samples(settings.silence_ms_min_high if hasty else settings.silence_ms_min_low)
        longest = samples(settings.silence_duration_ms_high if hasty else settings.silence_duration_ms_low)
        return cls(
            shortest=shortest,
            whole=max(shortest, round(longest * settings.whole_share)),
            longest=longest,
            words=samples(settings.words_ms_max),
            unfinished=settings.unfinished_probability,
            finished=settings.finished_probability,
            pace_share=settings.pace_share,
            pace_factor=settings.pace_factor,
            pace_max=samples(settings.pace_ms_max),
        )


class Patience:
    """With one speaker: what is known of a pause until `forget`, and of all the pauses before."""

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        self._pace = 0.0
        self.forget()

    def forget(self) -> None:
        """The pause is over, and what was known of it."""
        self._probability: float | None = None
        self._reading = False
        self._goes_on = False

    def judged(self, probability: float) -> None:
        """The end-of-turn model said whether the speech sounds finished."""
        self._probability = probability

    def reading(self) -> None:
        """The words before the pause are being recognised."""
        self._reading = True

    def read(self, text: str, language: str | None) -> None:
        """They are recognised."""
        self._reading = False
        self._goes_on = goes_on(text, language)

    def paused(self, length: int) -> None:
        """The speaker went on after a pause of that length."""
        self._pace += self._waits.pace_share * (length - self._pace)

    @property
    def wait(self) -> int:
        """The silence, in samples, that ends the turn by all that is known now."""
        waits = self._waits
        if self._probability is None or self._goes_on:
            return waits.longest
        doubt = (waits.finished - self._probability) / (waits.finished - waits.unfinished)
        by_sound = waits.shortest + round((waits.whole - waits.shortest) * min(max(doubt, 0.0), 1.0))
        by_pace = min(round(self._pace * waits.pace_factor), waits.pace_max)
        return min(max(by_sound, by_pace, waits.words if self._reading else 0), waits.longest)


def goes_on(text: str, language: str | None) -> bool:
    """Whether what was said so far is plainly no whole sentence.

    That a mark is missing says something only where the recogniser writes sentences: with capitals, but not all.
    """
    end = text.strip().rstrip(_CLOSING)
    unmarked = end[-1:].isalnum() and end.lower() != end != end.upper()
    words = end.rstrip(".?!").lower().split()
    dangling = bool(words) and words[-1] in _DANGLING.get((language or "en")[:2], ())
    return unmarked or dangling or end.endswith(_MARKS_BETWEEN)


def samples(milliseconds: int) -> int:
    """Milliseconds as samples of the ears' rate."""
    return milliseconds * HEARING.rate_hz // 1000
