import asyncio
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve

from antiphon.client.connection import Connection, open_connection
from antiphon.client.endpoint import DEVELOPER_PATH, resolve
from antiphon.config import Client
from antiphon.errors import ConnectionClosed, ConnectionRefused, NoAnswer, RemoteProtocolError, SettingsError, Step
from antiphon.wire.client import ClientMessage, RealtimeInput
from antiphon.wire.content import Blob
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup
from tests.client.fake_live import COMPLETE, Peer, Script, content, fake_live

SETUP = Setup(model="models/x")
QUICK = Client(setup_wait_s=0.2, open_wait_s=0.2, close_wait_s=0.2)


async def welcome(peer: Peer) -> None:
    await peer.say(COMPLETE)


@asynccontextmanager
async def opened(url: str, limits: Client = QUICK, headers: dict[str, str] | None = None) -> AsyncIterator[Connection]:
    async with asyncio.timeout(10):
        connection = await open_connection(resolve(url, environment={}).url, headers or {}, limits)
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def connection_with(script: Script, limits: Client = QUICK) -> AsyncIterator[Connection]:
    async with fake_live(script) as live, opened(live.url, limits) as connection:
        yield connection


async def test_sends_the_headers_and_the_setup() -> None:
    async with fake_live(welcome) as live, opened(live.url, headers={"x-goog-api-key": "k"}) as connection:
        answer = await connection.begin(SETUP)
        assert answer.setup_complete is not None
        assert live.peer.path == DEVELOPER_PATH
        assert live.peer.setup == {"model": "models/x"}
        sent = {name.lower(): value for name, value in live.peer.headers.items()}
        assert sent["x-goog-api-key"] == "k"
        assert sent["user-agent"].startswith("antiphon/")
        assert "sec-websocket-extensions" not in sent


async def test_a_tap_is_shown_every_message() -> None:
    class Notes:
        def __init__(self) -> None:
            self.seen: list[object] = []

        def sent(self, message: ClientMessage) -> None:
            self.seen.append(message)

        def received(self, message: ServerMessage) -> None:
            self.seen.append(message)

        def lost(self, why: str) -> None:
            self.seen.append(why)

    notes = Notes()
    async with fake_live(welcome) as live:
        connection = await open_connection(resolve(live.url, environment={}).url, {}, QUICK, notes)
        answer = await connection.begin(SETUP)
        await connection.close()
    assert notes.seen == [ClientMessage(setup=SETUP), answer]


async def test_text_frames_and_unknown_members_are_read_too() -> None:
    async def script(peer: Peer) -> None:
        await peer.socket.send('{"setupComplete":{},"brandNew":{}}')
        await peer.socket.send('{"goAway":{"timeLeft":"9.5s"},"brandNew":{}}')

    async with connection_with(script) as connection:
        await connection.begin(SETUP)
        message = await connection.receive()
    assert message.go_away is not None
    assert message.go_away.time_left == 9.5


@pytest.mark.parametrize("code", [1000, 1001, 1007, 1008, 1011, 1013])
async def test_a_close_tells_its_code_and_reason(code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.socket.close(code, "setup.model: no such model")

    async with connection_with(script) as connection:
        await connection.begin(SETUP)
        with pytest.raises(ConnectionClosed, match="no such model") as caught:
            await connection.receive()
        assert caught.value.code == code
        with pytest.raises(ConnectionClosed, match="no such model"):
            await connection.send(ClientMessage(realtime_input=RealtimeInput(audio_stream_end=True)))


async def test_a_setup_may_be_refused() -> None:
    async def script(peer: Peer) -> None:
        await peer.socket.close(1008, "models/x is not found")

    async with connection_with(script) as connection:
        with pytest.raises(ConnectionClosed) as caught:
            await connection.begin(SETUP)
    assert (caught.value.code, caught.value.reason) == (1008, "models/x is not found")


async def test_a_connection_may_just_break() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        peer.socket.transport.abort()

    async with connection_with(script) as connection:
        await connection.begin(SETUP)
        with pytest.raises(ConnectionClosed, match="lost") as caught:
            await connection.receive()
        assert caught.value.code == 1006


async def test_a_message_may_be_too_big() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, {"serverContent": {"outputTranscription": {"text": "a" * 2_000}}})

    async with connection_with(script, Client(message_bytes_max=1_000)) as connection:
        await connection.begin(SETUP)
        with pytest.raises(ConnectionClosed, match=r"1006.*limit"):
            await connection.receive()


