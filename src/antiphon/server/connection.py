"""One websocket and one conductor; the only crash barrier."""

import asyncio
import logging
import uuid
from contextlib import suppress
from pathlib import Path

from starlette.websockets import WebSocket, WebSocketDisconnect

from antiphon.config import Settings
from antiphon.engines.registry import Engines
from antiphon.errors import CloseCode, RemoteProtocolError, SettingsError, StoreError, fit_reason
from antiphon.recording.lines import Side, path_for
from antiphon.recording.recorder import About, Recorder
from antiphon.runtime.budget import Budget
from antiphon.runtime.channel import ChannelClosed
from antiphon.runtime.conductor import Conductor
from antiphon.runtime.keeper import Keeper
from antiphon.runtime.outbox import Farewell
from antiphon.runtime.roster import Roster
from antiphon.runtime.sights import Sights
from antiphon.runtime.trace import TurnTimes
from antiphon.server.admission import Admission
from antiphon.server.course import Course
from antiphon.server.metrics import SessionMetrics
from antiphon.session.events import Garbled, Leave, Received
from antiphon.session.session import Session
from antiphon.store.contracts import Store
from antiphon.wire.codec import decode_client, encode_server
from antiphon.wire.dialect import Dialect

log = logging.getLogger(__name__)

ABNORMAL = 1006
"""What a connection ended with that was not closed: the code nobody sends (RFC 6455, 7.1.5)."""


class _PeerGone(Exception):
    """The socket is closed, by either side."""


class Connection:
    """Carries one client's session from the accepted upgrade to the closed socket."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a session is made of
        self,
        websocket: WebSocket,
        dialect: Dialect,
        engines: Engines,
        settings: Settings,
        admission: Admission,
        store: Store,
        roster: Roster,
        budget: Budget,
        metrics: SessionMetrics,
    ) -> None:
        self._websocket = websocket
        self.dialect = dialect
        """The product whose client it is."""
        self._admission = admission
        self._metrics = metrics
        self._ended_with = ABNORMAL
        self._limits = settings.limits
        self.id = str(uuid.uuid4())
        self.watch = websocket.query_params.get("watch")
        """The name under which the client wants to watch its session."""
        self.owner = admission.owner
        """The name of the key it came with."""
        self.course = Course(asyncio.get_running_loop().time())
        """How far the session has come."""
        kept = settings.resumption
        vertex = dialect is Dialect.VERTEX
        self._keeper = Keeper(
            store.sessions,
            roster,
            owner=admission.owner,
            lifetime_s=kept.lifetime_s_vertex if vertex else kept.lifetime_s_developer,
        )
        self._recorder = _recorder(settings.server.record, self.id, dialect)
        session = Session(self.id, dialect, settings, admission.locked)
        self._conductor = Conductor(session, engines, self._keeper, settings.limits, budget, metrics.turn)

    async def run(self) -> None:
        """Serve until the socket is closed. Never raises for what a peer or an engine does."""
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(self._read())
                group.create_task(self._write())
                await group.create_task(self._conductor.run())  # woken for each chunk: not through all that called us
                reading.cancel()
        except* _PeerGone:
            pass
        except* Exception:
            log.exception("session=%s crashed", self.id)
            await self._close(Farewell(CloseCode.INTERNAL, "Internal error encountered."))
        finally:
            self._metrics.closed(self._ended_with)
            await self._keeper.close()
            if self._recorder is not None:
                self._recorder.close()

    @property
    def last_turn(self) -> TurnTimes | None:
        """Of its session's turns the last that has begun to sound."""
        return self._conductor.last_turn

    @property
    def load(self) -> float:
        """Engines at work for its session, lately."""
        return self._conductor.effort.load()

    @property
    def sights(self) -> Sights:
        """What can be seen of its session."""
        return self._conductor.sights

    async def leave(self, time_left_s: float) -> None:
        """Ask the client to go elsewhere (protocol.md 4.7); after that time the socket is closed."""
        with suppress(ChannelClosed):
            await self._conductor.inbox.put(Leave(time_left_s))

    async def _read(self) -> None:
        while True:
            await self._conductor.gate.passed()
            event = await self._event(await self._receive())
            with suppress(ChannelClosed):
                await self._conductor.inbox.put(event)

    async def _event(self, message: str | bytes) -> Received | Garbled:
        try:
            limits = self._limits
            decoded = decode_client(message, depth_max=limits.json_depth_max, values_max=limits.json_values_max)
            admitted = await self._admission.admit(decoded)
            if self._recorder is not None:
                self._recorder.received(admitted)
            return Received(admitted)
        except RemoteProtocolError as error:
            return Garbled(error)
        except StoreError as error:
            log.error("session=%s its token cannot be checked: %s", self.id, error)
            return Garbled(RemoteProtocolError("The service is currently unavailable.", CloseCode.INTERNAL))

    async def _receive(self) -> str | bytes:
        try:
            message = await self._websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            raise _PeerGone from None
        if message["type"] == "websocket.disconnect":
            self._ended_with = message.get("code") or self._ended_with
            log.info("session=%s the client left with %s", self.id, self._ended_with)
            raise _PeerGone
        text: str | None = message.get("text")
        data: bytes = message.get("bytes") or b""
        return data if text is None else text

    async def _write(self) -> None:
        while True:
            message = await self._conductor.outbox.take()
            if isinstance(message, Farewell):
                await self._close(message)
                raise _PeerGone
            self.course.sent(message)
            self._metrics.sent(message)
            if self._recorder is not None:
                self._recorder.sent(message)
            try:
                async with asyncio.timeout(self._limits.send_wait_s):
                    await self._websocket.send_bytes(encode_server(message, self.dialect))
            except TimeoutError:
                log.warning("session=%s the client does not read", self.id)
                await self._close(Farewell(CloseCode.TRY_AGAIN_LATER, "The client does not read."))
                raise _PeerGone from None
            except (WebSocketDisconnect, RuntimeError):
                raise _PeerGone from None

    async def _close(self, farewell: Farewell) -> None:
        """Close with a reason that names our log, where the whole of it stands."""
        self._ended_with = int(farewell.code)
        log.warning("session=%s closed with %d: %s", self.id, farewell.code, farewell.reason)
        reason = fit_reason(farewell.reason, f" (log {self.id[:8]})")
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            async with asyncio.timeout(self._limits.close_wait_s):
                await self._websocket.close(farewell.code, reason)


def _recorder(path: Path | None, id: str, dialect: Dialect) -> Recorder | None:
    """Where sessions are to be recorded, this one's recording; one that cannot be written costs nobody a session."""
    if path is None:
        return None
    try:
        return Recorder(path_for(path, id), About(endpoint=f"{dialect.value} path", seen_from=Side.SERVER))
    except SettingsError as error:
        log.error("session=%s is not recorded: %s", id, error)
        return None
