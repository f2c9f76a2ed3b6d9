"""Sessions that can be resumed, in SQLite."""

import sqlite3
from collections.abc import Callable

from antiphon.store.contracts import Stored
from antiphon.store.database import Database
from antiphon.store.secret import digest, new_secret


class SqliteSessions:
    """A SessionStore. A record is what was said, in the open: the file's mode is what protects it."""

    def __init__(self, database: Database, handles_max: int, clock: Callable[[], float]) -> None:
        self._database = database
        self._handles_max = handles_max
        self._clock = clock

    async def save(self, lineage: str, owner: str | None, record: bytes, expires: float) -> str:
        handle = new_secret()
        row = (digest(handle), lineage, owner, expires, record)
        await self._database.write(_save, row, self._handles_max, self._clock())
        return handle

    async def load(self, handle: str, owner: str | None, now: float) -> Stored | None:
        return await self._database.read(_load, digest(handle), owner, now)

    async def touch(self, lineage: str, expires: float) -> None:
        await self._database.write(_touch, lineage, expires)


def _save(
    connection: sqlite3.Connection, row: tuple[bytes, str, str | None, float, bytes], handles_max: int, now: float
) -> None:
    connection.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
    connection.execute("INSERT INTO sessions (sha256, lineage, owner, expires, record) VALUES (?, ?, ?, ?, ?)", row)
    connection.execute(
        "DELETE FROM sessions WHERE lineage = ?1 AND number NOT IN "
        "(SELECT number FROM sessions WHERE lineage = ?1 ORDER BY number DESC LIMIT ?2)",
        (row[1], handles_max),
    )


def _load(connection: sqlite3.Connection, sha256: bytes, owner: str | None, now: float) -> Stored | None:
    found = connection.execute(
        "SELECT lineage, record FROM sessions WHERE sha256 = ? AND owner IS ? AND expires > ?", (sha256, owner, now)
    ).fetchone()
    return found and Stored(*found)


def _touch(connection: sqlite3.Connection, lineage: str, expires: float) -> None:
    connection.execute("UPDATE sessions SET expires = ? WHERE lineage = ?", (expires, lineage))
