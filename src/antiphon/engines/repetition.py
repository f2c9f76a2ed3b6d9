"""Finds where a decoder got stuck and said the same words over and over. Pure.

Whisper loops when a recording breaks off in the middle of a word or the window is short.
"""

from collections.abc import Sequence

_REPEATS_MIN = 3
_STUCK_TOKENS_MIN = 12
"""People do say "no, no, no": three repeats are a loop only when they are this long together."""
_PHRASE_TOKENS_MAX = 60


def loops(tokens: Sequence[int]) -> bool:
    """Whether a phrase is repeated back to back until it can no longer be speech."""
    return _first_loop(tokens) is not None


def said_once(tokens: Sequence[int]) -> list[int]:
    """The tokens with every loop cut to its first saying, a last one that was broken off included."""
    kept = list(tokens)
    while (loop := _first_loop(kept)) is not None:
        start, phrase, repeats = loop
        end = start + phrase * repeats
        rest = kept[end:]
        broken_off = rest == kept[start : start + len(rest)]
        del kept[start + phrase : len(kept) if broken_off else end]
    return kept


def _first_loop(tokens: Sequence[int]) -> tuple[int, int, int] | None:
    """Start, phrase length and number of sayings of the first loop."""
    for start in range(len(tokens) - _STUCK_TOKENS_MIN + 1):
        phrase_max = min(_PHRASE_TOKENS_MAX, (len(tokens) - start) // _REPEATS_MIN)
        for phrase in range(1, phrase_max + 1):
            repeats = _sayings(tokens, start, phrase)
            if repeats >= _REPEATS_MIN and repeats * phrase >= _STUCK_TOKENS_MIN:
                return start, phrase, repeats
    return None


def _sayings(tokens: Sequence[int], start: int, phrase: int) -> int:
    """How often the phrase at `start` is said back to back."""
    said = tokens[start : start + phrase]
    repeats = 1
    while tokens[start + repeats * phrase : start + (repeats + 1) * phrase] == said:
        repeats += 1
    return repeats
