"""`GET /watch/NAME`: what the server alone knows of a session, for the client that asked for it (docs/watch.md).

A client that wants to see its session opens its socket with `?watch=NAME`, a name it makes up.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from antiphon.runtime.channel import ChannelClosed
from antiphon.runtime.sights import Sights
from antiphon.server.admission import Admissions
from antiphon.server.presence import Presence
from antiphon.server.refusals import Kind, Refused

WATCHERS_MAX = 4
"""Of one session, at once."""


async def watched(request: Request, admissions: Admissions, presence: Presence) -> Response:
    """Stream a session's lines to a client of the same key until either has gone.

    Raises Refused: for a session that is not there or another's, alike, and when enough watch it already.
    """
    owner = await admissions.owner_asking(request)
    name = request.path_params["name"]
    guest = presence.watchable(owner, name)
    if guest is None:
        raise Refused(Kind.NOT_FOUND, f"no session of yours that is open is to be watched as {name[:40]!r}")
    if len(guest.sights) >= WATCHERS_MAX:
        raise Refused(Kind.RESOURCE_EXHAUSTED, f"{WATCHERS_MAX} watch that session already")
    return StreamingResponse(
        _lines(guest.sights), media_type="application/x-ndjson", headers={"cache-control": "no-store"}
    )


async def _lines(sights: Sights) -> AsyncIterator[bytes]:
    with sights.watching(asyncio.get_running_loop().time()) as lines:
        while True:
            try:
                yield await lines.get()
            except ChannelClosed:
                return
