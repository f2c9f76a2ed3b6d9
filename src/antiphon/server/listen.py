"""A server that listens: engines loaded, port open, until the block is left."""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn

from antiphon.config import Settings
from antiphon.engines.registry import load_engines
from antiphon.errors import SettingsError
from antiphon.server.app import App
from antiphon.server.protocol import bounded_protocol
from antiphon.server.tls import Certificate, local_certificate

BACKLOG_CONNECTIONS = 256
"""Connections the kernel holds while the loop is busy."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server is reached."""

    host: str
    port: int
    certificate: Certificate | None

    @property
    def url(self) -> str:
        """Its base, `ws://host:port` or `wss://host:port`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.certificate else 'ws'}://{host}:{self.port}"


class _Uvicorn(uvicorn.Server):
    """Leaves the signals to whoever runs the loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[Listening]:
    """Load the engines and listen.

    Raises SettingsError for an address that is not loopback (anybody could talk to the machine) or
    is taken, EngineUnavailable when an engine or its weights are missing.
    """
    place = settings.server
    check_loopback(place.host)
    certificate = local_certificate(place.data_dir) if place.tls else None
    with _bound(place.host, place.port) as bound:
        engines = await asyncio.to_thread(load_engines, settings)
        server = _Uvicorn(_config(App(engines, settings), settings, certificate))
        # Not a TaskGroup: it would wrap whatever the caller's block raises into a group.
        serving = asyncio.create_task(server.serve(sockets=[bound]))  # noqa: TID251
        try:
            yield Listening(place.host, bound.getsockname()[1], certificate)
        finally:
            server.should_exit = True
            await serving
            await engines.aclose()


def _config(app: App, settings: Settings, certificate: Certificate | None) -> uvicorn.Config:
    limits = settings.limits
    return uvicorn.Config(
        app.starlette(),
        ws=bounded_protocol(limits.close_wait_s),
        ws_max_size=limits.message_bytes_max,
        ws_per_message_deflate=False,  # base64 audio barely shrinks, and each connection would pay memory for it
        ws_ping_interval=limits.ping_interval_s,
        ws_ping_timeout=limits.ping_wait_s,
        timeout_graceful_shutdown=round(limits.close_wait_s),
        lifespan="off",
        access_log=False,  # it would write query strings, and with them API keys
        log_config=None,
        log_level="critical",  # it calls a refused upgrade an error; what breaks in ours is logged by Connection
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )


def check_loopback(host: str) -> None:
    """Raise SettingsError for an address that others reach."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingsError(
            f"server.host: {host} is not loopback, and without credentials anybody who reaches it could use it; "
            "listen on 127.0.0.1 and put an authenticating proxy in front"
        )


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(BACKLOG_CONNECTIONS)
    except OSError as error:
        bound.close()
        raise SettingsError(f"server.port: cannot listen on {host}:{port}: {error.strerror}; try --port 0") from None
    return bound
