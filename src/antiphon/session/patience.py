"""How long a silence ends a turn: by how the speech sounded, how its words end, and how its speaker pauses.

A pause in a turn and the silence after it sound alike for a while; what differs is what came before. The numbers in
the settings were chosen on recordings: docs/decisions/0006-when-a-turn-ends.md.
"""

from dataclasses import dataclass

from antiphon.audio.pcm import HEARING
from antiphon.config import Endpointing

_REMEMBERED = 4
"""A new pause counts for one in so many in what is usual for the speaker."""

_CLOSING = "\"'”’»)]"
_MARKS_BETWEEN = (",", ";", ":", "-", "–", "—", "…", "...", "،", "、")  # noqa: RUF001
_LATIN_END = "\u0250"
"""The first letter that is not Latin. Whisper ends a Latin sentence with a mark, and others not always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What silence can be waited for; lengths in samples."""

    shortest: int
    longest: int
    words: int
    """While the words are still being recognised."""
    pace_max: int
    pace_factor: float
    unfinished: float
    finished: float

    @classmethod
    def of(cls, defaults: Endpointing, *, hasty: bool) -> "Waits":
        """Read the settings for END_SENSITIVITY_HIGH, or for LOW (protocol.md 2.3)."""
        return cls(
            shortest=samples(defaults.silence_ms_min_high if hasty else defaults.silence_ms_min_low),
            longest=samples(defaults.silence_duration_ms_high if hasty else defaults.silence_duration_ms_low),
            words=samples(defaults.words_ms_max),
            pace_max=samples(defaults.pace_ms_max),
            pace_factor=defaults.pace_factor,
            unfinished=defaults.unfinished_probability,
            finished=defaults.finished_probability,
        )


class Patience:
    """With one speaker. What is said of a pause holds until `forget`; how he pauses is remembered."""

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        self._pace = 0
        self.forget()

    def forget(self) -> None:
        """The pause is over, and what was known of it."""
        self._probability: float | None = None
        self._reading = False
        self._goes_on = False

    def judged(self, probability: float) -> None:
        """The end-of-turn model was asked whether the speech is finished."""
        self._probability = probability

    def reading(self) -> None:
        """The words up to the pause are being recognised."""
        self._reading = True

    def read(self, text: str) -> None:
        """They are recognised."""
        self._reading = False
        self._goes_on = goes_on(text)

    def paused(self, length: int) -> None:
        """The speaker went on after a pause of that length."""
        self._pace = ((_REMEMBERED - 1) * self._pace + length) // _REMEMBERED if self._pace else length

    @property
    def wait(self) -> int:
        """The silence, in samples, that ends the turn by all that is known now."""
        waits = self._waits
        if self._probability is None or self._goes_on:
            return waits.longest
        doubt = (waits.finished - self._probability) / (waits.finished - waits.unfinished)
        by_sound = waits.shortest + round((waits.longest - waits.shortest) * min(max(doubt, 0.0), 1.0))
        by_pace = min(round(self._pace * waits.pace_factor), waits.pace_max)
        return min(max(by_sound, by_pace, waits.words if self._reading else 0), waits.longest)


def goes_on(text: str) -> bool:
    """Whether the recogniser's punctuation says that the sentence is not over."""
    end = text.strip().rstrip(_CLOSING)
    return end.endswith(_MARKS_BETWEEN) or (end[-1:].isalnum() and end[-1] < _LATIN_END)


def samples(milliseconds: int) -> int:
    """Milliseconds as samples of the ears' rate."""
    return milliseconds * HEARING.rate_hz // 1000
