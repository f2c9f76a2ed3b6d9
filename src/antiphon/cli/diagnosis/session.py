"""A session with the server, up to setupComplete: the upgrade, and whether it takes the setup our client sends."""

import re
import time
from collections.abc import AsyncGenerator, Mapping

from msgspec.structs import replace

from antiphon.cli.diagnosis.advice import Meaning, meaning_of_close, meaning_of_status, remedy
from antiphon.cli.diagnosis.finding import Finding, fault, ok
from antiphon.client.connection import Connection, open_connection
from antiphon.client.endpoint import Endpoint, server_of
from antiphon.client.setup import resuming, setup_for
from antiphon.config import Client
from antiphon.errors import ConnectionClosed, ConnectionRefused, NoAnswer, RemoteProtocolError, Step

UPGRADE = "WebSocket"
SETUP = "setup"

_LOCATION = re.compile(r"/locations/([^/]+)/")


async def examine_session(
    endpoint: Endpoint, headers: Mapping[str, str], model: str | None, limits: Client
) -> AsyncGenerator[Finding]:
    """Open a session and close it again; where a finding is not ok it is the last one."""
    began_s = time.perf_counter()
    try:
        connection = await open_connection(endpoint.url, headers, limits)
    except ConnectionRefused as error:
        yield _refused(error, endpoint)
        return
    except NoAnswer as error:
        yield fault(UPGRADE, str(error), "the server hangs, or a proxy or firewall lets no WebSocket through")
        return
    try:
        yield ok(UPGRADE, f"upgraded ({_ms_since(began_s)} ms)")
        yield await _set_up(connection, endpoint, endpoint.model_name(model))
    finally:
        await connection.close()


async def _set_up(connection: Connection, endpoint: Endpoint, model: str) -> Finding:
    name = _short(model)
    setup = replace(setup_for(model=None, system=None, voice=None, text=False), model=model)
    began_s = time.perf_counter()
    try:
        await connection.begin(resuming(setup, None, transparent=endpoint.transparent))
    except ConnectionClosed as error:
        reason = " ".join(error.reason.split())
        found = f"{name}: closed with {error.code}" + (f": {reason}" if reason else "")
        return _explained(SETUP, found, meaning_of_close(error.code, error.reason), endpoint)
    except NoAnswer as error:
        return fault(SETUP, f"{name}: {error}", "the server may be busy; try again in a minute")
    except RemoteProtocolError as error:
        return fault(SETUP, f"{name}: {error}", "is it a Live API server?")
    return ok(SETUP, f"{name}: setupComplete ({_ms_since(began_s)} ms)")


def _refused(error: ConnectionRefused, endpoint: Endpoint) -> Finding:
    if error.step is Step.STATUS:
        return _explained(Step.STATUS, error.reason, meaning_of_status(error.code), endpoint)
    if error.step is not Step.UPGRADE:
        return fault(UPGRADE, f"{error.step}: {error.reason}")
    if endpoint.url.startswith("wss"):
        return fault(UPGRADE, error.reason, "what answers is no WebSocket server; a proxy may stand in between")
    secure = server_of(endpoint.url).replace("ws", "wss", 1)
    advice = "what answers is no WebSocket server, or speaks TLS only; try"
    return fault(UPGRADE, error.reason, advice, f"antiphon doctor --endpoint {secure}")


def _explained(name: str, found: str, meaning: Meaning, endpoint: Endpoint) -> Finding:
    chosen = remedy(meaning, endpoint)
    return fault(name, found, f"{meaning.means}: {chosen.advice}", *chosen.commands)


def _short(model: str) -> str:
    """A model's own name, and on Vertex where it is."""
    location = _LOCATION.search(model)
    return model.rpartition("/")[2] + (f" in {location[1]}" if location else "")


def _ms_since(began_s: float) -> int:
    return round((time.perf_counter() - began_s) * 1_000)
