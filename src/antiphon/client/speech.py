"""Where in the user's audio somebody speaks, as far as the session has to know. Pure.

No server tells it reliably, so it is found in what is sent, by loudness. Looked at when a reply begins: what was
said before it is the question, what is being said at that moment belongs to the next one.
"""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from antiphon.audio.loudness import levels_dbfs, stretches_of_speech
from antiphon.audio.pcm import AudioChunk, AudioFormat

WINDOW_S = 0.02
WINDOWS_MAX = 3_000
"""A minute is looked back upon."""

_MEASURED_AT_ONCE = 250
"""Chunks: measuring them one by one would cost fifty times as much."""
_PAUSE_WINDOWS = 10
"""A shorter one is a part of what is being said; no server takes it for an end."""
_STILL_WINDOWS = 7
"""Silence after which somebody is no longer speaking."""
_BEFORE_WINDOWS = 20
"""Sound before the first loud moment that may belong to it."""


class Stretch(NamedTuple):
    """Something that was said without a pause."""

    first: int
    """The number of the message in which it begins, or the sound before it that may belong to it."""
    began_at: float


class _Sent(Struct, gc=False):
    data: bytes
    format: AudioFormat
    number: int
    at: float


class _Windows(NamedTuple):
    """Stretches of 20 ms, in arrays of the same length: how loud, in which message, sent when."""

    levels_dbfs: NDArray[np.float64]
    numbers: NDArray[np.int64]
    at: NDArray[np.float64]

    def since(self, first: int) -> "_Windows":
        """Those from one on."""
        return _Windows(self.levels_dbfs[first:], self.numbers[first:], self.at[first:])


_NONE = _Windows(np.empty(0), np.empty(0, np.int64), np.empty(0))


class Speech:
    """`number` is that of the message a sound was sent in; times are the caller's clock, in seconds."""

    def __init__(self) -> None:
        self._unmeasured: list[_Sent] = []
        self._windows: deque[_Windows] = deque()
        self.ended_at: float | None = None
        """When the last sound of what the reply answers was sent; None when nothing was said."""
        self.further: int | None = None
        """The number of the first message of something that was said and is not what the reply answers."""
        self.answered: tuple[Stretch, ...] = ()
        """What the newest reply answers, as far as can be told: it may not have known of the last of them."""
        self._heard: int | None = None
        self._ended = 0

    @property
    def all_answered(self) -> bool:
        """Something was said before the newest reply began, and nothing since."""
        self._measure()
        return self.ended_at is not None and not _stretches(_joined(self._windows))

    def sent(self, chunk: AudioChunk, number: int, now: float) -> None:
        """A chunk was sent whose last sample was recorded now."""
        if self._unmeasured and (
            len(self._unmeasured) == _MEASURED_AT_ONCE or self._unmeasured[0].format != chunk.format
        ):
            self._measure()
        self._unmeasured.append(_Sent(chunk.data, chunk.format, number, now))

    def ended(self, number: int) -> None:
        """The user was declared to have finished, in the message of that number."""
        self._ended = number

    def heard(self, number: int) -> None:
        """The server told words it has understood, when the newest message sent was this one."""
        self._heard = number

    def reply_begins(self) -> None:
        """Tell apart what was said before a reply and what is not meant by it; the former is forgotten then."""
        self._measure()
        windows = _joined(self._windows)
        bounds = _stretches(windows)
        answered = self._answered(windows, bounds)
        firsts = [max(before, start - _BEFORE_WINDOWS) for (_, before), (start, _) in pairwise([(0, 0), *bounds])]
        said = [
            Stretch(int(windows.numbers[first]), float(windows.at[start]))
            for first, (start, _) in zip(firsts, bounds, strict=True)
        ]
        later = answered < len(said)
        self.answered = tuple(said[:answered])
        self.ended_at = float(windows.at[bounds[answered - 1][1] - 1]) if answered else None
        self.further = said[answered].first if later else None
        self._windows = deque([windows.since(firsts[answered] if later else len(windows.at))])
        self._heard = None

    def _answered(self, windows: _Windows, stretches: list[tuple[int, int]]) -> int:
        """How many stretches of speech a reply that begins now can know of.

        Not of one that goes on, and not of one that began after the words of an earlier one had come; where
        words come only after the reply has begun, they tell nothing.
        """
        answered = len(stretches)
        if stretches and len(windows.at) - stretches[-1][1] < _STILL_WINDOWS:
            declared_over = bool(windows.numbers[stretches[-1][1] - 1] <= self._ended)
            answered -= not declared_over
        if self._heard is not None:
            before = sum(int(windows.numbers[start]) <= self._heard for start, _ in stretches)
            answered = min(answered, before or answered)
        return answered

    def _measure(self) -> None:
        """A window is of the message its last sample was sent in."""
        sent, self._unmeasured = self._unmeasured, []
        if not sent:
            return
        sound = AudioChunk(b"".join(each.data for each in sent), sent[0].format)
        levels = levels_dbfs(sound, WINDOW_S)
        ends = np.cumsum([len(each.data) for each in sent]) // sound.format.frame_bytes
        lasts = np.minimum(np.arange(1, levels.size + 1) * round(WINDOW_S * sound.format.rate_hz), sound.samples)
        messages = np.searchsorted(ends, lasts)
        numbers, times = np.array([each.number for each in sent]), np.array([each.at for each in sent])
        self._windows.append(_Windows(levels, numbers[messages], times[messages]))
        while sum(len(each.at) for each in self._windows) - len(self._windows[0].at) >= WINDOWS_MAX:
            self._windows.popleft()


def _joined(batches: Iterable[_Windows]) -> _Windows:
    whole = _Windows(*(np.concatenate(each) for each in zip(_NONE, *batches, strict=True)))
    return whole.since(max(0, len(whole.at) - WINDOWS_MAX))


def _stretches(windows: _Windows) -> list[tuple[int, int]]:
    return stretches_of_speech(windows.levels_dbfs, _PAUSE_WINDOWS)
