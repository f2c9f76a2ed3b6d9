"""`/operate`: who is connected and how the server fares, for its operator, who can send clients away (console.md)."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from antiphon import __version__
from antiphon.config import Settings
from antiphon.engines.registry import Engines
from antiphon.server.body import body_of
from antiphon.server.metrics import Metrics
from antiphon.server.operator_guard import OperatorGuard, address_of, cookie_of
from antiphon.server.operator_key import OperatorKey
from antiphon.server.origins import check_own_page
from antiphon.server.presence import TIME_LEFT_S_MIN, Guest, Presence, time_left_asked
from antiphon.server.processor import Processor
from antiphon.server.refusals import Kind, Refused, google_error

PLACE = "/operate"
"""Where the cookie goes, and nowhere else."""

Answer = Callable[[Request], Awaitable[Response]]


class _Given(msgspec.Struct):
    """What a browser enters with."""

    key: str


class Operator:
    """Answers the operator's requests."""

    def __init__(  # noqa: PLR0913, PLR0917 - what there is to operate
        self,
        key: OperatorKey,
        presence: Presence,
        engines: Engines,
        metrics: Metrics,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        """`clock` tells the seconds since the epoch."""
        self.guard = OperatorGuard(key, settings.operating, clock)
        self._presence = presence
        self._engines = engines
        self._metrics = metrics
        self._settings = settings
        self._processor = Processor()

    def routes(self) -> list[Route]:
        """All that is below `/operate`; the page itself is the console's."""
        return [
            self._route("/enter", self._enter, guarded=False),
            self._route("/leave", self._leave, guarded=False),
            self._route("/state", self._state, "GET"),
            self._route("/drain", self._drain),
            self._route("/resume", self._resume),
            self._route("/sessions/{id}/end", self._end_one),
            self._route("/sessions/{id}/drain", self._drain_one),
        ]

    def _route(self, path: str, answer: Answer, method: str = "POST", *, guarded: bool = True) -> Route:
        """Give the answer, or why there is none in the shape of a Google API error; nobody keeps either."""

        async def answered(request: Request) -> Response:
            try:
                if method == "POST":
                    check_own_page(request)
                if guarded:
                    self.guard.check(request)
                response = await answer(request)
            except Refused as refused:
                response = google_error(refused.kind, refused.reason)
            response.headers["cache-control"] = "no-store"
            return response

        return Route(PLACE + path, answered, methods=[method])

    async def _enter(self, request: Request) -> Response:
        operating = self._settings.operating
        wait_s = self._settings.limits.setup_wait_s
        body = await body_of(request, bytes_max=operating.key_bytes_max, wait_s=wait_s)
        try:
            given = msgspec.json.decode(body, type=_Given)
        except (msgspec.MsgspecError, RecursionError):
            raise Refused(Kind.INVALID_ARGUMENT, 'The body must be {"key": "..."}.') from None
        value = self.guard.enter(address_of(request), given.key)
        response = JSONResponse({})
        _keep(response, request, value, operating.entry_s)
        return response

    async def _leave(self, request: Request) -> Response:
        self.guard.leave(request)
        response = JSONResponse({})
        _keep(response, request, "", 0.0)
        return response

    async def _state(self, _: Request) -> Response:
        now, memory = asyncio.get_running_loop().time(), self._metrics.memory_bytes()
        return JSONResponse(
            {
                "version": __version__,
                "draining": self._presence.draining,
                "sessionsMax": self._settings.limits.sessions_max,
                **({} if memory is None else {"memoryBytes": memory}),
                "cpuPercent": round(self._processor.percent(), 1),
                "queues": self._engines.queues(),
                "sessions": [_told(guest, now) for guest in self._presence],
            }
        )

    async def _drain(self, request: Request) -> Response:
        time_left_s = time_left_asked(request, self._settings.server.drain_s)
        return JSONResponse({"sessions": await self._presence.empty(time_left_s)})

    async def _resume(self, _: Request) -> Response:
        if not self._presence.resume():
            raise Refused(Kind.UNAVAILABLE, "The server is stopping.")
        return JSONResponse({})

    async def _end_one(self, request: Request) -> Response:
        return await self._send_away(request, TIME_LEFT_S_MIN)

    async def _drain_one(self, request: Request) -> Response:
        return await self._send_away(request, time_left_asked(request, self._settings.server.drain_s))

    async def _send_away(self, request: Request, time_left_s: float) -> Response:
        id = request.path_params["id"]
        guest = next((guest for guest in self._presence if guest.id == id), None)
        if guest is None:
            raise Refused(Kind.NOT_FOUND, f"{id[:40]!r} is no session that is open")
        await guest.leave(time_left_s)
        return JSONResponse({})


def _keep(response: Response, request: Request, value: str, age_s: float) -> None:
    """Have the browser keep the cookie: from scripts, from other sites, and from wires that can be read."""
    response.set_cookie(
        cookie_of(request),
        value,
        max_age=round(age_s),
        path=PLACE,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def _told(guest: Guest, now: float) -> dict[str, object]:
    """What is told of a connection; `now` on the event loop's clock."""
    course, last = guest.course, guest.last_turn
    return {
        "id": guest.id,
        "dialect": guest.dialect.value,
        "owner": guest.owner,
        "state": course.state.value,
        "ageS": round(now - course.began, 1),
        "turns": course.turns,
        "loadPercent": round(100 * guest.load, 1),
        "firstSoundMs": None if last is None else round(1000 * last.total_s),
    }
