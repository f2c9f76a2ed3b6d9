"""What a store must be able to do; the embedded one is `sqlite.py`, one on the network can take its place.

Times are seconds since the epoch. Every method raises StoreError when the store cannot be read or written.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

TOKEN_PREFIX = "auth_tokens/"  # noqa: S105 - not a secret itself
"""What the name of every ephemeral token begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key, without its secret."""

    name: str
    created: float
    sessions_max: int | None = None
    """Sessions at once; any number when it is None."""
    expires: float | None = None
    revoked: bool = False


class KeyStore(Protocol):
    """API keys by name. What one process changes, others see at once."""

    async def add(self, name: str, sessions_max: int | None = None, expires: float | None = None) -> str:
        """Make a key and give its secret, which cannot be had again. Raises SettingsError for a name in use."""

    async def revoke(self, name: str, *, forget: bool = False) -> bool:
        """Make a key worthless; False when no such key is good.

        It stays known, so that a server that had keys never opens to everybody, unless it is forgotten. Its tokens
        and kept sessions end with it, for another key may get its name.
        """

    async def list(self) -> tuple[Key, ...]:
        """All of them by name, with those that are revoked or expired."""

    async def find(self, secret: str) -> Key | None:
        """The key with this secret, expired or not; None for one that is unknown or revoked."""

    async def named(self, name: str) -> Key | None:
        """The key of this name, expired or not; None for one that is unknown or revoked."""

    async def configured(self) -> bool:
        """Whether there is any key, good or not: then everybody needs one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an ephemeral token allows (protocol.md 6)."""

    owner: str | None
    """The key it was made with."""
    uses: int
    """Sessions it may open; 0 for any number."""
    expires: float
    new_session_expires: float
    setup: bytes | None = field(default=None, repr=False)
    """What it locks; all of it, or what `mask` lists."""
    mask: str = ""


class TokenFault(Enum):
    """Why a token opens no session."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    TOO_LATE = "too late for a new session"
    USED_UP = "used up"


class TokenStore(Protocol):
    """Ephemeral tokens by name; the name is the secret."""

    async def mint(self, token: Token, now: float) -> str:
        """Keep a token and give its name. Raises StoreFull when there are as many, or as large ones, as may be."""

    async def look(self, name: str) -> Token | None:
        """Find a token, expired or not, without using it."""

    async def spend(self, name: str, now: float) -> Token | TokenFault:
        """Count one use, unless the token allows none: of any number of callers, `uses` succeed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A session as it was saved."""

    lineage: str
    record: bytes = field(repr=False)


class SessionStore(Protocol):
    """Sessions that can be resumed, by handle; the handle is the secret."""

    async def save(self, lineage: str, owner: str | None, record: bytes, expires: float) -> str:
        """Keep a record and give a new handle to it; it survives whatever comes after this returned.

        `lineage` names the session through all its connections: its oldest handles go, and with them
        their records, once there are more than `handles_max`. Where all that is kept would be more than
        `store_bytes_max`, those of the owner that has the most go, the soonest to end first. Raises StoreFull
        for a record that is larger than all of it.
        """

    async def load(self, handle: str, owner: str | None, now: float) -> Stored | None:
        """Find what a handle leads to; None for one that is unknown, expired or somebody else's."""

    async def touch(self, lineage: str, expires: float) -> None:
        """Let all that is still kept of a session end at another time; what has expired stays so."""


@dataclass(frozen=True, slots=True)
class Store:
    """The three, opened and closed together."""

    keys: KeyStore
    tokens: TokenStore
    sessions: SessionStore
    aclose: Callable[[], Awaitable[None]]
    """Let go of it, when the calls under way have ended."""
