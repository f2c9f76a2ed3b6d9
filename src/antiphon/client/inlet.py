"""Where a connection's messages become events for whoever waits for them.

They are read in the task that waits: it gets an event as soon as its bytes are here, without waking another task
first. When nobody waits, they are read all the same, so that a session goes on whatever its caller does.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NoReturn

from antiphon.client.connection import Connection
from antiphon.client.events import Event
from antiphon.errors import AntiphonError
from antiphon.wire.server import ServerMessage

UNATTENDED_S = 0.1
"""Without anybody who waits; then messages are read in the background."""


class Inlet:
    """The events of a session on whatever connection; one task at a time may wait for them."""

    def __init__(self, take: Callable[[ServerMessage], None], events_max: int) -> None:
        """`take` turns a message into what is `put`; beyond `events_max` that wait, nothing more is read."""
        self._take = take
        self._events_max = events_max
        self._events: deque[Event] = deque()
        self._news = asyncio.Event()
        self._connection: Connection | None = None
        self._lost: asyncio.Future[NoReturn] | None = None
        self._reading = False
        self._attended = False
        self.closed = False
        """No more events will come."""

    def put(self, event: Event) -> None:
        """One more thing happened."""
        self._events.append(event)
        self._news.set()

    def close(self) -> None:
        """Let nobody wait any more; what has happened can still be taken."""
        self.closed = True
        self._news.set()

    async def next(self) -> Event | None:
        """Wait for the next event; None when no more will come."""
        while not self._events:
            self._attended = True
            if self.closed:
                return None
            if self._connection is not None and not self._reading:
                await self._read(self._connection)
            else:
                self._news.clear()
                await self._news.wait()
        self._attended = True
        return self._events.popleft()

    async def run(self, connection: Connection) -> NoReturn:
        """Have a connection read until it is lost; raises why."""
        self._lost = asyncio.get_running_loop().create_future()
        self._connection = connection
        self._attended = True
        self._news.set()
        try:
            while not self._lost.done():
                if self._attended or self._reading or len(self._events) >= self._events_max:
                    self._attended = False
                    await asyncio.wait([self._lost], timeout=UNATTENDED_S)
                else:
                    await self._read(connection)
            raise self._lost.exception() or AssertionError("a connection is not lost without a reason")
        finally:
            self._connection = None
            if self._lost.done() and not self._lost.cancelled():
                self._lost.exception()  # seen, though another task met the loss first

    async def _read(self, connection: Connection) -> None:
        self._reading = True
        try:
            message = await connection.receive()
            if connection is self._connection:  # what still comes of one that is left is nobody's
                self._take(message)
        except AntiphonError as error:
            if connection is self._connection and self._lost is not None and not self._lost.done():
                self._connection = None
                self._lost.set_exception(error)
        finally:
            self._reading = False
            self._news.set()
