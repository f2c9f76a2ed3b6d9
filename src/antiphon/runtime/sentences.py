"""A model's stream of tokens cut into pieces a voice can speak. Pure.

While somebody waits for the voice (at the beginning, and when tokens come more slowly than they are spoken) a piece is
cut at a comma or where a phrase begins; else at the ends of sentences, because a voice needs the whole melody.
"""

import re
from collections.abc import Callable, Iterator

CLAUSE_CHARS_MIN = 10
"""A clause shorter than this sounds torn off."""

CLAUSE_WORDS_MIN, CLAUSE_WORDS_MAX = 2, 7
"""Without a comma it is cut before a word that opens a phrase; in any case after so many words."""

PIECE_CHARS_MAX = 220
"""Longer runs without punctuation are cut between words."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"')\]]*(?=\s)|[。！？]|\n+")
_CLAUSE_END = re.compile(r"[,;:—–]+(?=\s)|[、，；：]")
_WORD = re.compile(r"\S+")
_OPENS_PHRASE = {
    "is", "are", "was", "were", "has", "have", "can", "could", "will", "would", "should", "may", "must", "do",
    "does", "did", "and", "or", "but", "that", "which", "who", "whose", "because", "so", "if", "when", "while",
    "where", "than", "as", "to", "in", "on", "at", "from", "for", "with", "by", "about", "into", "over", "under",
    "after", "before", "between",
}  # fmt: skip
_CLINGS = _OPENS_PHRASE | {
    "the", "a", "an", "this", "these", "those", "my", "your", "his", "her", "its", "our", "their", "of", "not", "no",
    "i", "you", "it", "he", "she", "we", "they", "there",
}  # fmt: skip
"""What follows one of these belongs to it."""
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Prof|e\.g|i\.e|vs|etc|No)|\b[A-Z])\.$")
_MARKUP = (
    (re.compile(r"```.*?(?:```|$)", re.DOTALL), " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^\s{0,3}(?:#{1,6}|[-*+•>])\s+", re.MULTILINE), ""),
    (re.compile(r"[*`_~|]{1,3}"), ""),
    (re.compile(r"https?://\S+"), "a link"),
    (re.compile(r"\s+"), " "),
)


class Sentences:
    """Feed deltas, take pieces; the pieces joined are the text. `awaited` tells whether a piece is wanted at once."""

    def __init__(self, awaited: Callable[[], bool]) -> None:
        self._rest = ""
        self._awaited = awaited

    def feed(self, delta: str) -> Iterator[str]:
        """Add text; gives the pieces that became complete."""
        self._rest += delta
        while (cut := self._cut()) is not None:
            piece, self._rest = self._rest[:cut], self._rest[cut:]
            yield piece

    def finish(self) -> str:
        """What is left at the end of the text."""
        piece, self._rest = self._rest, ""
        return piece

    def _cut(self) -> int | None:
        for match in _SENTENCE_END.finditer(self._rest):
            if not _ABBREVIATION.search(self._rest[: match.end()]) and self._rest[: match.end()].strip():
                return match.end()
        if self._awaited():
            for match in _CLAUSE_END.finditer(self._rest):
                if match.end() >= CLAUSE_CHARS_MIN:
                    return match.end()
            if (phrase := self._phrase()) is not None:
                return phrase
        if len(self._rest) > PIECE_CHARS_MAX:
            space = self._rest.rfind(" ", 1, PIECE_CHARS_MAX)
            return space if space > 0 else PIECE_CHARS_MAX
        return None

    def _phrase(self) -> int | None:
        """Where a phrase ends; languages without spaces between words have none.

        The last word may be but the beginning of one. To wait for the next token costs more than to be wrong at times.
        """
        words = list(_WORD.finditer(self._rest))
        for before, word in zip(words[CLAUSE_WORDS_MIN - 1 :], words[CLAUSE_WORDS_MIN:], strict=False):
            clings = before.group().lower() in _CLINGS
            opens = word.group().lower() in _OPENS_PHRASE and before.end() >= CLAUSE_CHARS_MIN
            if opens and not clings:
                return before.end()
        if len(words) > CLAUSE_WORDS_MAX and words[CLAUSE_WORDS_MAX - 1].group().lower() not in _CLINGS:
            return words[CLAUSE_WORDS_MAX - 1].end()
        return None


def speakable(text: str) -> str:
    """The text without what cannot be spoken: markup, code fences, bare links. May be empty."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text.strip() if any(character.isalnum() for character in text) else ""
