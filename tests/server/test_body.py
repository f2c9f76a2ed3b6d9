import asyncio

import pytest
from starlette.requests import Request

from antiphon.server.body import body_of
from antiphon.server.refusals import Refused


def request(*messages: dict[str, object]) -> Request:
    """One whose body comes in these messages and then no further."""
    coming = list(messages)

    async def receive() -> dict[str, object]:
        return coming.pop(0) if coming else await asyncio.Future()

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def piece(body: bytes, *, last: bool = False) -> dict[str, object]:
    return {"type": "http.request", "body": body, "more_body": not last}


async def test_it_is_read_whole():
    assert await body_of(request(piece(b"ab"), piece(b"cd", last=True)), bytes_max=4, wait_s=5.0) == b"abcd"


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([piece(b"abc"), piece(b"de")], "exceeds the limit: 4 bytes"),
        ([piece(b"abc")], r"did not come within 0\.01 s"),
        ([piece(b"abc"), {"type": "http.disconnect"}], "did not come to its end"),
    ],
)
async def test_what_is_not_to_be_had_is_refused(messages, said):
    with pytest.raises(Refused, match=said):
        await body_of(request(*messages), bytes_max=4, wait_s=0.01)
