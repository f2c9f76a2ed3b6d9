"""Sessions that can be resumed, in SQLite."""

import sqlite3
from collections.abc import Callable

from antiphon.config import Resumption
from antiphon.errors import StoreFull
from antiphon.store.contracts import Stored
from antiphon.store.database import Database, kept_bytes
from antiphon.store.secret import digest, new_secret


class SqliteSessions:
    """A SessionStore. A record is what was said, in the open: the file's mode is what protects it."""

    def __init__(self, database: Database, limits: Resumption, clock: Callable[[], float]) -> None:
        self._database = database
        self._limits = limits
        self._clock = clock

    async def save(self, lineage: str, owner: str | None, record: bytes, expires: float) -> str:
        handle = new_secret()
        row = (digest(handle), lineage, owner, expires, record)
        await self._database.write(_save, row, self._limits, self._clock())
        return handle

    async def load(self, handle: str, owner: str | None, now: float) -> Stored | None:
        return await self._database.read(_load, digest(handle), owner, now)

    async def touch(self, lineage: str, expires: float) -> None:
        await self._database.write(_touch, lineage, expires, self._clock())


def _save(
    connection: sqlite3.Connection, row: tuple[bytes, str, str | None, float, bytes], limits: Resumption, now: float
) -> None:
    _, lineage, _, _, record = row
    connection.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
    connection.execute(
        "DELETE FROM sessions WHERE lineage = ?1 AND number NOT IN "
        "(SELECT number FROM sessions WHERE lineage = ?1 ORDER BY number DESC LIMIT ?2)",
        (lineage, limits.handles_max - 1),
    )
    _make_room(connection, len(record), limits.store_bytes_max)
    connection.execute("INSERT INTO sessions (sha256, lineage, owner, expires, record) VALUES (?, ?, ?, ?, ?)", row)


def _make_room(connection: sqlite3.Connection, size: int, bytes_max: int) -> None:
    """Delete until a record fits in, of whoever has the most: nobody's are displaced by another one's many."""
    if size > bytes_max:
        raise StoreFull(f"a session of {size} bytes is more than resumption.store_bytes_max, {bytes_max}")
    while kept_bytes(connection, "sessions") + size > bytes_max:
        gone = connection.execute(
            "DELETE FROM sessions WHERE number = (SELECT number FROM sessions WHERE ifnull(owner, '') = "
            "(SELECT owner FROM kept WHERE kind = 'sessions' ORDER BY bytes DESC LIMIT 1) ORDER BY expires LIMIT 1)"
        )
        if not gone.rowcount:
            raise StoreFull("the database counts sessions that are not there, and leaves no room for others")


def _load(connection: sqlite3.Connection, sha256: bytes, owner: str | None, now: float) -> Stored | None:
    found = connection.execute(
        "SELECT lineage, record FROM sessions WHERE sha256 = ? AND owner IS ? AND expires > ?", (sha256, owner, now)
    ).fetchone()
    return found and Stored(*found)


def _touch(connection: sqlite3.Connection, lineage: str, expires: float, now: float) -> None:
    connection.execute("UPDATE sessions SET expires = ? WHERE lineage = ? AND expires > ?", (expires, lineage, now))
