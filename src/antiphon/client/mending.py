"""What keeps a session going: one connection after the other, each read, written and watched, and why it ended."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from typing import NoReturn

from antiphon.client.connection import Connection, Tap
from antiphon.client.continuity import Continuity
from antiphon.client.departure import Departure, Leaving
from antiphon.client.endpoint import Endpoint, server_of
from antiphon.client.events import (
    Continuation,
    GoingAway,
    Opened,
    Reconnected,
    Reconnecting,
    ToolCallsCancelled,
    TurnEnded,
)
from antiphon.client.inlet import Inlet
from antiphon.client.journal import Journal
from antiphon.client.opening import Opener
from antiphon.client.reading import Reading
from antiphon.client.setup import background, takes_history_first
from antiphon.client.speech import Speech
from antiphon.client.stopwatch import Stopwatch
from antiphon.client.verdict import Verdict, When, judge
from antiphon.config import Client
from antiphon.errors import AntiphonError, CloseCode, ConnectionClosed
from antiphon.wire.client import ClientContent, ClientMessage, ContextUpdate
from antiphon.wire.codec import encode_client
from antiphon.wire.content import Content
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup

LARGE_BYTES = 16 * 1_024
"""A message above it is written by a task that may wait for the socket."""


class Mending:
    """One session on whatever connection carries it. `open`, then `run` in a task of its own, then `close`."""

    def __init__(
        self,
        endpoint: Endpoint,
        setup: Setup,
        limits: Client,
        *,
        headers: Mapping[str, str] | None = None,
        tap: Tap | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.ended: AntiphonError | None = None
        """Why it is over, when we did not close it."""
        self.speech = Speech()
        self.stopwatch = Stopwatch(self.speech)
        self._journal = Journal(limits.kept_s_max, limits.kept_bytes_max)
        self.continuity = Continuity(
            self._journal, self.speech, limits.recalled_bytes_max, limits.settle_s, background(setup)
        )
        self.inlet = Inlet(self._take, limits.events_max)
        self._opener = Opener(endpoint, setup, limits, headers=headers, tap=tap)
        self._limits = limits
        self._tap = tap
        self._reading = Reading(self.stopwatch)
        self._connection: Connection | None = None
        self._idle: Connection | None = None
        """The connection, while nothing waits to be written to it."""
        self._written = asyncio.Event()
        self._sent = asyncio.Event()
        self._departure = Departure(endpoint.connection_s_max, limits)
        self._fruitless = 0
        self._began_at = 0.0

    def now(self) -> float:
        """Seconds on the loop's clock."""
        return asyncio.get_running_loop().time()

    # What the caller does

    def write(self, message: ClientMessage, seconds: float = 0.0, size: int | None = None) -> int:
        """Have a message sent, on this connection or the next; gives its number.

        `size` in bytes spares looking at it. Raises what ended the session, and LocalProtocolError for a message
        that cannot be written as JSON.
        """
        if self.inlet.closed:
            raise self.ended or ConnectionClosed(CloseCode.NORMAL, "the session is over")
        if size is None:
            encode_client(message)  # now, where the caller sees it: one that cannot be written must not be kept
        number = self._journal.write(message, seconds, size)
        if self._idle is None:
            self._written.set()
        return number

    async def flush(self) -> None:
        """Send what was just written from this task, when it need not wait for the socket: it spares waking another."""
        connection = self._idle
        if connection is None:
            return
        if connection.congested or self._journal.next_bytes > LARGE_BYTES:
            self._written.set()
            return
        with suppress(ConnectionClosed):  # whoever reads meets the same, and it will be sent again
            while self._idle is connection and (message := self._journal.next()) is not None:
                await connection.send(message)

    async def drain(self) -> None:
        """Wait until little of what was written is left to send. Raises what ended the session."""
        while self._journal.backlog_s > self._limits.backlog_s_high and not self.inlet.closed:
            self._sent.clear()
            await self._sent.wait()
        if self.ended is not None:
            raise self.ended

    async def written_out(self) -> None:
        """Wait until all that was written has left, for as long as a goodbye may take."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.close_wait_s):
                while self._connection is not None and self._journal.sent < self._journal.written:
                    self._sent.clear()
                    await self._sent.wait()

    def updated(self, update: ContextUpdate) -> None:
        """The next connection is asked for what was changed on this one."""
        self._opener.updated(update)

    # The course of the session

    async def open(self) -> None:
        """Open the first connection. Raises what `connect` does."""
        self._connection, answer = await self._opener.first()
        session_id = answer.setup_complete.session_id if answer.setup_complete else None
        self.inlet.put(Opened(server_of(self.endpoint.url), session_id))
        try:
            self._take(answer)  # something may be bundled with setupComplete
        except BaseException:
            self._connection.abort()
            raise

    async def run(self) -> None:
        """Carry the session from connection to connection, until one ends it."""
        try:
            while (connection := self._connection) is not None:
                why = await self._carry(connection)
                if await self._is_over(connection, why):
                    return
                await self._reopen(why)
        finally:
            self._finish()

    async def close(self) -> None:
        """Say goodbye to the server."""
        self._finish()
        if self._connection is not None:
            await self._connection.close()

    def _finish(self) -> None:
        if not self.inlet.closed:
            self._tell_dropped()
        self.inlet.close()
        self._sent.set()

    async def _carry(self, connection: Connection) -> AntiphonError:
        """Read and write until the connection ends; give the reason."""
        ends: list[AntiphonError] = []
        self._began_at = self.now()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write(connection))
                group.create_task(self._departure.due())
                group.create_task(connection.watch())
                group.create_task(self.inlet.run(connection))
        except* AntiphonError as several:
            ends += [error for error in several.exceptions if isinstance(error, AntiphonError)]
        self._idle = None
        return ends[0]

    async def _write(self, connection: Connection) -> NoReturn:
        while True:
            while (message := self._journal.next()) is not None:
                await connection.send(message)
                self._sent.set()
            self._written.clear()
            self._idle = connection
            await self._written.wait()
            self._idle = None

    async def _is_over(self, connection: Connection, why: AntiphonError) -> bool:
        """Let go of a connection; the session is over when the server is through with us."""
        verdict = judge(why, When.OPEN)
        if self.now() - self._began_at >= self._limits.fruitful_s:
            self._fruitless = 0  # nobody said anything, and it held
        if isinstance(why, Leaving):
            await connection.close()
            verdict = Verdict.RECONNECT
        else:
            connection.abort()
        ended = verdict is Verdict.END and not self._departure.is_announced
        if ended or verdict is Verdict.STOP or self._fruitless >= self._limits.fruitless_max:
            self.ended = why
        return self.ended is not None

    async def _reopen(self, why: AntiphonError) -> None:
        lost_at = self.now()
        self._fruitless += 1
        self._connection = None
        if self._tap is not None:
            self._tap.lost(str(why))
        self.inlet.put(Reconnecting(str(why)))
        await self._hold_back(why)
        try:
            (connection, answer), how = await self._opener.again(self.continuity.handle, self.inlet.put)
        except AntiphonError as error:
            self.ended = error
            return
        self._departure = Departure(self.endpoint.connection_s_max, self._limits)
        self._connection = connection  # from here on it is closed whatever happens
        await self._take_over(connection, how, lost_at)
        try:
            self._take(answer)
        except AntiphonError as error:
            self.ended = error
            connection.abort()
            self._connection = None

    async def _hold_back(self, why: AntiphonError) -> None:
        """Whom a server in trouble has dropped do not all come back in the same moment, nor at once each time."""
        limits = self._limits
        brief = self.now() - self._began_at < limits.backoff_s_max
        if brief or self._fruitless > 1 or (isinstance(why, ConnectionClosed) and why.code >= CloseCode.INTERNAL):
            longest_s = min(limits.backoff_s_max, limits.backoff_s * 2.0 ** (self._fruitless - 1))
            await asyncio.sleep(random.uniform(0, longest_s))  # noqa: S311 - no secret

    async def _take_over(self, connection: Connection, how: Continuation, lost_at: float) -> None:
        """Tell the new connection what it does not know, and the caller what became of the old one."""
        history_first = takes_history_first(self._opener.setup.model)
        going_on = self.continuity.goes_on(how, tells_late=not history_first)
        if going_on.turn_over:
            self.inlet.put(self.stopwatch.turn_ended(reason=None, in_progress=False, usage=None))
        self._reading.restart()
        await self._tell(connection, going_on.told, announced=history_first and how is Continuation.FRESH)
        if going_on.calls_lost:
            self.inlet.put(ToolCallsCancelled(going_on.calls_lost))
        self._tell_dropped()
        self.inlet.put(Reconnected(how, self.now() - lost_at, going_on.replayed_s, going_on.reply_lost))

    async def _tell(self, connection: Connection, told: tuple[Content, ...], *, announced: bool) -> None:
        """What was said before; where it is announced as the initial history, its end must be marked."""
        if told or announced:
            self._journal.sent_beside()
            with suppress(ConnectionClosed, TimeoutError):  # whoever reads meets the same, and it will be told again
                async with asyncio.timeout(self._limits.send_wait_s):
                    content = ClientContent(turns=told, turn_complete=announced)
                    await connection.send(ClientMessage(client_content=content))

    def _take(self, message: ServerMessage) -> None:
        """Take one message of the server, in order. Raises RemoteProtocolError."""
        if message.session_resumption_update is not None:
            self.continuity.updated(message.session_resumption_update)
        now = self.now()
        for event in self._reading.read(message, now):
            self.continuity.happened(event, now)
            match event:
                case TurnEnded():
                    self._fruitless = 0  # a server that gives up behind every turn still answers, one a connection
                case GoingAway(time_left_s):
                    self._departure.announced(time_left_s)
                case _:
                    pass
            self.inlet.put(event)
        self._tell_dropped()
        self._departure.rests(self.continuity.at_rest)

    def _tell_dropped(self) -> None:
        for dropped in self._journal.take_dropped():
            if self._tap is not None:
                self._tap.dropped(f"{dropped.from_s:.2f} s to {dropped.to_s:.2f} s: {dropped.why}")
            self.inlet.put(dropped)
