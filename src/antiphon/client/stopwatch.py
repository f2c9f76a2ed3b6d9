"""What a person waits for in each turn: from the end of what the user said to the first sound of the reply. Pure.

The end of speech is found in the audio that is sent, by its loudness, for no server tells it reliably.
"""

from collections import deque

from antiphon.audio.loudness import last_spoken, level_dbfs
from antiphon.audio.pcm import AudioChunk
from antiphon.client.events import TurnEnded
from antiphon.wire.server import UsageMetadata

_LEVELS_MAX = 3_000
"""Chunks looked back upon: a minute of 20 ms each."""


class Stopwatch:
    """Times are the caller's clock, in seconds."""

    def __init__(self) -> None:
        self._levels: deque[tuple[float, float]] = deque(maxlen=_LEVELS_MAX)
        self._finished_at: float | None = None
        self._asked_at: float | None = None
        self._first_sound_s: float | None = None
        self._first_text_s: float | None = None
        self._replying = False
        self._interrupted = False
        self._turns = 0

    # The user's side

    def spoke(self, chunk: AudioChunk, now: float) -> None:
        """A chunk of the user's audio was sent; its last sample was recorded now."""
        self._levels.append((now, level_dbfs(chunk)))

    def finished(self, now: float) -> None:
        """The user said in so many words that it is the model's turn: text, or the end of an activity."""
        self._finished_at = now

    # The model's side

    def sound(self, now: float) -> None:
        """Sound of the reply came."""
        self._begin()
        if self._first_sound_s is None and self._asked_at is not None:
            self._first_sound_s = now - self._asked_at

    def text(self, now: float) -> None:
        """Words of the reply came."""
        self._begin()
        if self._first_text_s is None and self._asked_at is not None:
            self._first_text_s = now - self._asked_at

    def interrupted(self) -> None:
        """The reply was cut off."""
        self._interrupted = True

    def forget_reply(self) -> None:
        """The reply is lost and will be made anew."""
        self._first_sound_s = self._first_text_s = None
        self._replying = self._interrupted = False

    def turn_ended(self, *, reason: str | None, in_progress: bool, usage: UsageMetadata | None) -> TurnEnded:
        """Sum up a turn, and begin with the next."""
        self._turns += 1
        ended = TurnEnded(
            number=self._turns,
            interrupted=self._interrupted,
            reason=reason,
            in_progress=in_progress,
            first_sound_s=self._first_sound_s,
            first_text_s=self._first_text_s,
            usage=usage,
        )
        self.forget_reply()
        return ended

    def _begin(self) -> None:
        """The reply answers what had been said by now."""
        if self._replying:
            return
        self._replying = True
        spoken = last_spoken([level for _, level in self._levels])
        moments = [self._levels[spoken - 1][0]] if spoken else []
        if self._finished_at is not None:
            moments.append(self._finished_at)
        self._asked_at = max(moments, default=None)
        self._finished_at = None
        self._levels.clear()
