"""Keeps one session in the store, and finds the one it resumes. What goes wrong there costs no conversation."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from typing import NoReturn

from antiphon.errors import StoreError
from antiphon.runtime.channel import Channel
from antiphon.runtime.roster import Roster
from antiphon.session.events import Event, Kept, Recalled
from antiphon.session.snapshot import Snapshot, read, written
from antiphon.store.contracts import SessionStore, Stored

TOUCHES_A_LIFETIME = 4
"""How often an idle session's expiry is put off."""

log = logging.getLogger(__name__)


class Keeper:
    """One connection's access to the store. `owner` is the credential that may come back for the session."""

    def __init__(
        self,
        store: SessionStore,
        roster: Roster,
        *,
        owner: str | None,
        lifetime_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._roster = roster
        self._owner = owner
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._lineage = uuid.uuid4().hex
        self._inbox: Channel[Event] | None = None

    async def keep(self, snapshot: Snapshot, inbox: Channel[Event]) -> None:
        """Store a snapshot; Kept follows."""
        handle = None
        try:
            if self._inbox is None:
                await self._enter(inbox)
            handle = await self._store.save(self._lineage, self._owner, written(snapshot), self._expires())
        except StoreError as error:
            log.error("the session cannot be kept: %s", error)
        await inbox.put(Kept(handle))

    async def recall(self, handle: str, inbox: Channel[Event]) -> None:
        """Find a session; Recalled follows. Whoever carries it is relieved when it is kept again."""
        snapshot = None
        try:
            stored = await self._store.load(handle, self._owner, self._clock())
            snapshot = self._opened(stored)
            if stored is not None and snapshot is not None:
                self._lineage = stored.lineage
        except StoreError as error:
            log.error("no session can be looked up: %s", error)
        await inbox.put(Recalled(snapshot))

    async def stay(self) -> NoReturn:
        """Keep the session from expiring while its connection lasts."""
        while True:
            await asyncio.sleep(self._lifetime_s / TOUCHES_A_LIFETIME)
            await self._touch()

    async def close(self) -> None:
        """The connection is over: the session's lifetime begins."""
        if self._inbox is not None:
            self._roster.leave(self._lineage, self._inbox)
            await self._touch()

    async def _touch(self) -> None:
        if self._inbox is None:
            return
        try:
            await self._store.touch(self._lineage, self._expires())
        except StoreError as error:
            log.error("the session's lifetime cannot be written: %s", error)

    async def _enter(self, inbox: Channel[Event]) -> None:
        self._inbox = inbox
        await self._roster.enter(self._lineage, inbox)

    def _opened(self, stored: Stored | None) -> Snapshot | None:
        if stored is None:
            return None
        snapshot = read(stored.record)
        if snapshot is None:
            log.error("a kept session was written by another version and cannot be read")
        return snapshot

    def _expires(self) -> float:
        return self._clock() + self._lifetime_s
