"""`GET /watch/NAME`: what the server alone knows of a session, for the client that asked for it (docs/watch.md).

A client that wants to see its session opens its socket with `?watch=NAME`, a name it makes up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from antiphon.runtime.channel import Channel, ChannelClosed
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
    return _Watching(guest.sights)


class _Watching(StreamingResponse):
    """Takes its place before anything is awaited: of many who come at once no more get in than may."""

    _lines: Channel[bytes]

    def __init__(self, sights: Sights) -> None:
        super().__init__(self._told(), media_type="application/x-ndjson", headers={"cache-control": "no-store"})
        self._sights = sights

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._sights.watching(asyncio.get_running_loop().time()) as self._lines:
            await super().__call__(scope, receive, send)

    async def _told(self) -> AsyncIterator[bytes]:
        with suppress(ChannelClosed):
            while True:
                yield await self._lines.get()
