"""The way to a server, step by step: DNS, TCP or a proxy, TLS. Blocking, and each step bounded by its own wait."""

import base64
import ipaddress
import os
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from antiphon.cli.diagnosis.certificates import Facts, facts_of
from antiphon.client.endpoint import is_loopback
from antiphon.errors import SettingsError

STEP_WAIT_S = 5.0
"""For each step; servers that are well take a tenth of a second."""

_PORTS = {"ws": 80, "wss": 443, "http": 80, "https": 443}
_PROXY_SCHEMES = {"ws": ("wss", "socks", "https", "http"), "wss": ("wss", "socks", "https")}
"""Whose proxy a WebSocket takes, the first that is set: as the library websockets chooses."""
_TUNNEL_ANSWER_BYTES_MAX = 16_384


class TunnelRefused(OSError):
    """A proxy does not lead there; the text is its status line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a connection goes."""

    host: str
    port: int
    secure: bool
    proxy: SplitResult | None
    """What stands in between; its password shows in no text of ours."""

    @property
    def first(self) -> tuple[str, int]:
        """Host and port that are dialled."""
        if self.proxy is None:
            return self.host, self.port
        return self.proxy.hostname or "", self.proxy.port or _PORTS.get(self.proxy.scheme, 1080)

    @property
    def tunnels(self) -> bool:
        """The steps behind the proxy can be looked at too."""
        return self.proxy is None or self.proxy.scheme == "http"


@dataclass(frozen=True, slots=True)
class Greeting:
    """A TLS handshake that succeeded."""

    version: str
    certificate: Facts


def route_to(url: str) -> Route:
    """Find the way to a complete URL, past or through the proxy the environment names. Raises SettingsError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    proxy = None if is_loopback(url) or proxy_bypass(f"{host}:{port}") else _proxy(parts.scheme)
    return Route(host=host, port=port, secure=parts.scheme == "wss", proxy=proxy)


def _proxy(scheme: str) -> SplitResult | None:
    proxies = getproxies()
    named = next((proxies[each] for each in _PROXY_SCHEMES[scheme] if proxies.get(each)), None)
    if named is None:
        return None
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        _ = parts.port
    except ValueError:
        raise SettingsError("the proxy in the environment is no URL: correct it, or leave it out") from None
    return parts


def is_address(host: str) -> bool:
    """Tell whether a host needs no DNS."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def addresses(host: str, port: int) -> tuple[str, ...]:
    """Ask DNS. Raises socket.gaierror. Bounded by nothing but the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def reach(route: Route) -> None:
    """Open a TCP connection and close it. Raises OSError."""
    socket.create_connection(route.first, timeout=STEP_WAIT_S).close()


def reach_through(route: Route) -> None:
    """Have the proxy lead to the server. Raises TunnelRefused, OSError."""
    _dialled(route).close()


def greet(route: Route) -> Greeting:
    """Do a TLS handshake as a client that trusts whom Python trusts. Raises ssl.SSLError, OSError."""
    context = ssl.create_default_context()
    with _dialled(route) as plain, context.wrap_socket(plain, server_hostname=route.host) as secured:
        return Greeting(secured.version() or "TLS", facts_of(secured.getpeercert(binary_form=True) or b""))


def stranger(route: Route) -> Facts:
    """Read the certificate of a server that is not trusted; nothing is said to it. Raises OSError, ValueError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with _dialled(route) as plain, context.wrap_socket(plain, server_hostname=route.host) as secured:
        return facts_of(secured.getpeercert(binary_form=True) or b"")


def why(error: OSError) -> str:
    """Say what an error of the network is, without its number."""
    if isinstance(error, TimeoutError):
        return f"no answer within {STEP_WAIT_S:g} s"
    if error.errno is not None and error.errno > 0 and not isinstance(error, ssl.SSLError | socket.gaierror):
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__


def _dialled(route: Route) -> socket.socket:
    plain = socket.create_connection(route.first, timeout=STEP_WAIT_S)
    if route.proxy is None:
        return plain
    try:
        _tunnel(plain, route, route.proxy)
    except BaseException:
        plain.close()
        raise
    return plain


def _tunnel(plain: socket.socket, route: Route, proxy: SplitResult) -> None:
    """Ask for a tunnel (RFC 9110, 9.3.6)."""
    target = f"[{route.host}]:{route.port}" if ":" in route.host else f"{route.host}:{route.port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.username is not None:
        pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
    plain.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _TUNNEL_ANSWER_BYTES_MAX:
        piece = plain.recv(1)  # not a byte more than the answer: what follows is the server's
        if not piece:
            break
        answer += piece
    status = answer.partition(b"\r\n")[0].decode("latin-1")
    if status.split(" ")[1:2] != ["200"]:
        raise TunnelRefused(f"it answered {status}" if status else "it hung up")
