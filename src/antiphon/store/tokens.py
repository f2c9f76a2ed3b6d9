"""Ephemeral tokens in SQLite."""

import sqlite3

from antiphon.config import Tokens
from antiphon.errors import StoreFull
from antiphon.store.contracts import TOKEN_PREFIX, Token, TokenFault
from antiphon.store.database import Database, kept_bytes
from antiphon.store.secret import digest, new_secret

EXPIRED_KEPT_S = 3_600.0
"""A token stays known for so long after its end, so that its bearer can be told what is wrong with it."""

_INSERT = """
INSERT INTO tokens (sha256, owner, uses, expires, new_session_expires, setup, mask) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_SELECT = "SELECT owner, uses, expires, new_session_expires, setup, mask FROM tokens WHERE sha256 = ?"


class SqliteTokens:
    """A TokenStore."""

    def __init__(self, database: Database, limits: Tokens) -> None:
        self._database = database
        self._limits = limits

    async def mint(self, token: Token, now: float) -> str:
        name = new_secret(TOKEN_PREFIX)
        await self._database.write(_mint, token, digest(name), now, self._limits)
        return name

    async def look(self, name: str) -> Token | None:
        return await self._database.read(_look, digest(name))

    async def spend(self, name: str, now: float) -> Token | TokenFault:
        return await self._database.write(_spend, digest(name), now)


def _mint(connection: sqlite3.Connection, token: Token, sha256: bytes, now: float, limits: Tokens) -> None:
    _make_room(connection, now, len(token.setup or b"") + len(token.mask.encode()), limits)
    connection.execute(
        _INSERT,
        (sha256, token.owner, token.uses, token.expires, token.new_session_expires, token.setup, token.mask),
    )


def _make_room(connection: sqlite3.Connection, now: float, size: int, limits: Tokens) -> None:
    """Delete what expired long ago; if that is not enough, all that expired."""
    for end in (now - EXPIRED_KEPT_S, now):
        connection.execute("DELETE FROM tokens WHERE expires <= ?", (end,))
        (count,) = connection.execute("SELECT count(*) FROM tokens").fetchone()
        if count < limits.tokens_max and kept_bytes(connection, "tokens") + size <= limits.store_bytes_max:
            return
    raise StoreFull(f"{count} tokens are kept, and there is no room for another one with what it locks")


def _look(connection: sqlite3.Connection, sha256: bytes) -> Token | None:
    found = connection.execute(_SELECT, (sha256,)).fetchone()
    return found and _token(found)


def _spend(connection: sqlite3.Connection, sha256: bytes, now: float) -> Token | TokenFault:
    token = _look(connection, sha256)
    if token is None:
        return TokenFault.UNKNOWN
    if now >= token.expires:
        return TokenFault.EXPIRED
    if now >= token.new_session_expires:
        return TokenFault.TOO_LATE
    counted = connection.execute(
        "UPDATE tokens SET used = used + 1 WHERE sha256 = ? AND (uses = 0 OR used < uses)", (sha256,)
    )
    return token if counted.rowcount else TokenFault.USED_UP


def _token(row: tuple[str | None, int, float, float, bytes | None, str]) -> Token:
    owner, uses, expires, new_session_expires, setup, mask = row
    return Token(
        owner=owner, uses=uses, expires=expires, new_session_expires=new_session_expires, setup=setup, mask=mask
    )
