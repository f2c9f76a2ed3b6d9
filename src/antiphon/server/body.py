"""The body of a request, as far as anybody is willing to take it."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from antiphon.server.refusals import Kind, Refused


async def body_of(request: Request, *, bytes_max: int, wait_s: float) -> bytes:
    """Read it whole; raises Refused when it is longer, takes longer, or does not come to its end."""
    body = bytearray()
    try:
        async with asyncio.timeout(wait_s):
            async for piece in request.stream():
                body += piece
                if len(body) > bytes_max:
                    raise Refused(Kind.INVALID_ARGUMENT, f"Request payload size exceeds the limit: {bytes_max} bytes.")
    except TimeoutError:
        raise Refused(Kind.INVALID_ARGUMENT, f"Request payload did not come within {wait_s:g} s.") from None
    except ClientDisconnect:
        raise Refused(Kind.INVALID_ARGUMENT, "Request payload did not come to its end.") from None
    return bytes(body)
