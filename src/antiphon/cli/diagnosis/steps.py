"""Goes the way to a server and says how far it came; the step that fails is named, and what to do."""

import shlex
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from antiphon.cli.diagnosis.bounded import in_thread
from antiphon.cli.diagnosis.certificates import Facts
from antiphon.cli.diagnosis.finding import Finding, Mark, fault, ok, warning
from antiphon.cli.diagnosis.route import (
    STEP_WAIT_S,
    Route,
    addresses,
    greet,
    is_address,
    reach,
    reach_through,
    route_to,
    stranger,
    why,
)
from antiphon.client.endpoint import is_loopback, server_of
from antiphon.errors import without_secrets

ADDRESSES_SHOWN_MAX = 3
WHOLE_STEP_WAIT_S = 4 * STEP_WAIT_S
"""For a step with all its parts: a name may have several addresses, and a proxy stand in between."""
OWN_ISSUER = "antiphon on this machine"
"""Of the certificates `antiphon serve --tls` makes."""

_INSTALL_SOCKS = "pip install 'python-socks[asyncio]'"

T = TypeVar("T")
_Step = Callable[[], Awaitable[Finding]]


async def examine_route(url: str, *, own: bool, authority: Path) -> AsyncGenerator[Finding]:
    """Go as far as TLS; where a finding is not ok it is the last one.

    `own` marks the server that `antiphon serve` would be: that it does not run is no fault, for `ask` runs one
    itself. `authority` is the certificate its clients are to trust.
    """
    walk = _Walk(url, route_to(url), own=own, authority=authority)
    for step in walk.steps():
        finding = await step()
        yield finding
        if finding.mark is not Mark.OK:
            return


class _Walk:
    def __init__(self, url: str, route: Route, *, own: bool, authority: Path) -> None:
        self._server = server_of(url)
        self._here = is_loopback(url)
        self._route = route
        self._own = own
        self._authority = authority

    def steps(self) -> list[_Step]:
        """What is to be looked at, in order."""
        route = self._route
        steps: list[_Step] = [] if is_address(route.first[0]) else [self._name]
        steps.append(self._reached)
        if route.proxy is not None:
            steps.append(self._proxied)
        return [*steps, self._greeted] if route.secure and route.tunnels else steps

    async def _name(self) -> Finding:
        host, port = self._route.first
        try:
            found, ms = await _timed(lambda: addresses(host, port), STEP_WAIT_S)
        except (socket.gaierror, UnicodeError, TimeoutError) as error:
            reason = why(error) if isinstance(error, OSError) else "it is no name"
            advice = "look whether the name is written right, and whether this machine has a network"
            return fault("DNS", f"{host} leads nowhere: {reason}", advice)
        more = len(found) - ADDRESSES_SHOWN_MAX
        listed = ", ".join(found[:ADDRESSES_SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")
        return ok("DNS", f"{host} is {listed} ({ms} ms)")

    async def _reached(self) -> Finding:
        host, port = self._route.first
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            _, ms = await _timed(lambda: reach(self._route))
        except OSError as error:
            return self._not_reached(place, error)
        return ok("TCP", f"{place} answers ({ms} ms)")

    def _not_reached(self, place: str, error: OSError) -> Finding:
        if self._own and isinstance(error, ConnectionRefusedError):
            advice = "`antiphon ask` and `talk` run a server of their own; for other clients start one:"
            return warning("TCP", f"no server runs at {self._server}", advice, "antiphon serve")
        found = f"{place} cannot be reached: {why(error)}"
        if self._route.proxy is not None:
            return fault("TCP", found, "it is the proxy the environment names: correct it, or leave it out")
        if self._here:
            return fault("TCP", found, "start the server, or correct the port:", "antiphon serve")
        return fault("TCP", found, "look whether the server runs, and whether a firewall stands in between")

    async def _proxied(self) -> Finding:
        proxy = self._route.proxy
        assert proxy is not None
        name = without_secrets(proxy.geturl()).rstrip("/")
        if proxy.scheme.startswith("socks") and find_spec("python_socks") is None:
            return fault("proxy", f"{name} speaks SOCKS, which takes one more package", "", _INSTALL_SOCKS)
        if not self._route.tunnels:
            return ok("proxy", f"{name}, from the environment; what is behind it is not told apart")
        try:
            _, ms = await _timed(lambda: reach_through(self._route))
        except OSError as error:
            advice = f"have it let you through to {self._route.host}, or go past it:"
            return fault("proxy", f"{name}: {why(error)}", advice, f"export no_proxy={shlex.quote(self._route.host)}")
        return ok("proxy", f"{name}, from the environment, leads to {self._route.host} ({ms} ms)")

    async def _greeted(self) -> Finding:
        try:
            greeting, ms = await _timed(lambda: greet(self._route))
        except ssl.SSLCertVerificationError as error:
            return await self._untrusted(error)
        except OSError as error:
            plain = self._server.replace("wss", "ws", 1)
            advice = f"what answers may not speak TLS: try {plain}" if self._here else "a proxy or firewall may cut TLS"
            return fault("TLS", f"the handshake failed: {why(error)}", advice)
        facts = greeting.certificate
        return ok("TLS", f"{greeting.version}, issued by {facts.issuer}, good until {facts.last_day} ({ms} ms)")

    async def _untrusted(self, error: ssl.SSLCertVerificationError) -> Finding:
        reason = error.verify_message
        try:
            facts, _ = await _timed(lambda: stranger(self._route))
        except (OSError, ValueError):
            return fault("TLS", f"the certificate is not trusted: {reason}")
        if facts.ended:
            return fault(
                "TLS",
                f"the certificate ended on {facts.last_day}",
                "have it renewed, or set this machine's clock right",
            )
        if "mismatch" in reason.lower():
            names = ", ".join(facts.names) or "no host"
            return fault("TLS", f"the certificate is for {names}, not for {self._route.host}", "use one of its names")
        found = f"the certificate is not trusted ({reason}): issued by {facts.issuer}"
        return fault("TLS", found, *self._trusting(facts))

    def _trusting(self, facts: Facts) -> tuple[str, ...]:
        if facts.issuer != OWN_ISSUER:
            return (
                "where that is your company's proxy or your own server, name the certificate of its issuer:",
                "export SSL_CERT_FILE=...",
            )
        if self._authority.is_file():
            return (
                "it is of an `antiphon serve --tls`; trust it:",
                f"export SSL_CERT_FILE={shlex.quote(str(self._authority))}",
            )
        return (
            "it is of an `antiphon serve --tls`: copy tls/authority.pem from its data directory, then",
            "export SSL_CERT_FILE=...",
        )


async def _timed(work: Callable[[], T], wait_s: float = WHOLE_STEP_WAIT_S) -> tuple[T, int]:
    """Do it, and tell how many milliseconds it took."""
    began_s = time.perf_counter()
    done = await in_thread(work, wait_s)
    return done, round((time.perf_counter() - began_s) * 1_000)
