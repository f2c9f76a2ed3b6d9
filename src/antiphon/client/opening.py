"""How a session gets its connections: the first one, and those that take over."""

import asyncio
from collections.abc import Callable, Mapping

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

from antiphon.client.connection import Connection, Tap, open_connection
from antiphon.client.endpoint import Endpoint
from antiphon.client.events import Continuation, Reconnecting
from antiphon.client.setup import resuming, updated, with_history
from antiphon.client.verdict import Verdict, When, judge
from antiphon.config import Client
from antiphon.errors import AntiphonError, ConnectionRefused
from antiphon.wire.client import ContextUpdate
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup

Opened = tuple[Connection, ServerMessage]
"""A connection, and the server's answer to its setup."""


class Opener:
    """Opens connections of one session, as often as it takes."""

    def __init__(
        self,
        endpoint: Endpoint,
        setup: Setup,
        limits: Client,
        *,
        headers: Mapping[str, str] | None = None,
        tap: Tap | None = None,
    ) -> None:
        self.setup = replace(setup, model=endpoint.model_name(setup.model))
        self._endpoint = endpoint
        self._limits = limits
        self._headers = dict(headers or {})
        self._tap = tap
        self._when = When.FIRST
        self._handle = setup.session_resumption.handle if setup.session_resumption else None

    def updated(self, update: ContextUpdate) -> None:
        """The next connection is asked for what was changed on this one."""
        self.setup = updated(self.setup, update)

    async def first(self) -> Opened:
        """Open the first connection. Raises what `connect` does."""
        self._when = When.FIRST
        return await self._retrying(stop_after_attempt(self._limits.first_attempts_max), None)(self._open)

    async def again(self, handle: str | None, tell: Callable[[Reconnecting], None]) -> tuple[Opened, Continuation]:
        """Open another one, resuming with the handle while it is good; each further attempt is told.

        Raises what the last attempt did when none succeeds within `reconnect_s_max`.
        """
        self._handle = handle
        self._when = When.RESUMING if handle else When.AGAIN
        opened: Opened = await self._retrying(stop_after_delay(self._limits.reconnect_s_max), tell)(self._open)
        return opened, Continuation.RESUMED if self._when is When.RESUMING else Continuation.FRESH

    def _retrying(self, stop: stop_base, tell: Callable[[Reconnecting], None] | None) -> AsyncRetrying:
        async def told(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            wait_s = state.next_action.sleep if state.next_action else 0.0
            if tell is not None:
                tell(Reconnecting(str(error), state.attempt_number + 1, wait_s))

        return AsyncRetrying(
            stop=stop,
            wait=wait_random_exponential(multiplier=self._limits.backoff_s, max=self._limits.backoff_s_max),
            retry=retry_if_exception(self._is_worth_another),
            before_sleep=told,
            sleep=asyncio.sleep,
            reraise=True,
        )

    def _is_worth_another(self, error: BaseException) -> bool:
        if not isinstance(error, AntiphonError):
            return False
        verdict = judge(error, self._when)
        if verdict is Verdict.FRESH:
            self._when = When.AGAIN
        return verdict in {Verdict.RECONNECT, Verdict.FRESH}

    async def _open(self) -> Opened:
        try:
            return await self._begun()
        except ConnectionRefused as error:
            if judge(error, self._when) is not Verdict.RENEW or not await self._endpoint.credentials.renew():
                raise
        return await self._begun()  # a token that was revoked, or a clock that is wrong

    async def _begun(self) -> Opened:
        headers = self._headers | await self._endpoint.credentials.headers()
        connection = await open_connection(self._endpoint.url, headers, self._limits, self._tap)
        try:
            return connection, await connection.begin(self._asked())
        except BaseException:
            connection.abort()
            raise

    def _asked(self) -> Setup:
        handle = None if self._when is When.AGAIN else self._handle
        setup = resuming(self.setup, handle, transparent=self._endpoint.transparent)
        if self._endpoint.tells_activity:
            setup = replace(setup, explicit_vad_signal=True)
        return with_history(setup) if self._when is When.AGAIN else setup
