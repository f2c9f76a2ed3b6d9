"""Who may operate the server: whoever knows the operator's key, or whose browser has given it.

A browser gets a cookie for it, so that the page need not keep the key.
"""

import re
from collections import deque
from collections.abc import Callable

from starlette.requests import HTTPConnection

from antiphon.config import Operating
from antiphon.server.operator_key import OperatorKey
from antiphon.server.refusals import Kind, Refused
from antiphon.store.secret import digest, new_secret

COOKIE = "antiphon_operator"
"""How the names of all its cookies begin."""
_PORT = re.compile(r":([0-9]{1,5})\Z")

WRONG_KEY = "The operator's key is not valid. `antiphon serve` says where it is."
NOT_ENTERED = "This is for the operator of the server: enter the operator's key first."

WRONG_KEYS_SPAN_S = 60.0
"""In which wrong keys are counted."""
ADDRESSES_MAX = 1_024
"""Whose wrong keys are remembered; the one that began first is forgotten for one more."""


class OperatorGuard:
    """Knows the key, and the browsers that were let in."""

    def __init__(self, key: OperatorKey, limits: Operating, clock: Callable[[], float]) -> None:
        """`clock` tells the seconds since the epoch."""
        self._key = key
        self._limits = limits
        self._clock = clock
        self._entries: dict[bytes, float] = {}
        """Digests of cookies, the oldest first, and when they end."""
        self._wrong: dict[str, deque[float]] = {}
        """When wrong keys came, by the address they came from."""

    def enter(self, address: str, secret: str) -> str:
        """The value of a new cookie; raises Refused for a wrong key, and for any after too many of them."""
        self._check_key(address, secret)
        while len(self._entries) >= self._limits.entries_max:
            del self._entries[next(iter(self._entries))]
        value = new_secret()
        self._entries[digest(value)] = self._clock() + self._limits.entry_s
        return value

    def leave(self, connection: HTTPConnection) -> None:
        """End what the cookie of a request was good for."""
        self._entries.pop(_cookie(connection), None)

    def check(self, connection: HTTPConnection) -> None:
        """Raise Refused unless a request comes with a good cookie or with the key."""
        if self._clock() < self._entries.get(_cookie(connection), 0.0):
            return
        scheme, _, secret = connection.headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(Kind.UNAUTHENTICATED, NOT_ENTERED)
        self._check_key(address_of(connection), secret.strip())

    def _check_key(self, address: str, secret: str) -> None:
        now, most = self._clock(), self._limits.wrong_keys_max
        wrong = self._wrong.get(address) or deque(maxlen=most)
        if len(wrong) == most and now < wrong[0] + WRONG_KEYS_SPAN_S:
            raise Refused(Kind.RESOURCE_EXHAUSTED, "Too many wrong keys came from there: try again in a minute.")
        if self._key.opens(secret):
            return
        if address not in self._wrong and len(self._wrong) >= ADDRESSES_MAX:
            del self._wrong[next(iter(self._wrong))]
        wrong.append(now)
        self._wrong[address] = wrong
        raise Refused(Kind.UNAUTHENTICATED, WRONG_KEY)


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from; of a proxy's all from one, unless it says more and is of this machine."""
    return connection.client.host if connection.client else ""


def cookie_of(connection: HTTPConnection) -> str:
    """The cookie's name where that server was called: to browsers the cookies of all ports of a host are one lot.

    The port is the one the browser knows, behind a proxy too: unless Host names it, the page may do nothing
    (`origins.check_own_page`).
    """
    port = _PORT.search(connection.headers.get("host", ""))
    return f"{COOKIE}_{port[1]}" if port else COOKIE


def _cookie(connection: HTTPConnection) -> bytes:
    return digest(connection.cookies.get(cookie_of(connection), ""))