@pytest.mark.parametrize("nonsense", ["hello", "[1]", '{"serverContent": 5}'])
async def test_nonsense_breaks_the_protocol(nonsense: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.socket.send(nonsense)

    async with connection_with(script) as connection:
        await connection.begin(SETUP)
        with pytest.raises(RemoteProtocolError):
            await connection.receive()


async def test_something_else_than_setup_complete_breaks_the_protocol() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(content(turnComplete=True))

    async with connection_with(script) as connection:
        with pytest.raises(RemoteProtocolError, match="setupComplete"):
            await connection.begin(SETUP)


async def test_a_server_that_does_not_answer_the_setup() -> None:
    async def script(peer: Peer) -> None: ...

    async with connection_with(script) as connection:
        with pytest.raises(NoAnswer, match=r"setup within 0\.2 s"):
            await connection.begin(SETUP)


# A server that falls silent


async def deaf(released: asyncio.Event, connection: ServerConnection) -> None:
    """Read the setup, and from then on nothing, not even a ping."""
    await connection.recv()
    await connection.send('{"setupComplete":{}}')
    connection.transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.wait_for(released.wait(), 10)
    connection.transport.resume_reading()  # type: ignore[attr-defined]


@pytest.mark.parametrize("megabytes", [0, 64])
async def test_silence_is_taken_for_the_end(megabytes: int) -> None:
    released = asyncio.Event()
    limits = Client(ping_interval_s=0.05, silent_s_max=0.2, close_wait_s=0.1)
    async with serve(lambda connection: deaf(released, connection), "127.0.0.1", 0, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with opened(f"127.0.0.1:{port}", limits) as connection:
            await connection.begin(SETUP)
            with pytest.raises(ConnectionClosed, match="nothing came from the server"):
                async with asyncio.timeout(5):
                    await ends_first(connection, megabytes)
        released.set()


async def ends_first(connection: Connection, megabytes: int) -> None:
    """Watch, read and write at once; raise what ends one of them."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(connection.watch())
            group.create_task(connection.receive())
            if megabytes:  # more than the buffers on the way hold: a ping can no longer be written
                audio = Blob(mime_type="audio/pcm", data=bytes(megabytes << 20))
                group.create_task(connection.send(ClientMessage(realtime_input=RealtimeInput(audio=audio))))
    except* ConnectionClosed as several:
        raise several.exceptions[0] from None


async def test_a_silent_server_is_no_loss_while_its_caller_does_not_listen() -> None:
    released = asyncio.Event()
    limits = Client(ping_interval_s=0.02, silent_s_max=0.1, close_wait_s=0.1)
    async with serve(lambda connection: deaf(released, connection), "127.0.0.1", 0) as server:
        async with opened(f"127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}", limits) as connection:
            await connection.begin(SETUP)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await connection.watch()
        released.set()


async def test_pongs_are_signs_of_life_and_so_is_a_caller_who_does_not_read() -> None:
    limits = Client(ping_interval_s=0.02, silent_s_max=0.1)
    async with connection_with(welcome, limits) as connection:
        await connection.begin(SETUP)
        for reading in (True, False):
            with pytest.raises(TimeoutError):  # noqa: PT012 - it was not the watch that ended it
                async with asyncio.timeout(0.3), asyncio.TaskGroup() as group:
                    group.create_task(connection.watch())
                    if reading:
                        group.create_task(connection.receive())


# A server that is not reached


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def refusal(url: str, limits: Client = QUICK) -> ConnectionRefused:
    with pytest.raises(ConnectionRefused) as caught:
        await open_connection(resolve(url, environment={}).url, {}, limits)
    return caught.value


async def test_nobody_there() -> None:
    error = await refusal(f"127.0.0.1:{free_port()}?key=secret")
    assert (error.code, error.step) == (1006, Step.REACH)
    assert str(error).endswith("cannot be reached: Connection refused")
    assert "secret" not in str(error)


async def test_no_such_host() -> None:
    error = await refusal("ws://name.invalid", Client(open_wait_s=5))
    assert error.step is Step.NAME


@pytest.mark.parametrize("status", [301, 401, 403, 404, 503])
async def test_an_http_status_instead_of_the_upgrade(status: int) -> None:
    async with fake_live(welcome, refuse=(status, "go\naway")) as live:
        error = await refusal(live.url)
    assert (error.code, error.step) == (status, Step.STATUS)
    assert f"HTTP {status}" in str(error)
    assert str(error).endswith(": go away")


@pytest.mark.parametrize("greeting", [b"220 mail.example.org ESMTP\r\n\r\n", b""])
async def test_a_port_that_speaks_something_else(greeting: bytes) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        error = await refusal(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", Client())
    assert error.step is Step.UPGRADE


async def test_a_port_that_says_nothing() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(NoAnswer, match=r"did not answer within 0\.2 s"):
            await open_connection(resolve(f"127.0.0.1:{silent.getsockname()[1]}", environment={}).url, {}, QUICK)


async def test_a_certificate_nobody_vouches_for() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def never(_: object) -> None: ...

    async with serve(never, "127.0.0.1", 0, ssl=context) as server:
        error = await refusal(f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}")
    assert error.step is Step.CERTIFICATE
    assert "SSL_CERT_FILE" in str(error)


async def test_what_is_no_url() -> None:
    with pytest.raises(SettingsError):
        await open_connection("nonsense", {}, QUICK)


async def test_a_proxy_that_takes_a_package_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_socks", None)
    monkeypatch.setenv("socks_proxy", "socks5://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(SettingsError, match="pip install python-socks"):
        await open_connection("ws://example.invalid/", {}, QUICK)


@pytest.mark.parametrize("host", ["a..b", "a" * 64])
async def test_a_host_that_cannot_be_looked_up(host: str) -> None:
    with pytest.raises(SettingsError, match="no host that can be looked up"):
        await open_connection(f"ws://{host}/", {}, QUICK)
