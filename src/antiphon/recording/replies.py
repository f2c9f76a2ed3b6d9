"""What the model said, and how much of it was heard before it was cut off."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import inf

_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(slots=True)
class Reply:
    """One reply as it grows; times are in seconds. Words come with the time the next sound would be heard."""

    words: list[tuple[float, str]] = field(default_factory=list)
    written: list[tuple[float, str]] = field(default_factory=list)
    first_sound_s: float | None = None
    sound_end_s: float | None = None
    """When all of it would have been heard."""
    cut_s: float = inf
    """When it was cut off."""
    generated: bool = False
    interrupted: bool = False

    @property
    def start_s(self) -> float | None:
        """Its first sound or word."""
        times = [at_s for at_s, _ in (*self.words[:1], *self.written[:1])]
        return min([*times, *([self.first_sound_s] if self.first_sound_s is not None else [])], default=None)

    @property
    def end_s(self) -> float | None:
        """When it was over, for who listens."""
        times = [at_s for at_s, _ in (*self.words[-1:], *self.written[-1:])]
        last = max([*times, *([self.sound_end_s] if self.sound_end_s is not None else [])], default=None)
        return None if last is None else max(min(last, self.cut_s), self.start_s or 0.0)

    def sound(self, start_s: float, end_s: float) -> None:
        """Add sound that will be heard then."""
        self.first_sound_s = start_s if self.first_sound_s is None else self.first_sound_s
        self.sound_end_s = end_s

    def cut(self, now_s: float) -> None:
        """It ends here, whatever else there was."""
        self.cut_s = min(self.cut_s, now_s)

    def text(self) -> tuple[str, str]:
        """What of the words was heard, and what was cut off: the voice's, or without any what was written."""
        if not self.words:
            return "".join(text for _, text in self.written).strip(), ""
        heard = unheard = ""
        for start_s, end_s, text in self._spread():
            before, behind = _divided(text, start_s, end_s, self.cut_s)
            heard, unheard = (heard + before, unheard + behind) if not unheard else (heard, unheard + before + behind)
        return heard.strip(), unheard.strip()

    def _spread(self) -> Iterator[tuple[float, float, str]]:
        """Words that came together share the time until the next ones by their length."""
        groups = [(at_s, [text for _, text in group]) for at_s, group in groupby(self.words, key=lambda word: word[0])]
        ends = [at_s for at_s, _ in groups[1:]] + [max(self.sound_end_s or 0.0, groups[-1][0])]
        for (start_s, texts), end_s in zip(groups, ends, strict=True):
            yield from _shared(texts, start_s, end_s)


def _shared(texts: Sequence[str], start_s: float, end_s: float) -> Iterator[tuple[float, float, str]]:
    characters = sum(map(len, texts)) or 1
    for text in texts:
        until_s = start_s + (end_s - start_s) * len(text) / characters
        yield start_s, until_s, text
        start_s, characters = until_s, max(1, characters - len(text))


def _divided(text: str, start_s: float, end_s: float, cut_s: float) -> tuple[str, str]:
    """Cut a text where its voice was cut, between two words."""
    if cut_s >= end_s:
        return text, ""
    if cut_s <= start_s:
        return "", text
    characters = len(text) * (cut_s - start_s) / (end_s - start_s)
    before = ""
    for word in _WORDS.findall(text):
        if len(before) + len(word) / 2 > characters:
            break
        before += word
    return before, text[len(before) :]
