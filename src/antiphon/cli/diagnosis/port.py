"""The port of `antiphon serve`: free, an antiphon's, or somebody else's."""

import sys
from collections.abc import AsyncGenerator

import httpx
import msgspec

from antiphon.cli.diagnosis.bounded import in_thread
from antiphon.cli.diagnosis.finding import Finding, ok, warning
from antiphon.config import Server
from antiphon.errors import SettingsError

ASK_WAIT_S = 3.0
"""For whoever listens there to say who it is."""
ANSWER_BYTES_MAX = 4_096
VERSION_CHARACTERS_MAX = 40

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - the addresses are asked about, not listened at


class _Health(msgspec.Struct):
    """What `/healthz` of an antiphon answers."""

    status: str
    version: str


async def examine_port(server: Server) -> AsyncGenerator[Finding]:
    """Try to listen where the server would, and ask whoever is in the way."""
    from antiphon.server.listen import bound_socket  # noqa: PLC0415 - half a second to import

    place = f"{server.host}:{server.port}"
    if server.port == 0:
        yield ok("port", "any that is free, when the server starts")
        return
    try:
        bound_socket(server.host, server.port).close()
    except SettingsError as error:
        yield await _taken(server, str(error))
    else:
        yield ok("port", f"{place} is free")


async def _taken(server: Server, why: str) -> Finding:
    host = _ANY.get(server.host, server.host)
    authority = f"[{host}]:{server.port}" if ":" in host else f"{host}:{server.port}"
    for scheme in ("http", "https"):
        version = await _antiphon_at(f"{scheme}://{authority}")
        if version is not None:
            speaks = "wss" if scheme == "https" else "ws"
            return ok("port", f"{server.port} is antiphon {version}'s, which serves at {speaks}://{authority}")
    advice = "`antiphon serve` cannot start there: stop what does, or take another port:"
    return warning("port", why.removesuffix("; try --port 0"), advice, _who(server.port), "antiphon serve --port 0")


async def _antiphon_at(base: str) -> str | None:
    """Ask for the version of an antiphon; None where there is none."""
    try:
        answer = await in_thread(lambda: _asked(f"{base}/healthz"), ASK_WAIT_S)
        return msgspec.json.decode(answer, type=_Health).version[:VERSION_CHARACTERS_MAX]
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError, TimeoutError):
        return None


def _asked(url: str) -> bytes:
    # Not verified: nothing is told to whoever answers, and its certificate is looked at elsewhere.
    client = httpx.Client(verify=False, trust_env=False, timeout=ASK_WAIT_S)  # noqa: S501
    with client, client.stream("GET", url) as answer:
        return next(answer.iter_bytes(ANSWER_BYTES_MAX), b"")


def _who(port: int) -> str:
    """The command that tells who listens at a port."""
    match sys.platform:
        case "win32":
            return f"netstat -ano | findstr :{port}"
        case "darwin":
            return f"lsof -nP -iTCP:{port} -sTCP:LISTEN"
        case _:
            return f"ss -ltnp 'sport = :{port}'"
