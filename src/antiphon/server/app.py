"""The routes: the Live API under all its paths, and the server's health."""

import logging

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from antiphon import __version__
from antiphon.config import Settings
from antiphon.engines.registry import EngineSet
from antiphon.server.connection import Connection
from antiphon.server.paths import dialect_of

log = logging.getLogger(__name__)


class App:
    """What the routes share: the engines, the settings, and how many sessions are open."""

    def __init__(self, engines: EngineSet, settings: Settings) -> None:
        self._engines = engines
        self._settings = settings
        self._sessions = 0

    def starlette(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/healthz", self._healthz),
                Route("/readyz", self._readyz),
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

    async def _live(self, websocket: WebSocket) -> None:
        dialect = dialect_of(websocket.url.path)
        if dialect is None:
            await _deny(websocket, 404, f"{websocket.url.path} is not a path of the Live API")
            return
        if self._sessions >= self._settings.limits.sessions_max:
            await _deny(websocket, 503, f"{self._sessions} sessions are open, the most this server takes")
            return
        self._sessions += 1
        try:
            await websocket.accept()
            connection = Connection(websocket, dialect, self._engines, self._settings)
            log.info("session=%s opened, %d in all", connection.id, self._sessions)
            await connection.run()
        finally:
            self._sessions -= 1


async def _deny(websocket: WebSocket, status: int, message: str) -> None:
    """Refuse the upgrade in the shape of a Google API error."""
    await websocket.send_denial_response(JSONResponse({"error": {"code": status, "message": message}}, status))
