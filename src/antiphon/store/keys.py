"""API keys in SQLite."""

import sqlite3
from collections.abc import Callable

from antiphon.errors import SettingsError
from antiphon.store.contracts import Key
from antiphon.store.database import Database
from antiphon.store.secret import digest, new_secret

KEY_PREFIX = "ak-"
"""So that a key is known as one where it should not be: in a log, in a repository."""

_ALL = "SELECT name, created, sessions_max, expires, revoked FROM keys ORDER BY name"
_BY_SHA256 = "SELECT name, created, sessions_max, expires, revoked FROM keys WHERE sha256 = ? AND NOT revoked"
_BY_NAME = "SELECT name, created, sessions_max, expires, revoked FROM keys WHERE name = ? AND NOT revoked"


class SqliteKeys:
    """A KeyStore."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def add(self, name: str, sessions_max: int | None = None, expires: float | None = None) -> str:
        secret = new_secret(KEY_PREFIX)
        key = Key(name=name, created=self._clock(), sessions_max=sessions_max, expires=expires)
        await self._database.write(_add, key, digest(secret))
        return secret

    async def revoke(self, name: str, *, forget: bool = False) -> bool:
        return await self._database.write(_forget if forget else _revoke, name)

    async def list(self) -> tuple[Key, ...]:
        return await self._database.read(_list)

    async def find(self, secret: str) -> Key | None:
        return await self._database.read(_find, _BY_SHA256, digest(secret))

    async def named(self, name: str) -> Key | None:
        return await self._database.read(_find, _BY_NAME, name)

    async def configured(self) -> bool:
        return await self._database.read(_any)


def _add(connection: sqlite3.Connection, key: Key, sha256: bytes) -> None:
    if connection.execute("DELETE FROM keys WHERE name = ? AND revoked", (key.name,)).rowcount:
        _end_all_of(connection, key.name)  # a session that was open when the key was revoked went on being kept
    try:
        connection.execute(
            "INSERT INTO keys (name, sha256, created, sessions_max, expires) VALUES (?, ?, ?, ?, ?)",
            (key.name, sha256, key.created, key.sessions_max, key.expires),
        )
    except sqlite3.IntegrityError:
        raise SettingsError(f"a key named {key.name} is there already; revoke it first, or take another name") from None


def _revoke(connection: sqlite3.Connection, name: str) -> bool:
    changed = connection.execute("UPDATE keys SET revoked = 1 WHERE name = ? AND NOT revoked", (name,))
    _end_all_of(connection, name)
    return changed.rowcount > 0


def _forget(connection: sqlite3.Connection, name: str) -> bool:
    _end_all_of(connection, name)
    return connection.execute("DELETE FROM keys WHERE name = ?", (name,)).rowcount > 0


def _end_all_of(connection: sqlite3.Connection, owner: str) -> None:
    """Delete what was made with a key: it names the key, and another one may get the name."""
    connection.execute("DELETE FROM tokens WHERE owner = ?", (owner,))
    connection.execute("DELETE FROM sessions WHERE owner = ?", (owner,))


def _list(connection: sqlite3.Connection) -> tuple[Key, ...]:
    return tuple(map(_key, connection.execute(_ALL)))


def _find(connection: sqlite3.Connection, query: str, value: str | bytes) -> Key | None:
    found = connection.execute(query, (value,)).fetchone()
    return found and _key(found)


def _any(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None


def _key(row: tuple[str, float, int | None, float | None, int]) -> Key:
    name, created, sessions_max, expires, revoked = row
    return Key(name=name, created=created, sessions_max=sessions_max, expires=expires, revoked=bool(revoked))
