"""One connection to a Live API server: opened, set up, read, written, watched. It is not mended; see live.py."""

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Mapping
from typing import NoReturn, Protocol

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket

from antiphon import __version__
from antiphon.client.endpoint import is_loopback, server_of
from antiphon.config import Client
from antiphon.errors import (
    ConnectionClosed,
    ConnectionRefused,
    NoAnswer,
    RemoteProtocolError,
    SettingsError,
    Step,
)
from antiphon.wire.client import ClientMessage
from antiphon.wire.codec import decode_server, encode_client
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup

LOST = 1006
"""The close code of a connection that ended without one."""

_BODY_CHARACTERS_MAX = 300

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # for debugging, websockets writes the headers of the handshake, and with them the key
_CONGESTED_BYTES = 16 * 1_024
"""Written and not yet taken by the system; half of what websockets lets stand."""


class Tap(Protocol):
    """Somebody who is shown every message of a session, on whatever connection."""

    def sent(self, message: ClientMessage) -> None: ...

    def received(self, message: ServerMessage) -> None: ...

    def lost(self, why: str) -> None:
        """The connection is over and another one will follow."""

    def dropped(self, what: str) -> None:
        """Some of what was sent will never be heard by the server."""


class Connection:
    """An open socket. One task may send while another receives and a third watches."""

    def __init__(self, socket: ClientConnection, limits: Client, tap: Tap | None) -> None:
        self._socket = socket
        self._limits = limits
        self._tap = tap
        self._alive_at = _now()
        self._receiving = False

    @property
    def congested(self) -> bool:
        """A message that is sent now may have to wait until the server has read others."""
        return self._socket.transport.get_write_buffer_size() > _CONGESTED_BYTES

    async def begin(self, setup: Setup) -> ServerMessage:
        """Send the setup and give its answer. Raises ConnectionClosed, NoAnswer, RemoteProtocolError."""
        try:
            async with asyncio.timeout(self._limits.setup_wait_s):
                await self.send(ClientMessage(setup=setup))
                answer = await self.receive()
        except TimeoutError:
            raise NoAnswer(f"the server did not answer the setup within {self._limits.setup_wait_s:g} s") from None
        if answer.setup_complete is None:
            raise RemoteProtocolError("the server's first message is not setupComplete")
        return answer

    async def send(self, message: ClientMessage) -> None:
        """Hand a message to the socket, waiting as long as the server does not read. Raises ConnectionClosed."""
        if self._tap is not None:
            self._tap.sent(message)
        try:
            await self._socket.send(encode_client(message))
        except websockets.ConnectionClosed as error:
            raise _closed(error) from None

    async def receive(self) -> ServerMessage:
        """Wait for the next message. Raises ConnectionClosed, and RemoteProtocolError for what is none."""
        self._receiving = True
        try:
            frame = await self._socket.recv(decode=False)
        except websockets.ConnectionClosed as error:
            raise _closed(error) from None
        finally:
            self._receiving = False
        self._alive_at = _now()
        message = decode_server(frame)
        if self._tap is not None:
            self._tap.received(message)
        return message

    async def watch(self) -> NoReturn:
        """Ask a silent server whether it is there; raises ConnectionClosed when nothing comes for `silent_s_max`.

        Anything counts as a sign of life: on a slow line a pong waits behind the reply that is coming in.
        """
        limits = self._limits
        while True:
            if not self._receiving:
                self._alive_at = _now()  # the caller is busy, and not the server silent
            silent_s = _now() - self._alive_at
            if silent_s >= limits.silent_s_max:
                raise ConnectionClosed(LOST, f"nothing came from the server for {silent_s:.0f} s")
            due_s = limits.ping_interval_s - silent_s
            if due_s <= 0:
                await self._ping()
                due_s = limits.ping_interval_s
            await asyncio.sleep(min(due_s, limits.silent_s_max - silent_s))

    async def _ping(self) -> None:
        """The server may read nothing, and then not even a ping can be written."""
        try:
            async with asyncio.timeout(self._limits.ping_interval_s):
                pong = await self._socket.ping()
        except TimeoutError:
            return
        except websockets.ConnectionClosed as error:
            raise _closed(error) from None
        assert isinstance(pong, asyncio.Future)
        pong.add_done_callback(self._ponged)

    def _ponged(self, pong: asyncio.Future[float]) -> None:
        if not pong.cancelled() and pong.exception() is None:
            self._alive_at = _now()

    async def close(self) -> None:
        """Say goodbye, and wait `close_wait_s` for the server's."""
        try:
            async with asyncio.timeout(self._limits.close_wait_s):
                await self._socket.close()
        except TimeoutError:
            self.abort()  # closing waits for a server that reads nothing, whatever close_timeout says

    def abort(self) -> None:
        """Drop the socket at once."""
        self._socket.transport.abort()


