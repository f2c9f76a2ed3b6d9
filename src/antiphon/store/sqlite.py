"""The store in one SQLite file of the data directory."""

import time
from collections.abc import Callable

from antiphon.config import Settings
from antiphon.store.contracts import Store
from antiphon.store.database import open_database
from antiphon.store.keys import SqliteKeys
from antiphon.store.sessions import SqliteSessions
from antiphon.store.tokens import SqliteTokens


async def open_store(settings: Settings, clock: Callable[[], float] = time.time) -> Store:
    """Open the store of `server.data_dir`, or make it; `clock` tells the seconds since the epoch.

    Raises SettingsError when the file cannot be used. The text says what to do.
    """
    limits = settings.store
    database = await open_database(settings.server.data_dir, busy_wait_s=limits.busy_wait_s, calls_max=limits.calls_max)
    return Store(
        keys=SqliteKeys(database, clock),
        tokens=SqliteTokens(database, settings.tokens),
        sessions=SqliteSessions(database, settings.resumption, clock),
        aclose=database.aclose,
    )
