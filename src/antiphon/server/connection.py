"""One websocket and one conductor; the only crash barrier."""

import asyncio
import logging
import uuid
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from antiphon.config import Settings
from antiphon.engines.registry import EngineSet
from antiphon.errors import CloseCode, RemoteProtocolError, fit_reason
from antiphon.runtime.channel import ChannelClosed
from antiphon.runtime.conductor import Conductor
from antiphon.runtime.outbox import Farewell
from antiphon.session.events import Garbled, Received
from antiphon.session.session import Session
from antiphon.wire.codec import decode_client, encode_server
from antiphon.wire.dialect import Dialect

log = logging.getLogger(__name__)


class _PeerGone(Exception):
    """The socket is closed, by either side."""


class Connection:
    """Carries one client's session from the accepted upgrade to the closed socket."""

    def __init__(self, websocket: WebSocket, dialect: Dialect, engines: EngineSet, settings: Settings) -> None:
        self._websocket = websocket
        self._dialect = dialect
        self._engines = engines
        self._settings = settings
        self._limits = settings.limits
        self.id = str(uuid.uuid4())

    async def run(self) -> None:
        """Serve until the socket is closed. Never raises for what a peer or an engine does."""
        try:
            session = Session(self.id, self._dialect, self._settings)
            self._conductor = Conductor(session, self._engines, self._limits)
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(self._read())
                group.create_task(self._write())
                await self._conductor.run()
                reading.cancel()
        except* _PeerGone:
            pass
        except* Exception:
            log.exception("session=%s crashed", self.id)
            await self._close(Farewell(CloseCode.INTERNAL, "Internal error encountered."))

    async def _read(self) -> None:
        while True:
            await self._conductor.gate.passed()
            event = self._event(await self._receive())
            with suppress(ChannelClosed):
                await self._conductor.inbox.put(event)

    def _event(self, message: str | bytes) -> Received | Garbled:
        try:
            limits = self._limits
            return Received(decode_client(message, depth_max=limits.json_depth_max, values_max=limits.json_values_max))
        except RemoteProtocolError as error:
            return Garbled(error)

    async def _receive(self) -> str | bytes:
        try:
            message = await self._websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            raise _PeerGone from None
        if message["type"] == "websocket.disconnect":
            log.info("session=%s the client left with %s", self.id, message.get("code"))
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
            try:
                async with asyncio.timeout(self._limits.send_wait_s):
                    await self._websocket.send_bytes(encode_server(message, self._dialect))
            except TimeoutError:
                log.warning("session=%s the client does not read", self.id)
                await self._close(Farewell(CloseCode.TRY_AGAIN_LATER, "The client does not read."))
                raise _PeerGone from None
            except (WebSocketDisconnect, RuntimeError):
                raise _PeerGone from None

    async def _close(self, farewell: Farewell) -> None:
        log.info("session=%s closed with %d: %s", self.id, farewell.code, farewell.reason)
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            async with asyncio.timeout(self._limits.close_wait_s):
                await self._websocket.close(farewell.code, fit_reason(farewell.reason))
