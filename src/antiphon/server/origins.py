"""Which web pages may use a server that asks nobody for a key.

Any page a user visits can dial his machine: browsers ask no leave for a WebSocket, only say whose page it
is. And where a page is of a name that its owner has since made lead to this machine, it even passes for
one of ours; the Host header still has that name.
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

from antiphon.server.refusals import Kind, Refused

ANY = "*"
"""Listed, it allows every page."""
QUOTED_CHARACTERS_MAX = 80


def check_page(connection: HTTPConnection, allowed: tuple[str, ...], *, same: bool) -> None:
    """Raise Refused for a request of a page of elsewhere; what is no browser names no page.

    Pages of this machine may ask, and those of the origins `allowed`; where `same` is set, of this machine's
    only those of this very server. `allowed` also lists other names by which the server may be called.
    """
    if ANY in allowed:
        return
    host, origin = connection.headers.get("host", ""), connection.headers.get("origin")
    listed = {each.lower() for each in allowed}
    if origin is not None and origin.lower() in listed:
        return
    called = _parts(f"//{host}").hostname or ""
    if not is_loopback(called) and called not in {_parts(each).hostname for each in listed}:
        raise _foreign("host", host)
    if origin is not None and not _at_home(origin, host, same=same):
        raise _foreign("origin", origin)


def check_own_page(connection: HTTPConnection) -> None:
    """Raise Refused for a request of a page that is not of this very server, whatever is listed.

    For what a cookie allows: browsers send it along with what pages at other ports of the same host ask for.
    """
    host, origin = connection.headers.get("host", ""), connection.headers.get("origin")
    if origin is not None and not _at_home(origin, host, same=True):
        raise Refused(
            Kind.PERMISSION_DENIED, f"origin {origin[:QUOTED_CHARACTERS_MAX]!r}: this is for the server's own page"
        )


def _at_home(origin: str, host: str, *, same: bool) -> bool:
    page = _parts(origin)
    return "" != page.netloc == host if same else is_loopback(page.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parts(url: str) -> SplitResult:
    """The parts of a URL; empty ones of text that is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _foreign(header: str, value: str) -> Refused:
    return Refused(
        Kind.PERMISSION_DENIED,
        f"{header} {value[:QUOTED_CHARACTERS_MAX]!r}: without a key this server is for pages and programs of its own "
        "machine; add a key, or list the origin in server.origins",
    )
