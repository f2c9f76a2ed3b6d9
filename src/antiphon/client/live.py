"""A connection to a Live API server: send input, iterate over its typed messages until it closes."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Self

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket

from antiphon import __version__
from antiphon.audio.pcm import AudioChunk, pcm_mime
from antiphon.client.endpoint import endpoint_url, is_loopback, server_of
from antiphon.config import Client
from antiphon.errors import (
    CloseCode,
    ConnectionClosed,
    ConnectionRefused,
    NoAnswer,
    RemoteProtocolError,
    SettingsError,
)
from antiphon.wire.client import ClientContent, ClientMessage, RealtimeInput
from antiphon.wire.codec import decode_server, encode_client
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup

_LOST = 1006
_BODY_CHARACTERS_MAX = 300


@asynccontextmanager
async def connect(
    endpoint: str,
    setup: Setup,
    *,
    api_key: str | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Client | None = None,
) -> AsyncIterator["LiveSession"]:
    """Open a session: connect, send the setup, wait for setupComplete; leaving the block closes it.

    `endpoint` is anything `endpoint_url` understands; `api_key` goes into `x-goog-api-key`.
    Raises SettingsError for an unusable endpoint, ConnectionRefused, ConnectionClosed when the
    server does not like the setup, NoAnswer when it takes too long over it.
    """
    limits = limits or Client()
    sent_headers = dict(headers or {})
    if api_key:
        sent_headers["x-goog-api-key"] = api_key
    socket = await _open(endpoint_url(endpoint), sent_headers, limits)
    try:
        session = LiveSession(socket, limits)
        await session.begin(setup)
        yield session
    finally:
        await _close(socket, limits)


class LiveSession:
    """An open session. Sending and iterating may go on at the same time, each in one task.

    Iterating gives every message, setupComplete first. It ends when the server closes with 1000
    and raises ConnectionClosed when it closes with another code; `closed` holds either.
    """

    def __init__(self, socket: ClientConnection, limits: Client) -> None:
        self._socket = socket
        self._limits = limits
        self._opening: ServerMessage | None = None
        self.closed: ConnectionClosed | None = None

    async def begin(self, setup: Setup) -> None:
        """Send the setup and wait for its answer; `connect` does this."""
        await self._send(ClientMessage(setup=setup))
        try:
            async with asyncio.timeout(self._limits.setup_wait_s):
                self._opening = await self._receive()
        except TimeoutError:
            raise NoAnswer(f"the server did not answer the setup within {self._limits.setup_wait_s:g} s") from None
        if self._opening.setup_complete is None:
            raise RemoteProtocolError("the server's first message is not setupComplete")

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Send a stretch of the user's voice."""
        blob = Blob(mime_type=pcm_mime(chunk.format), data=chunk.data)
        await self._send(ClientMessage(realtime_input=RealtimeInput(audio=blob)))

    async def end_audio(self) -> None:
        """Tell that the microphone is off: the turn ends with what there is. Sending audio turns it on again."""
        await self._send(ClientMessage(realtime_input=RealtimeInput(audio_stream_end=True)))

    async def send_text(self, text: str) -> None:
        """Say something in writing, as a whole turn to be answered."""
        turn = Content(role="user", parts=(Part(text=text),))
        await self._send(ClientMessage(client_content=ClientContent(turns=(turn,), turn_complete=True)))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ServerMessage:
        if self._opening is not None:
            opening, self._opening = self._opening, None
            return opening
        try:
            return await self._receive()
        except ConnectionClosed as closed:
            if closed.code == CloseCode.NORMAL:
                raise StopAsyncIteration from None
            raise

    async def _send(self, message: ClientMessage) -> None:
        try:
            async with asyncio.timeout(self._limits.send_wait_s):
                await self._socket.send(encode_client(message))
        except TimeoutError:
            raise NoAnswer(f"the server read nothing for {self._limits.send_wait_s:g} s") from None
        except websockets.ConnectionClosed as error:
            raise self._note_close(error) from None

    async def _receive(self) -> ServerMessage:
        try:
            return decode_server(await self._socket.recv(decode=False))
        except websockets.ConnectionClosed as error:
            raise self._note_close(error) from None

    def _note_close(self, error: websockets.ConnectionClosed) -> ConnectionClosed:
        if error.rcvd is not None:
            self.closed = ConnectionClosed(error.rcvd.code, error.rcvd.reason)
        else:
            why = error.sent.reason if error.sent is not None else ""
            self.closed = ConnectionClosed(_LOST, why or "the connection was lost")
        return self.closed


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
            compression=None,  # base64 of PCM does not shrink enough to be worth the CPU
            proxy=None if is_loopback(url) else True,
            open_timeout=limits.open_wait_s,
            close_timeout=limits.close_wait_s,
            ping_interval=limits.ping_interval_s,
            ping_timeout=limits.ping_wait_s,
            max_size=limits.message_bytes_max,
        )
    except TimeoutError:
        raise NoAnswer(f"{server_of(url)} did not answer within {limits.open_wait_s:g} s") from None
    except (websockets.InvalidURI, websockets.InvalidProxy):
        raise SettingsError(f"{server_of(url)}, or the proxy in the environment, is no URL") from None
    except websockets.InvalidStatus as error:
        raise _http_refusal(url, error) from None
    except (OSError, websockets.InvalidHandshake) as error:
        raise ConnectionRefused(_LOST, f"{server_of(url)} cannot be reached: {_why(error)}") from None


async def _close(socket: ClientConnection, limits: Client) -> None:
    try:
        async with asyncio.timeout(limits.close_wait_s):
            await socket.close()
    except TimeoutError:
        socket.transport.abort()  # closing waits for a server that reads nothing, whatever close_timeout says


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
