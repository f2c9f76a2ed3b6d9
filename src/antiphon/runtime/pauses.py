"""The silence around what a voice says. Pure.

Voices begin and end each piece with a third of a second of nothing. At the front it is waiting time for the user,
between pieces it tears a sentence apart; so of the silence at the end as much is left as the punctuation asks for.
"""

import numpy as np

from antiphon.audio.loudness import level_dbfs, levels_dbfs
from antiphon.audio.pcm import SPEAKING, AudioChunk

QUIET_DBFS = -45.0
"""Below it there is breath and hiss, and no sound of speech."""
WINDOW_S = 0.01
LEAD_S = 0.02
"""Left before the first sound: the softest beginning of a consonant."""
HELD_S_MAX = 2.0
"""Longer silence is meant to be heard."""

_SENTENCE_PAUSE_S, _CLAUSE_PAUSE_S, _WORD_PAUSE_S = 0.35, 0.15, 0.04
_SENTENCE_ENDS, _CLAUSE_ENDS = tuple(".!?…。！？"), tuple(",;:—–、，；：")


class Pauses:
    """Of one piece: feed its sound as it comes, then finish."""

    def __init__(self, text: str) -> None:
        self._after_s = _pause_after(text)
        self._held = AudioChunk(b"", SPEAKING)
        self._begun = False

    def feed(self, chunk: AudioChunk) -> AudioChunk:
        """More of the sound; gives what of it, and of what was held back, is to be heard now."""
        if self._begun and not self._held.data and self._ends_loud(chunk):
            return chunk  # nearly always, and for a fraction of what the rest costs
        sound = AudioChunk(self._held.data + chunk.data, chunk.format)
        loud = np.flatnonzero(levels_dbfs(sound, WINDOW_S) > QUIET_DBFS)
        window, lead = sound.format.bytes_for(WINDOW_S), sound.format.bytes_for(LEAD_S)
        if loud.size:
            first = 0 if self._begun else max(0, int(loud[0]) * window - lead)
            behind = (int(loud[-1]) + 1) * window
            self._begun = True
        else:
            first, behind = 0, len(sound.data) if sound.seconds > HELD_S_MAX else 0
        self._held = AudioChunk(sound.data[behind:], sound.format)
        return AudioChunk(sound.data[first:behind], sound.format)

    def finish(self) -> AudioChunk:
        """The pause behind the piece; all of it when nothing else was heard of it."""
        rest, self._held = self._held, AudioChunk(b"", self._held.format)
        return AudioChunk(rest.data[: rest.format.bytes_for(self._after_s)], rest.format) if self._begun else rest

    @staticmethod
    def _ends_loud(chunk: AudioChunk) -> bool:
        end = chunk.data[-chunk.format.bytes_for(WINDOW_S) :]
        return level_dbfs(AudioChunk(end, chunk.format)) > QUIET_DBFS


def _pause_after(text: str) -> float:
    spoken = text.rstrip("\"')]» ")
    if spoken.endswith(_SENTENCE_ENDS):
        return _SENTENCE_PAUSE_S
    return _CLAUSE_PAUSE_S if spoken.endswith(_CLAUSE_ENDS) else _WORD_PAUSE_S
