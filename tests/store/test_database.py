import asyncio
import sqlite3
import stat
import threading

import pytest

from antiphon.errors import SettingsError, StoreError
from antiphon.store.database import _SCHEMAS, APPLICATION_ID, FILE, kept_bytes, open_database


async def opened(path, **more):
    return await open_database(path, **{"busy_wait_s": 5.0, "calls_max": 8, **more})


async def test_only_this_user_can_read_it(tmp_path):
    data_dir = tmp_path / "data"
    database = await opened(data_dir)
    await database.write(lambda connection: connection.execute("DELETE FROM keys"))
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data_dir.glob(f"{FILE}*")}
    assert modes == dict.fromkeys((FILE, f"{FILE}-shm", f"{FILE}-wal"), 0o600)
    await database.aclose()


async def test_a_file_others_could_read_is_closed_to_them(tmp_path):
    (tmp_path / FILE).touch(mode=0o644)
    await (await opened(tmp_path)).aclose()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


async def test_many_may_open_a_new_one_at_once(tmp_path):
    databases = await asyncio.gather(*(opened(tmp_path) for _ in range(8)))
    for database in databases:
        assert await database.read(lambda connection: connection.execute("SELECT count(*) FROM keys").fetchone()) == (
            0,
        )
        await database.aclose()


def make(path, *statements):
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.close()


async def test_the_database_of_another_program_is_left_alone(tmp_path):
    make(tmp_path / FILE, "CREATE TABLE theirs (x)")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(SettingsError, match="another program; name another directory"):
        await opened(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


async def test_a_newer_one_is_left_alone(tmp_path):
    await (await opened(tmp_path)).aclose()
    make(tmp_path / FILE, "PRAGMA user_version = 99")
    with pytest.raises(SettingsError, match=r"newer antiphon \(schema 99"):
        await opened(tmp_path)


@pytest.mark.parametrize("broken", [b"this is no database " * 100, b"SQLite format 3\0" + b"\xff" * 5_000])
async def test_a_broken_one_says_what_to_do(tmp_path, broken):
    (tmp_path / FILE).write_bytes(broken)
    with pytest.raises(SettingsError, match=r"antiphon\.db .*(broken|another program).*move it away"):
        await opened(tmp_path)


async def test_a_directory_that_is_none(tmp_path):
    (tmp_path / "data").touch()
    with pytest.raises(SettingsError, match=r"server\.data_dir.*name another directory"):
        await opened(tmp_path / "data")


async def test_a_failing_transaction_leaves_nothing_behind(tmp_path):
    database = await opened(tmp_path)

    def broken(connection):
        connection.execute("INSERT INTO keys (name, sha256, created) VALUES ('a', x'00', 0)")
        raise KeyError

    with pytest.raises(KeyError):
        await database.write(broken)
    assert await database.read(lambda connection: connection.execute("SELECT * FROM keys").fetchall()) == []
    await database.aclose()


async def test_what_sqlite_cannot_do_is_an_error_of_ours(tmp_path):
    database = await opened(tmp_path)
    with pytest.raises(StoreError, match="no such table"):
        await database.read(lambda connection: connection.execute("SELECT * FROM nonsense"))
    await database.aclose()
    with pytest.raises(StoreError, match="closed"):
        await database.read(lambda connection: None)


async def test_a_writer_that_does_not_end_is_not_waited_for_for_ever(tmp_path):
    mine, theirs = await opened(tmp_path, busy_wait_s=0.05), await opened(tmp_path)
    await theirs.read(lambda connection: connection.execute("BEGIN IMMEDIATE"))
    with pytest.raises(StoreError, match="locked"):
        await mine.write(lambda connection: None)
    await theirs.read(lambda connection: connection.execute("ROLLBACK"))
    await mine.write(lambda connection: None)
    await mine.aclose()
    await theirs.aclose()


async def test_no_more_calls_wait_than_may(tmp_path):
    database = await opened(tmp_path, calls_max=2)
    go_on = threading.Event()
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(database.read(lambda _: go_on.wait(5))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(StoreError, match="2 calls"):
            await database.read(lambda _: None)
        go_on.set()
    assert [task.result() for task in waiting] == [True, True]
    assert await database.read(lambda _: "free again") == "free again"
    await database.aclose()


async def test_the_loop_is_never_blocked(tmp_path):
    database = await opened(tmp_path)
    assert await database.read(lambda _: threading.get_ident()) != threading.get_ident()
    await database.aclose()


async def test_a_commit_that_fails_leaves_nothing_open(tmp_path):
    database = await opened(tmp_path)
    await database.read(lambda connection: connection.execute("PRAGMA foreign_keys = ON"))
    await database.write(
        lambda connection: connection.execute(
            "CREATE TABLE notes (about REFERENCES keys (name) DEFERRABLE INITIALLY DEFERRED)"
        )
    )
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        await database.write(lambda connection: connection.execute("INSERT INTO notes VALUES ('nobody')"))
    assert await database.write(lambda connection: connection.execute("SELECT * FROM notes").fetchall()) == []
    await database.aclose()


async def test_a_transaction_that_sqlite_ended_itself_keeps_its_fault(tmp_path):
    database = await opened(tmp_path)
    with pytest.raises(StoreError, match="UNIQUE"):
        await database.write(
            lambda connection: connection.executescript(
                "INSERT INTO keys (name, sha256, created) VALUES ('a', x'00', 0);"
                "INSERT OR ROLLBACK INTO keys (name, sha256, created) VALUES ('a', x'01', 0);"
            )
        )
    await database.aclose()


async def test_an_older_one_is_brought_up_to_date(tmp_path):
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    connection.executescript(_SCHEMAS[0])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    sessions = "INSERT INTO sessions (sha256, lineage, owner, expires, record) VALUES (?, 'a', ?, 0, ?)"
    connection.executemany(sessions, [(b"1", None, b"12"), (b"2", "phone", b"345"), (b"3", None, b"6")])
    connection.execute("INSERT INTO tokens VALUES (x'00', NULL, 1, 0, 0, 0, x'0102', 'ü')")
    connection.close()
    for _ in range(2):
        database = await opened(tmp_path)
        assert await database.read(kept_bytes, "sessions") == 6
        assert await database.read(kept_bytes, "tokens") == 4
        await database.write(lambda connection: connection.execute("DELETE FROM sessions WHERE owner = 'x'"))
        await database.aclose()
