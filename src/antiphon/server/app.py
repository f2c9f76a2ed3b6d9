"""The routes: the Live API under all its paths, the tokens for it, and the server's health."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from antiphon import __version__
from antiphon.config import Settings
from antiphon.engines.registry import Engines
from antiphon.errors import RemoteProtocolError, StoreError, fit_reason
from antiphon.runtime.budget import Budget
from antiphon.runtime.roster import Roster
from antiphon.server.admission import Admission, Admissions
from antiphon.server.auth_tokens import Mint
from antiphon.server.connection import Connection
from antiphon.server.console import console_routes
from antiphon.server.metrics import CONTENT_TYPE, Metrics
from antiphon.server.operating import Operator
from antiphon.server.operator_key import OperatorKey
from antiphon.server.paths import dialect_of, is_auth_tokens
from antiphon.server.presence import Presence, time_left_asked
from antiphon.server.refusals import Kind, Refused, google_error
from antiphon.server.replaying import Replaying
from antiphon.server.watching import watched
from antiphon.store.contracts import Store
from antiphon.wire.dialect import Dialect

log = logging.getLogger(__name__)

UNAVAILABLE = "The service is currently unavailable."


class App:
    """What the routes share: the engines, the settings, the store, and who is connected."""

    def __init__(  # noqa: PLR0913 - what a server is made of
        self,
        engines: Engines,
        settings: Settings,
        store: Store,
        operator_key: OperatorKey,
        *,
        private: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`private` when only this machine reaches it; `clock` tells the seconds since the epoch."""
        self._engines = engines
        self._settings = settings
        self._store = store
        self._admissions = Admissions(store, settings, clock, private=private)
        self._mint = Mint(store, self._admissions, settings, clock)
        self._roster = Roster()
        self._budget = Budget(settings.speculation.drafts_at_once_max)
        self.presence = Presence(settings.limits.sessions_max)
        self._metrics = Metrics(self.presence, engines, self._budget)
        self._replaying = Replaying()
        self._operator = Operator(operator_key, self.presence, engines, self._metrics, settings, clock)

    def starlette(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                *console_routes(),
                Route("/healthz", self._healthz),
                Route("/readyz", self._readyz),
                Route("/go_away", self._go_away, methods=["POST"]),
                *self._operator.routes(),
                Route("/watch/{name}", self._watch),
                Route("/replay", self._replay, methods=["POST"]),
                Route("/metrics", self._figures),
                Route("/{path:path}", self._auth_tokens, methods=["GET", "POST"]),
                WebSocketRoute("/{path:path}", self._live),
            ]
        )

    async def _healthz(self, _: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok", "version": __version__})

    async def _readyz(self, _: Request) -> Response:
        """A new session would be let in."""
        presence = self.presence
        status = "draining" if presence.draining else "full" if presence.full else "ready"
        return JSONResponse({"status": status, "sessions": len(presence)}, 503 if presence.full else 200)

    async def _auth_tokens(self, request: Request) -> Response:
        if request.method != "POST" or not is_auth_tokens(request.url.path):
            return google_error(Kind.NOT_FOUND, f"{request.method} {request.url.path} is not of the Live API")
        return await _answered(self._mint.make(request))

    async def _go_away(self, request: Request) -> Response:
        """Have the clients of a key told to reconnect, so that one can see whether they do: `?time_left_s=5`."""
        return await _answered(self._told_to_go(request))

    async def _told_to_go(self, request: Request) -> Response:
        owner = await self._admissions.owner_asking(request)
        time_left_s = time_left_asked(request, self._settings.server.go_away_notice_s)
        return JSONResponse({"sessions": await self.presence.ask_to_leave(owner, time_left_s)})

    async def _watch(self, request: Request) -> Response:
        """What the server alone knows of a session."""
        return await _answered(watched(request, self._admissions, self.presence))

    async def _replay(self, request: Request) -> Response:
        """A recording, to be looked at in the console."""
        return await _answered(self._replaying.pictured(request, self._admissions))

    async def _figures(self, request: Request) -> Response:
        """What Prometheus wants to know; with keys, the operator's is needed."""
        return await _answered(self._counted(request))

    async def _counted(self, request: Request) -> Response:
        if await self._admissions.open_to_all():
            await self._admissions.owner_asking(request)
        else:
            self._operator.guard.check(request)
        return Response(self._metrics.text(), media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})

    async def _live(self, websocket: WebSocket) -> None:
        dialect = dialect_of(websocket.url.path)
        if dialect is None:
            await _deny(websocket, Kind.NOT_FOUND, f"{websocket.url.path} is not a path of the Live API")
            return
        try:
            admission = await self._admission(websocket)
            with self._admissions.place(admission):
                await self._serve(websocket, dialect, admission)
        except Refused as refused:
            log.info("a client was refused: %s", refused.reason)
            await self._refuse(websocket, dialect, refused)

    async def _admission(self, websocket: WebSocket) -> Admission:
        try:
            return await self._admissions.admission(websocket)
        except StoreError as error:
            log.error("nobody can be let in: %s", error)
            raise Refused(Kind.UNAVAILABLE, UNAVAILABLE) from error

    async def _serve(self, websocket: WebSocket, dialect: Dialect, admission: Admission) -> None:
        if self.presence.full:
            closed = "the server is stopping" if self.presence.stopping else "nobody new is let in now"
            why = closed if self.presence.draining else "the most this server takes"
            await _deny(websocket, Kind.UNAVAILABLE, f"{len(self.presence)} sessions are open; {why}")
            return
        connection = Connection(
            websocket,
            dialect,
            self._engines,
            self._settings,
            admission,
            self._store,
            self._roster,
            self._budget,
            self._metrics.session(dialect),
        )
        with self.presence.entered(connection):
            await websocket.accept()
            log.info("session=%s opened, %d in all", connection.id, len(self.presence))
            await connection.run()

    async def _refuse(self, websocket: WebSocket, dialect: Dialect, refused: Refused) -> None:
        """Refuse as that product does: before the upgrade, or right after it, where browsers can read why.

        Pages that may not even ask are told nothing.
        """
        if dialect is Dialect.VERTEX or refused.kind is Kind.PERMISSION_DENIED:
            await _deny(websocket, refused.kind, refused.reason)
            return
        with suppress(WebSocketDisconnect, RuntimeError):  # the client may be gone by now
            await websocket.accept()
            with suppress(TimeoutError):  # an SDK still sending its setup takes the close for a fault of its own
                async with asyncio.timeout(self._settings.limits.refused_wait_s):
                    await websocket.receive()
            await websocket.close(refused.code, fit_reason(refused.reason))


async def _deny(websocket: WebSocket, kind: Kind, text: str) -> None:
    """Refuse the upgrade in the shape of a Google API error."""
    await websocket.send_denial_response(google_error(kind, text))


async def _answered(answer: Awaitable[Response]) -> Response:
    """The answer, or why there is none in the shape of a Google API error."""
    try:
        return await answer
    except Refused as refused:
        return google_error(refused.kind, refused.reason)
    except RemoteProtocolError as error:
        return google_error(Kind.INVALID_ARGUMENT, error.reason)
    except StoreError as error:
        log.error("a request was not answered: %s", error)
        return google_error(Kind.UNAVAILABLE, UNAVAILABLE)
