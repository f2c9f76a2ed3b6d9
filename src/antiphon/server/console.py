"""The pages: the console at `/`, the operator's at `/operate`, their files, and what browsers are told about them.

The files lie in `antiphon/pages/` and are made from `console/` at the top of the repository; what they do: console.md.
"""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import antiphon

PAGES: Final = Path(antiphon.__file__).parent / "pages"

HEADERS: Final = {
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "media-src 'self' blob: data:",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "permissions-policy": "microphone=(self), camera=(self), display-capture=(self)",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
}
"""Nothing from elsewhere, nothing inline, in nobody's frame; asked for anew each time: the server may be another."""


def console_routes() -> list[BaseRoute]:
    """The pages at `/` and `/operate`, and their files at `/assets`."""
    return [
        Route("/", _page),
        Route("/operate", _operate),
        Mount("/assets", _Assets(directory=PAGES)),
    ]


async def _page(_: Request) -> Response:
    return FileResponse(PAGES / "index.html", headers=HEADERS)


async def _operate(_: Request) -> Response:
    return FileResponse(PAGES / "operate.html", headers=HEADERS)


class _Assets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response
