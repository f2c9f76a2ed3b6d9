"""A server that refuses for length is told from one that refuses for something else."""

import httpx
import openai
import pytest

from antiphon.engines.refusals import lengths, too_long

REQUEST = httpx.Request("POST", "http://127.0.0.1/v1/chat/completions")
NOTHING = (None, None)
MAXIMUM = "This model's maximum context length is 8192 tokens."


def refused(status: int, message: str, **members: object) -> openai.APIStatusError:
    """As the SDK makes it of an answer."""
    body = {"message": message, **members}
    response = httpx.Response(status, request=REQUEST)
    return openai.APIStatusError(f"Error code: {status} - {{'error': {body}}}", response=response, body=body)


@pytest.mark.parametrize(
    ("error", "numbers"),
    [
        (refused(400, f"{MAXIMUM} However, your messages resulted in 9001 tokens.", code="context_length_exceeded"),
         (9_001, 8_192)),
        (refused(400, f"{MAXIMUM} However, you requested 9001 tokens."), (9_001, 8_192)),
        (refused(400, f"{MAXIMUM} However, your request has 9001 input tokens."), (9_001, 8_192)),
        (refused(400, "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
                 type="exceed_context_size_error", code=400, n_prompt_tokens=5_000, n_ctx=4_096), (5_000, 4_096)),
        (refused(400, "the request exceeds the available context size (4096 tokens)"), (None, 4_096)),
        (refused(400, "no", code="context_length_exceeded"), NOTHING),
        (refused(400, "prompt is too long: 208310 tokens > 200000 maximum"), NOTHING),
        (refused(400, "The input token count exceeds the maximum number of tokens allowed"), NOTHING),
        (refused(413, "Request Entity Too Large"), NOTHING),
        (refused(500, "the input exceeds the context length"), NOTHING),
        (openai.APIError("no", REQUEST, body={"type": "exceed_context_size_error", "n_ctx": 4_096}), (None, 4_096)),
    ],
)  # fmt: skip
def test_refused_for_length(error: openai.APIError, numbers: tuple[int | None, int | None]) -> None:
    assert too_long(error)
    assert lengths(error) == numbers


@pytest.mark.parametrize(
    "error",
    [
        refused(400, "no"),
        refused(400, "unknown parameter: top_k", code={}, type=[]),
        refused(500, "out of memory"),
        openai.APIError("no", REQUEST, body=None),
    ],
)
def test_refused_for_something_else(error: openai.APIError) -> None:
    assert not too_long(error)
