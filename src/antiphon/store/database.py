"""One SQLite file in one thread: opened, checked, and given to whoever has a statement to run.

Write-ahead log with a full sync at each commit: what was committed survives the end of the process
and of the machine. Several processes may have the file open.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from filelock import FileLock, Timeout

from antiphon.errors import AntiphonError, SettingsError, StoreError

FILE = "antiphon.db"
APPLICATION_ID = 0x616E7469
"""`anti`: how the file is known as ours."""

_SCHEMAS = (
    """
CREATE TABLE keys (
    name TEXT PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    created REAL NOT NULL,
    sessions_max INTEGER,
    expires REAL,
    revoked INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE tokens (
    sha256 BLOB PRIMARY KEY,
    owner TEXT,
    uses INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0,
    expires REAL NOT NULL,
    new_session_expires REAL NOT NULL,
    setup BLOB,
    mask TEXT NOT NULL
);
CREATE INDEX tokens_by_end ON tokens (expires);
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 BLOB NOT NULL UNIQUE,
    lineage TEXT NOT NULL,
    owner TEXT,
    expires REAL NOT NULL,
    record BLOB NOT NULL
);
CREATE INDEX sessions_by_lineage ON sessions (lineage, number);
CREATE INDEX sessions_by_end ON sessions (expires);
""",
    # Triggers, because adding up all sizes at each save would read every page of the table.
    """
CREATE TABLE kept (
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (kind, owner)
);
CREATE INDEX sessions_by_owner ON sessions (ifnull(owner, ''), expires);
CREATE INDEX tokens_by_owner ON tokens (owner);
INSERT INTO kept
    SELECT 'sessions', ifnull(owner, ''), sum(length(record)) FROM sessions GROUP BY 2;
INSERT INTO kept
    SELECT 'tokens', ifnull(owner, ''), sum(ifnull(length(setup), 0) + length(CAST(mask AS BLOB)))
        FROM tokens GROUP BY 2;
CREATE TRIGGER session_added AFTER INSERT ON sessions BEGIN
    INSERT INTO kept VALUES ('sessions', ifnull(NEW.owner, ''), length(NEW.record))
        ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes; END;
CREATE TRIGGER session_gone AFTER DELETE ON sessions BEGIN
    UPDATE kept SET bytes = bytes - length(OLD.record) WHERE kind = 'sessions' AND owner = ifnull(OLD.owner, ''); END;
CREATE TRIGGER token_added AFTER INSERT ON tokens BEGIN
    INSERT INTO kept
        VALUES ('tokens', ifnull(NEW.owner, ''), ifnull(length(NEW.setup), 0) + length(CAST(NEW.mask AS BLOB)))
        ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes; END;
CREATE TRIGGER token_gone AFTER DELETE ON tokens BEGIN
    UPDATE kept SET bytes = bytes - ifnull(length(OLD.setup), 0) - length(CAST(OLD.mask AS BLOB))
        WHERE kind = 'tokens' AND owner = ifnull(OLD.owner, ''); END;
""",
)
"""What each version of the schema adds to the one before it."""
SCHEMA_VERSION = len(_SCHEMAS)

T = TypeVar("T")
P = ParamSpec("P")


class Database:
    """The file. Its methods belong to the event loop; the statements run in its thread, one call after the other."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor, calls_max: int) -> None:
        self._connection = connection
        self._thread = thread
        self._calls_max = calls_max
        self._calls = 0
        self._closed = False

    async def read(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` with the connection.

        Raises StoreError for what SQLite cannot do, and when too many calls wait already.
        """
        return await self._run(lambda: work(self._connection, *args, **kwargs))

    async def write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work` in a transaction that no other writer shares: all of it is kept, or nothing."""

        def transaction() -> T:
            with _immediate(self._connection):
                return work(self._connection, *args, **kwargs)

        return await self._run(transaction)

    async def aclose(self) -> None:
        """Close the file when the calls under way have ended; again is no fault."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        await asyncio.to_thread(self._thread.shutdown)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreError("the database is closed")
        if self._calls >= self._calls_max:
            raise StoreError(f"{self._calls_max} calls to the database are waiting already")
        self._calls += 1
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        future.add_done_callback(self._ended)
        try:
            return await future
        except sqlite3.Error as error:
            raise StoreError(f"the database: {error}") from error

    def _ended(self, _: object) -> None:
        self._calls -= 1


async def open_database(data_dir: Path, *, busy_wait_s: float, calls_max: int) -> Database:
    """Open the file in a directory, or make both, readable by this user alone.

    Raises SettingsError for a file that is not ours, too new or broken, and for a directory that cannot be used.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="store")
    try:
        connection = await asyncio.get_running_loop().run_in_executor(thread, _opened, data_dir / FILE, busy_wait_s)
    except AntiphonError:
        await asyncio.to_thread(thread.shutdown)
        raise
    return Database(connection, thread, calls_max)


def kept_bytes(connection: sqlite3.Connection, kind: str) -> int:
    """How much is kept of all sessions, or of what all tokens lock."""
    (kept,) = connection.execute("SELECT ifnull(sum(bytes), 0) FROM kept WHERE kind = ?", (kind,)).fetchone()
    return int(kept)


def _opened(path: Path, busy_wait_s: float) -> sqlite3.Connection:
    _make_file(path)
    connection = sqlite3.connect(path, timeout=busy_wait_s, isolation_level=None, check_same_thread=False)
    try:
        # Of our own, because SQLite does not wait for its lock where it turns to the write-ahead log.
        with _faults_told(path), FileLock(path.with_suffix(".lock"), timeout=busy_wait_s):
            _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The logs beside it take their mode from it, so it must be right before SQLite sees the file.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise SettingsError(f"server.data_dir: cannot use {path}: {error.strerror}; name another directory") from None


@contextmanager
def _faults_told(path: Path) -> Iterator[None]:
    try:
        yield
    except Timeout:
        raise SettingsError(f"server.data_dir: another process has held {path} for long; end it first") from None
    except sqlite3.OperationalError as error:
        raise SettingsError(f"server.data_dir: cannot use {path}: {error}; name another directory") from None
    except sqlite3.DatabaseError as error:
        raise SettingsError(
            f"server.data_dir: {path} is no database, or broken ({error}); "
            "move it away for a new one, to which keys must be added anew"
        ) from None


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    _check_ours(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    version = _number(connection, "user_version")
    if version < SCHEMA_VERSION:
        with _immediate(connection):
            for statement in "".join(_SCHEMAS[version:]).split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    version = _number(connection, "user_version")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if _number(connection, "application_id") != APPLICATION_ID and (version or tables):
        raise SettingsError(
            f"server.data_dir: {path} is the database of another program; name another directory, or move it away"
        )
    if version > SCHEMA_VERSION:
        raise SettingsError(
            f"server.data_dir: {path} was made by a newer antiphon "
            f"(schema {version}, this one knows {SCHEMA_VERSION}); use that one, or name another directory"
        )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the file's one write lock; sqlite3's own transactions would take it only at the first write."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # some faults have ended it already
            connection.execute("ROLLBACK")
        raise
