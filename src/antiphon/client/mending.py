"""What keeps a session going: one connection after the other, each read, written and watched, and why it ended."""

import asyncio
import random
from collections.abc import Mapping
from typing import NoReturn

from msgspec.structs import replace
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)
from tenacity.stop import stop_base

from antiphon.channel import Channel
from antiphon.client.connection import Connection, Tap, open_connection
from antiphon.client.continuity import Continuity
from antiphon.client.departure import Departure, Leaving
from antiphon.client.endpoint import Endpoint, server_of
from antiphon.client.events import (
    Continuation,
    Event,
    GoingAway,
    Opened,
    Reconnected,
    Reconnecting,
    ToolCallsCancelled,
    TurnEnded,
)
from antiphon.client.journal import Journal
from antiphon.client.reading import Reading
from antiphon.client.setup import background, resuming, takes_history_first, updated, with_history
from antiphon.client.stopwatch import Stopwatch
from antiphon.client.verdict import Stage, Verdict, judge
from antiphon.config import Client
from antiphon.errors import AntiphonError, CloseCode, ConnectionClosed, ConnectionRefused
from antiphon.wire.client import ClientContent, ClientMessage, ContextUpdate
from antiphon.wire.content import Content
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup


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
        self.stopwatch = Stopwatch()
        self._journal = Journal(limits.kept_s_max, limits.kept_bytes_max)
        self.continuity = Continuity(self._journal, limits.recalled_bytes_max, background(setup))
        self.events: Channel[Event] = Channel(limits.events_max)
        self._setup = replace(setup, model=endpoint.model_name(setup.model))
        self._limits = limits
        self._headers = dict(headers or {})
        self._tap = tap
        self._reading = Reading(self.stopwatch)
        self._connection: Connection | None = None
        self._opening = ServerMessage()
        self._written = asyncio.Event()
        self._sent = asyncio.Event()
        self._departure = Departure(endpoint.connection_s_max, limits)
        self._stage = Stage.FIRST
        self._fruitless = 0

    def now(self) -> float:
        """Seconds on the loop's clock."""
        return asyncio.get_running_loop().time()

    # What the caller does

    def write(self, message: ClientMessage, seconds: float = 0.0) -> int:
        """Have a message sent, on this connection or the next; gives its number. Raises what ended the session."""
        if self.ended is not None:
            raise self.ended
        number = self._journal.write(message, seconds)
        self._written.set()
        return number

    async def drain(self) -> None:
        """Wait until little of what was written is left to send. Raises what ended the session."""
        while self._journal.backlog_s > self._limits.backlog_s_high:
            if self.ended is not None:
                raise self.ended
            self._sent.clear()
            await self._sent.wait()

    def updated(self, update: ContextUpdate) -> None:
        """The next connection is asked for what was changed on this one."""
        self._setup = updated(self._setup, update)

    # The course of the session

    async def open(self) -> None:
        """Open the first connection. Raises what `connect` does."""
        await self._retrying(stop_after_attempt(self._limits.first_attempts_max))(self._open_one)

    async def run(self) -> None:
        """Carry the session from connection to connection, until one ends it."""
        try:
            while (connection := self._connection) is not None:
                why = await self._carry(connection)
                if not await self._goes_on(connection, why):
                    return
        finally:
            self._finish()

    async def close(self) -> None:
        """Say goodbye to the server."""
        self._finish()
        if self._connection is not None:
            await self._connection.close()

    def _finish(self) -> None:
        self.events.close()
        self._sent.set()

    async def _carry(self, connection: Connection) -> AntiphonError:
        """Read and write until the connection ends; give the reason."""
        ends: list[AntiphonError] = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write(connection))
                group.create_task(self._departure.due())
                group.create_task(connection.watch())
                await self._take(self._opening)  # something may be bundled with setupComplete
                while True:
                    await self._take(await connection.receive())
        except* AntiphonError as several:
            ends += [error for error in several.exceptions if isinstance(error, AntiphonError)]
        return ends[0]

    async def _write(self, connection: Connection) -> NoReturn:
        while True:
            while (message := self._journal.next()) is not None:
                await connection.send(message)
                self._sent.set()
            self._written.clear()
            await self._written.wait()

    async def _goes_on(self, connection: Connection, why: AntiphonError) -> bool:
        """Another connection takes over, unless the server is through with us."""
        verdict = judge(why, Stage.OPEN)
        if isinstance(why, Leaving):
            await connection.close()
            verdict = Verdict.RECONNECT
        else:
            connection.abort()
        ended = verdict is Verdict.END and not self._departure.is_announced
        if ended or verdict is Verdict.STOP or self._fruitless >= self._limits.fruitless_max:
            self.ended = why
            return False
        return await self._reopen(why)

    async def _reopen(self, why: AntiphonError) -> bool:
        lost_at = self.now()
        self._fruitless += 1
        self._connection = None
        self._stage = Stage.RESUMING if self.continuity.handle else Stage.AGAIN
        if self._tap is not None:
            self._tap.lost(str(why))
        await self.events.put(Reconnecting(str(why)))
        await self._hold_back(why)
        try:
            await self._retrying(stop_after_delay(self._limits.reconnect_s_max))(self._open_one)
        except AntiphonError as error:
            self.ended = error
            return False
        await self._take_over(lost_at)
        return True

    async def _hold_back(self, why: AntiphonError) -> None:
        """Whom a server in trouble has dropped do not all come back in the same moment, nor at once each time."""
        limits = self._limits
        if self._fruitless > 1 or (isinstance(why, ConnectionClosed) and why.code >= CloseCode.INTERNAL):
            longest_s = min(limits.backoff_s_max, limits.backoff_s * 2.0 ** (self._fruitless - 1))
            await asyncio.sleep(random.uniform(0, longest_s))  # noqa: S311 - no secret

    def _retrying(self, stop: stop_base) -> AsyncRetrying:
        limits = self._limits
        return AsyncRetrying(
            stop=stop,
            wait=wait_random_exponential(multiplier=limits.backoff_s, max=limits.backoff_s_max),
            retry=retry_if_exception(self._is_worth_another),
            before_sleep=self._tell_attempt,
            sleep=asyncio.sleep,
            reraise=True,
        )

    def _is_worth_another(self, error: BaseException) -> bool:
        if not isinstance(error, AntiphonError):
            return False
        verdict = judge(error, self._stage)
        if verdict is Verdict.FRESH:
            self._stage = Stage.AGAIN
        return verdict in {Verdict.RECONNECT, Verdict.FRESH}

    async def _tell_attempt(self, state: RetryCallState) -> None:
        if self._stage is Stage.FIRST:
            return
        error = state.outcome.exception() if state.outcome else None
        wait_s = state.next_action.sleep if state.next_action else 0.0
        await self.events.put(Reconnecting(str(error), state.attempt_number + 1, wait_s))

    # Opening a connection

    async def _open_one(self) -> None:
        try:
            connection, answer = await self._begun()
        except ConnectionRefused as error:
            if judge(error, self._stage) is not Verdict.RENEW or not await self.endpoint.credentials.renew():
                raise
            connection, answer = await self._begun()  # a token that was revoked, or a clock that is wrong
        self._connection, self._opening = connection, answer
        self._departure = Departure(self.endpoint.connection_s_max, self._limits)
        if self._stage is Stage.FIRST:
            session_id = answer.setup_complete.session_id if answer.setup_complete else None
            await self.events.put(Opened(server_of(self.endpoint.url), session_id))

    async def _begun(self) -> tuple[Connection, ServerMessage]:
        headers = self._headers | await self.endpoint.credentials.headers()
        connection = await open_connection(self.endpoint.url, headers, self._limits, self._tap)
        try:
            return connection, await connection.begin(self._asked())
        except BaseException:
            connection.abort()
            raise

    def _asked(self) -> Setup:
        transparent = self.endpoint.transparent
        match self._stage:
            case Stage.RESUMING:
                return resuming(self._setup, self.continuity.handle, transparent=transparent)
            case Stage.AGAIN:
                return with_history(resuming(self._setup, None, transparent=transparent))
            case _:
                asked = self._setup.session_resumption
                return resuming(self._setup, asked.handle if asked else None, transparent=transparent)

    async def _take_over(self, lost_at: float) -> None:
        """Tell the new connection what it does not know, and the caller what became of the old one."""
        how = Continuation.RESUMED if self._stage is Stage.RESUMING else Continuation.FRESH
        late = not takes_history_first(self._setup.model)
        going_on = self.continuity.goes_on(how, tells_late=late)
        if going_on.turn_over:
            await self.events.put(self.stopwatch.turn_ended(reason=None, in_progress=False, usage=None))
        self._reading.restart()
        if self._connection is not None:
            await self._tell(self._connection, going_on.told, first=how is Continuation.FRESH)
        if going_on.calls_lost:
            await self.events.put(ToolCallsCancelled(going_on.calls_lost))
        await self._tell_dropped()
        down_s = self.now() - lost_at
        await self.events.put(Reconnected(how, down_s, going_on.replayed_s, going_on.reply_lost))
        self._written.set()

    async def _tell(self, connection: Connection, told: tuple[Content, ...], *, first: bool) -> None:
        """What was said before; where it is announced as the initial history, its end must be marked."""
        announced = first and takes_history_first(self._setup.model)
        if told or announced:
            await connection.send(ClientMessage(client_content=ClientContent(turns=told, turn_complete=announced)))
            self._journal.sent_beside()

    async def _take(self, message: ServerMessage) -> None:
        """Take one message of the server, in order."""
        if message.session_resumption_update is not None:
            self.continuity.updated(message.session_resumption_update)
        for event in self._reading.read(message, self.now()):
            self.continuity.happened(event)
            if isinstance(event, TurnEnded):
                self._fruitless = 0
            if isinstance(event, GoingAway):
                self._departure.announced(event.time_left_s)
            await self.events.put(event)
        await self._tell_dropped()
        self._departure.rests(self.continuity.at_rest)

    async def _tell_dropped(self) -> None:
        for dropped in self._journal.take_dropped():
            if self._tap is not None:
                self._tap.dropped(f"{dropped.from_s:.2f} s to {dropped.to_s:.2f} s: {dropped.why}")
            await self.events.put(dropped)
