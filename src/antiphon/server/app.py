"""The routes: the Live API under all its paths, the tokens for it, and the server's health."""

import asyncio
import logging
import time
from collections.abc import Callable
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
from antiphon.runtime.roster import Roster
from antiphon.server.admission import Admission, Admissions
from antiphon.server.auth_tokens import Mint
from antiphon.server.connection import Connection
from antiphon.server.credentials import presented
from antiphon.server.paths import dialect_of, is_auth_tokens
from antiphon.server.refusals import Kind, Refused, google_error
from antiphon.store.contracts import Store
from antiphon.wire.dialect import Dialect

log = logging.getLogger(__name__)

UNAVAILABLE = "The service is currently unavailable."


class App:
    """What the routes share: the engines, the settings, the store, and how many sessions are open."""

    def __init__(
        self,
        engines: Engines,
        settings: Settings,
        store: Store,
        *,
        private: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`private` when only this machine reaches it; `clock` tells the seconds since the epoch."""
        self._engines = engines
        self._settings = settings
        self._store = store
        self._admissions = Admissions(store, settings.limits, clock, private=private)
        self._mint = Mint(store, self._admissions, settings, clock)
        self._roster = Roster()
        self._sessions = 0

    def starlette(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/healthz", self._healthz),
                Route("/readyz", self._readyz),
                Route("/{path:path}", self._auth_tokens, methods=["GET", "POST"]),
                WebSocketRoute("/{path:path}", self._live),
            ]
        )

    async def _healthz(self, _: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok", "version": __version__})

    async def _readyz(self, _: Request) -> Response:
        """A new session would be let in."""
        room = self._settings.limits.sessions_max - self._sessions
        return JSONResponse({"status": "ready" if room else "full", "sessions": self._sessions}, 200 if room else 503)

    async def _auth_tokens(self, request: Request) -> Response:
        if request.method != "POST" or not is_auth_tokens(request.url.path):
            return google_error(Kind.NOT_FOUND, f"{request.method} {request.url.path} is not of the Live API")
        try:
            return await self._mint.make(request)
        except Refused as refused:
            return google_error(refused.kind, refused.reason)
        except RemoteProtocolError as error:
            return google_error(Kind.INVALID_ARGUMENT, error.reason)
        except StoreError as error:
            log.error("no token was made: %s", error)
            return google_error(Kind.UNAVAILABLE, UNAVAILABLE)

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
            return await self._admissions.admission(presented(websocket))
        except StoreError as error:
            log.error("nobody can be let in: %s", error)
            raise Refused(Kind.UNAVAILABLE, UNAVAILABLE) from error

    async def _serve(self, websocket: WebSocket, dialect: Dialect, admission: Admission) -> None:
        if self._sessions >= self._settings.limits.sessions_max:
            await _deny(websocket, Kind.UNAVAILABLE, f"{self._sessions} sessions are open, the most this server takes")
            return
        self._sessions += 1
        try:
            await websocket.accept()
            connection = Connection(
                websocket, dialect, self._engines, self._settings, admission, self._store, self._roster
            )
            log.info("session=%s opened, %d in all", connection.id, self._sessions)
            await connection.run()
        finally:
            self._sessions -= 1

    async def _refuse(self, websocket: WebSocket, dialect: Dialect, refused: Refused) -> None:
        """Refuse as that product does: before the upgrade, or right after it, where browsers can read why."""
        if dialect is Dialect.VERTEX:
            await _deny(websocket, refused.kind, refused.reason)
            return
        with suppress(WebSocketDisconnect, RuntimeError):  # the client may be gone by now
            await websocket.accept()
            with suppress(
                TimeoutError
            ):  # an SDK that is still sending its setup takes the close for a fault of its own
                async with asyncio.timeout(self._settings.limits.refused_wait_s):
                    await websocket.receive()
            await websocket.close(refused.code, fit_reason(refused.reason))


async def _deny(websocket: WebSocket, kind: Kind, text: str) -> None:
    """Refuse the upgrade in the shape of a Google API error."""
    await websocket.send_denial_response(google_error(kind, text))
