"""Tells from what an OpenAI-compatible server answers that a conversation was too long for its model.

OpenAI has a code for it and llama-server a type; others say it only in words.
"""

import re
from http import HTTPStatus

import openai

_NAMES = ("context_length_exceeded", "exceed_context_size_error")
_WORDS = re.compile(
    r"context[ _](length|size|window)|prompt is too long|exceeds the maximum number of tokens", re.IGNORECASE
)
_TOKENS = re.compile(r"(?:requested|resulted in|request has|request \() *(\d{1,9})(?: input)? tokens", re.IGNORECASE)
_TOKENS_MAX = re.compile(r"(?:context length (?:is|of)|context size \() *(\d{1,9}) tokens", re.IGNORECASE)


def too_long(error: openai.APIError) -> bool:
    """Whether the server refused for the length of what it was asked."""
    too_large = isinstance(error, openai.APIStatusError) and error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    named = error.code in _NAMES or error.type in _NAMES
    return too_large or named or _WORDS.search(error.message) is not None


def lengths(error: openai.APIError) -> tuple[int | None, int | None]:
    """The tokens it was asked with, and the most it takes; each None where it does not say."""
    told = error.body if isinstance(error.body, dict) else {}
    return _number(told.get("n_prompt_tokens"), _TOKENS, error), _number(told.get("n_ctx"), _TOKENS_MAX, error)


def _number(told: object, words: re.Pattern[str], error: openai.APIError) -> int | None:
    if isinstance(told, int):
        return told
    said = words.search(error.message)
    return int(said[1]) if said else None
