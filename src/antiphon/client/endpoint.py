"""What a user calls a server, turned into the URL to connect to."""

import ipaddress
from urllib.parse import SplitResult, urljoin, urlsplit

from antiphon.errors import SettingsError, without_secrets
from antiphon.wire.dialect import DEVELOPER_PATH

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}


def endpoint_url(endpoint: str) -> str:
    """Complete `host:port`, `http(s)://…` or `ws(s)://…` to the URL of the Live API method.

    Raises SettingsError, which says what a URL may look like.
    """
    parts = _split(endpoint.strip())
    if parts.scheme not in _SCHEMES:
        raise SettingsError(f"{without_secrets(endpoint)} has the scheme {parts.scheme!r}: use ws, wss, http or https")
    if not parts.hostname:
        raise SettingsError(f"{without_secrets(endpoint)} names no host: use something like ws://127.0.0.1:8765")
    path = parts.path if parts.path.strip("/") else DEVELOPER_PATH
    return parts._replace(scheme=_SCHEMES[parts.scheme], path=path, fragment="").geturl()


def server_of(url: str) -> str:
    """Give scheme, host and port of a URL, for people to read."""
    return without_secrets(urljoin(url, "/")).rstrip("/")


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
        raise SettingsError(f"--url is no URL ({error}): use something like ws://127.0.0.1:8765") from None
    return parts
