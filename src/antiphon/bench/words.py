"""Whether the same words were heard, however they are written."""

import re
from functools import cache

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer


@cache
def _normalizer() -> EnglishTextNormalizer:
    return EnglishTextNormalizer()


def plain(text: str) -> str:
    """Words without case, punctuation and ways of writing numbers; 6 30 and 630 are the same."""
    return re.sub(r"(?<=\d) (?=\d)", "", _normalizer()(text))


def error_percent(said: str, heard: str) -> float:
    """Words heard wrong, too many or not at all, in percent of those said."""
    return 100.0 * jiwer.wer(plain(said), plain(heard))
