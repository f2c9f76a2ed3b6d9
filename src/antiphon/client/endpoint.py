"""What a user calls a server, turned into the URL to connect to."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from antiphon.errors import SettingsError

DEVELOPER_PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
"""Where a URL without a path leads: the Developer API's method (protocol.md 1.1)."""

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}


def endpoint_url(endpoint: str) -> str:
    """Complete `host:port`, `http(s)://…` or `ws(s)://…` to the URL of the Live API method.

    Raises SettingsError, which says what a URL may look like.
    """
    parts = _split(endpoint.strip())
    if parts.scheme not in _SCHEMES:
        raise SettingsError(f"{endpoint!r} has the scheme {parts.scheme!r}: use ws, wss, http or https")
    if not parts.hostname:
        raise SettingsError(f"{endpoint!r} names no host: use something like ws://127.0.0.1:8765")
    path = parts.path if parts.path.strip("/") else DEVELOPER_PATH
    return parts._replace(scheme=_SCHEMES[parts.scheme], path=path, fragment="").geturl()


def shown(url: str) -> str:
    """Give scheme, host and port of a URL: what may be printed, for its query may hold a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine, where no proxy stands in between."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(endpoint: str) -> SplitResult:
    try:
        parts = urlsplit(endpoint if "://" in endpoint else f"ws://{endpoint}")
        _ = parts.port
    except ValueError as error:
        raise SettingsError(f"{endpoint!r} is no URL ({error}): use something like ws://127.0.0.1:8765") from None
    return parts
