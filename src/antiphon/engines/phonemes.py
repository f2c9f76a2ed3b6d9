"""What a voice with hibari's reading of English needs before and after it: breakable words, short pieces. Pure."""

import re
import textwrap
from collections.abc import Iterable

_WORD_LETTERS_MAX = 32
"""hibari's reading of a word takes cubic time (an address of 1,600 letters: minutes) and breaks at 37 digits."""
_ENDLESS_WORD = re.compile(rf"\S{{{_WORD_LETTERS_MAX}}}(?=\S)")
_CLAUSE_END = re.compile(r"(?<=[,;:—.!?…])\s+")


def breakable(text: str) -> str:
    """The text with a space in every word too long to be read as one."""
    return _ENDLESS_WORD.sub(r"\g<0> ", text)


def in_pieces(sentences: Iterable[str], phonemes_max: int) -> list[str]:
    """Sentences of phonemes as pieces of at most that many, without those that have no sound.

    A sentence that is longer is cut after a clause where there is one, otherwise between words.
    """
    pieces = [piece for sentence in sentences for piece in _cut(sentence, phonemes_max)]
    return [piece for piece in pieces if any(sound.isalpha() for sound in piece)]


def _cut(sentence: str, phonemes_max: int) -> list[str]:
    if len(sentence) <= phonemes_max:
        return [sentence]
    pieces = [""]
    for clause in _CLAUSE_END.split(sentence):
        for part in textwrap.wrap(clause, phonemes_max, break_on_hyphens=False):
            longer = f"{pieces[-1]} {part}".lstrip()
            if len(longer) <= phonemes_max:
                pieces[-1] = longer
            else:
                pieces.append(part)
    return pieces