async def open_connection(url: str, headers: Mapping[str, str], limits: Client, tap: Tap | None = None) -> Connection:
    """Connect and upgrade.

    Raises ConnectionRefused, which says how far it came, NoAnswer when it takes longer than `open_wait_s`,
    SettingsError for what is no URL.
    """
    return Connection(await _open(url, headers, limits), limits, tap)


class _NoRedirect(open_socket):
    """The Live API redirects nobody; following would carry the key in our headers to a stranger."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def _open(url: str, headers: Mapping[str, str], limits: Client) -> ClientConnection:
    try:
        return await _NoRedirect(
            url,
            additional_headers=headers,
            user_agent_header=f"antiphon/{__version__}",
            logger=_log,
            compression=None,  # base64 of PCM does not shrink enough to be worth the CPU
            proxy=None if is_loopback(url) else True,
            open_timeout=limits.open_wait_s,
            close_timeout=limits.close_wait_s,
            ping_interval=None,  # `watch` does it
            max_size=limits.message_bytes_max,
        )
    except ImportError as error:
        raise SettingsError(f"the proxy in the environment speaks SOCKS: pip install python-socks ({error})") from None
    except TimeoutError:
        raise NoAnswer(f"{server_of(url)} did not answer within {limits.open_wait_s:g} s") from None
    except (websockets.InvalidURI, websockets.InvalidProxy):
        raise SettingsError(f"{server_of(url)}, or the proxy in the environment, is no URL") from None
    except websockets.InvalidStatus as error:
        raise _http_refusal(url, error) from None
    except (OSError, EOFError, websockets.InvalidHandshake) as error:
        raise ConnectionRefused(LOST, f"{server_of(url)} cannot be reached: {_why(error)}", _step(error)) from None
    except ValueError:  # a label of the host that is empty or too long for IDNA, or a NUL in it
        raise SettingsError(f"{server_of(url)} names no host that can be looked up") from None


def _closed(error: websockets.ConnectionClosed) -> ConnectionClosed:
    if error.rcvd is not None:
        return ConnectionClosed(error.rcvd.code, error.rcvd.reason)
    why = error.sent.reason if error.sent is not None else ""
    return ConnectionClosed(LOST, why or "the connection was lost")


def _http_refusal(url: str, error: websockets.InvalidStatus) -> ConnectionRefused:
    response = error.response
    body = " ".join(bytes(response.body or b"").decode(errors="replace").split())[:_BODY_CHARACTERS_MAX]
    status = f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
    said = f"{status}: {body}" if body else status
    return ConnectionRefused(response.status_code, f"{server_of(url)} refused the connection with {said}")


def _why(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message}); SSL_CERT_FILE may name its issuer"
        case OSError(errno=int(number)) if number > 0 and not isinstance(error, ssl.SSLError):
            return os.strerror(number)
        case OSError(strerror=str(text)) if text:
            return text
        case _:
            return str(error)


def _step(error: Exception) -> Step:
    match error:
        case socket.gaierror():
            return Step.NAME
        case ssl.SSLCertVerificationError():
            return Step.CERTIFICATE
        case ssl.SSLError():
            return Step.TLS
        case ConnectionResetError() | EOFError() | websockets.InvalidHandshake():
            return Step.UPGRADE
        case _:
            return Step.REACH


def _now() -> float:
    return asyncio.get_running_loop().time()
