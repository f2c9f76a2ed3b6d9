"""Where in the user's audio somebody speaks, as far as the session has to know. Pure.

No server tells it reliably, so it is found in what is sent, by loudness. Looked at when a reply begins: what was
said before it is the question, what is being said at that moment belongs to the next one.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from antiphon.audio.loudness import levels_dbfs, stretches_of_speech
from antiphon.audio.pcm import AudioChunk

WINDOW_S = 0.02
WINDOWS_MAX = 3_000
"""A minute is looked back upon."""

_MEASURED_AT_ONCE = 50
"""Chunks: measuring them one by one would cost ten times as much."""
_PAUSE_WINDOWS = 10
"""A shorter one is a part of what is being said; no server takes it for an end."""
_STILL_WINDOWS = 7
"""Silence after which somebody is no longer speaking."""
_BEFORE_WINDOWS = 20
"""Sound before the first loud moment that may belong to it."""


@dataclass(frozen=True, slots=True)
class _Sent:
    chunk: AudioChunk
    number: int
    at: float


@dataclass(frozen=True, slots=True)
class _Window:
    number: int
    at: float
    level_dbfs: float


class Speech:
    """`number` is that of the message a sound was sent in; times are the caller's clock, in seconds."""

    def __init__(self) -> None:
        self._unmeasured: list[_Sent] = []
        self._windows: deque[_Window] = deque(maxlen=WINDOWS_MAX)
        self.ended_at: float | None = None
        """When the last sound of what the reply answers was sent; None when nothing was said."""
        self.further: int | None = None
        """The number of the first message of something that was said and is not what the reply answers."""
        self._heard: int | None = None
        self._ended = 0

    def sent(self, chunk: AudioChunk, number: int, now: float) -> None:
        """A chunk was sent whose last sample was recorded now."""
        if self._unmeasured and (
            len(self._unmeasured) == _MEASURED_AT_ONCE or self._unmeasured[0].chunk.format != chunk.format
        ):
            self._measure()
        self._unmeasured.append(_Sent(chunk, number, now))

    def ended(self, number: int) -> None:
        """The user was declared to have finished, in the message of that number."""
        self._ended = number

    def heard(self, number: int) -> None:
        """The server told words it has understood, when the newest message sent was this one."""
        self._heard = number

    def reply_begins(self) -> None:
        """Tell apart what was said before a reply and what is not meant by it; the former is forgotten then."""
        self._measure()
        windows = list(self._windows)
        stretches = stretches_of_speech([window.level_dbfs for window in windows], _PAUSE_WINDOWS)
        answered = self._answered(windows, stretches)
        end = stretches[answered - 1][1] if answered else 0
        later = stretches[answered:]
        begins = max(end, later[0][0] - _BEFORE_WINDOWS) if later else len(windows)
        self.ended_at = windows[end - 1].at if end else None
        self.further = windows[begins].number if later else None
        self._windows = deque(windows[begins:], maxlen=WINDOWS_MAX)
        self._heard = None

    def _answered(self, windows: list[_Window], stretches: list[tuple[int, int]]) -> int:
        """How many stretches of speech a reply that begins now can know of.

        Not of one that goes on, and not of one that began after the words of an earlier one had come; where
        words come only after the reply has begun, they tell nothing.
        """
        answered = len(stretches)
        if stretches and len(windows) - stretches[-1][1] < _STILL_WINDOWS:
            declared_over = windows[stretches[-1][1] - 1].number <= self._ended
            answered -= not declared_over
        if self._heard is not None:
            before = sum(windows[start].number <= self._heard for start, _ in stretches)
            answered = min(answered, before or answered)
        return answered

    def _measure(self) -> None:
        """A window is of the message its last sample was sent in."""
        sent, self._unmeasured = self._unmeasured, []
        if not sent:
            return
        sound = AudioChunk(b"".join(each.chunk.data for each in sent), sent[0].chunk.format)
        levels = levels_dbfs(sound, WINDOW_S)
        ends = np.cumsum([each.chunk.samples for each in sent])
        lasts = np.minimum(np.arange(1, levels.size + 1) * round(WINDOW_S * sound.format.rate_hz), sound.samples)
        for level, of in zip(levels, np.searchsorted(ends, lasts), strict=True):
            self._windows.append(_Window(sent[of].number, sent[of].at, float(level)))
