"""A server that listens: engines loaded, port open, until the block is left."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvicorn

from antiphon.config import Settings
from antiphon.engines.registry import load_engines
from antiphon.errors import SettingsError
from antiphon.server.app import App
from antiphon.server.operator_key import operator_key
from antiphon.server.origins import is_loopback
from antiphon.server.protocol import bounded_protocol
from antiphon.server.tls import Certificate, local_certificate
from antiphon.store.contracts import Key, Store
from antiphon.store.sqlite import open_store

BACKLOG_CONNECTIONS = 256
"""Connections the kernel holds while the loop is busy."""

log = logging.getLogger(__name__)


async def _nobody() -> None:
    """Wait for nobody."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server is reached."""

    host: str
    port: int
    certificate: Certificate | None
    keys: int = 0
    """Keys that are good now."""
    open_to_all: bool = True
    """No key is needed."""
    operator_file: Path | None = None
    """Where the operator's key can be read; None when `server.operator_key` names it."""
    drain: Callable[[], Awaitable[None]] = _nobody
    """Ask the clients to leave, and wait for them as long as `server.drain_s`."""

    @property
    def reached_by_others(self) -> bool:
        """Not only by this machine."""
        return not is_loopback(self.host)

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
async def listening(settings: Settings, clock: Callable[[], float] = time.time) -> AsyncIterator[Listening]:
    """Load the engines and listen; `clock` tells the seconds since the epoch.

    Raises SettingsError for an address that others reach while there is no key, for one that is taken
    and for a store that cannot be used; EngineUnavailable when an engine or its weights are missing.
    """
    place = settings.server
    async with _opened_store(settings, clock) as store:
        keys = await store.keys.list()
        good = _good(keys, clock())
        private = is_loopback(place.host)
        check_loopback(place.host, good)
        certificate = local_certificate(place.data_dir, place.host) if place.tls else None
        key = operator_key(place)
        with bound_socket(place.host, place.port) as bound:
            engines = await asyncio.to_thread(load_engines, settings)
            app = App(engines, settings, store, key, private=private, clock=clock)
            server = _Uvicorn(_config(app, settings, certificate))
            # Not a TaskGroup: it would wrap whatever the caller's block raises into a group.
            serving = asyncio.create_task(server.serve(sockets=[bound]))  # noqa: TID251
            try:
                port, drain = bound.getsockname()[1], partial(app.presence.drain, place.drain_s)
                yield Listening(place.host, port, certificate, good, private and not keys, key.file, drain)
            finally:
                server.should_exit = True
                await serving
                await engines.aclose()


@asynccontextmanager
async def _opened_store(settings: Settings, clock: Callable[[], float] = time.time) -> AsyncIterator[Store]:
    store = await open_store(settings, clock)
    try:
        yield store
    finally:
        await store.aclose()


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


def check_loopback(host: str, keys: int) -> None:
    """Raise SettingsError for an address that others reach, unless there is a key they need."""
    if not is_loopback(host) and not keys:
        raise SettingsError(
            f"server.host: {host} is not loopback, and without a key anybody who reaches it could use it; "
            "make one with `antiphon keys add NAME`, or listen on 127.0.0.1"
        )


async def check_reachable(settings: Settings) -> None:
    """As check_loopback with the keys there are now, for a command that has more to do before it listens."""
    async with _opened_store(settings) as store:
        check_loopback(settings.server.host, _good(await store.keys.list(), time.time()))


def _good(keys: Iterable[Key], now: float) -> int:
    return sum(not key.revoked and (key.expires is None or now < key.expires) for key in keys)


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on; raises SettingsError for a port that is taken."""
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
