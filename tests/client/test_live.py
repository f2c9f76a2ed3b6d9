import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme
from websockets.asyncio.server import serve

from antiphon.audio.pcm import AudioChunk, AudioFormat
from antiphon.client.endpoint import DEVELOPER_PATH
from antiphon.client.live import LiveSession, connect
from antiphon.config import Client
from antiphon.errors import ConnectionClosed, ConnectionRefused, NoAnswer, RemoteProtocolError, SettingsError
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup
from tests.client.fake_live import COMPLETE, Peer, Script, content, fake_live

SETUP = Setup(model="models/x")
QUICK = Client(setup_wait_s=0.2, open_wait_s=0.2, close_wait_s=0.2)


async def welcome(peer: Peer) -> None:
    await peer.say(COMPLETE)


@asynccontextmanager
async def session_with(script: Script) -> AsyncIterator[LiveSession]:
    async with asyncio.timeout(10), fake_live(script) as live, connect(live.url, SETUP) as session:
        yield session


async def test_sends_the_setup_and_keys_and_headers() -> None:
    async with fake_live(welcome) as live:
        async with connect(live.url, SETUP, api_key="k", headers={"x-other": "1"}):
            pass
        assert live.peer.path == DEVELOPER_PATH
        assert live.peer.setup == {"model": "models/x"}
        sent = {name.lower(): value for name, value in live.peer.headers.items()}
        assert sent["x-goog-api-key"] == "k"
        assert sent["x-other"] == "1"
        assert sent["user-agent"].startswith("antiphon/")
        assert "sec-websocket-extensions" not in sent


async def test_sends_every_kind_of_input() -> None:
    async with fake_live(welcome) as live, connect(live.url, SETUP) as session:
        await session.send_audio(AudioChunk(b"abcd"))
        await session.send_audio(AudioChunk(b"ef", AudioFormat(8_000)))
        await session.end_audio()
        await session.send_text("Hello")
        await live.peer.until(lambda: len(live.peer.messages) == 5)
        assert bytes(live.peer.pcm) == b"abcdef"
        assert live.peer.mime_types == {"audio/pcm;rate=16000", "audio/pcm;rate=8000"}
        assert live.peer.messages[3] == {"realtimeInput": {"audioStreamEnd": True}}
        assert live.peer.messages[4] == {
            "clientContent": {"turns": [{"role": "user", "parts": [{"text": "Hello"}]}], "turnComplete": True}
        }


async def test_gives_every_message_until_a_normal_close() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, content(turnComplete=True), content(interrupted=True))
        await peer.socket.send('{"goAway":{"timeLeft":"9.5s"},"brandNew":{}}')  # text, and a member we do not know
        await peer.socket.close(1000, "bye")

    async with session_with(script) as session:
        messages: list[ServerMessage] = [message async for message in session]
        assert session.closed is not None
        assert (session.closed.code, session.closed.reason) == (1000, "bye")
    assert [bool(message.setup_complete) for message in messages] == [True, False, False, False]
    assert messages[3].go_away is not None
    assert messages[3].go_away.time_left == 9.5


async def test_what_is_bundled_with_setup_complete_is_not_lost() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(
            {"setupComplete": {"sessionId": "s"}, "sessionResumptionUpdate": {"newHandle": "h", "resumable": True}}
        )

    async with session_with(script) as session:
        first = await anext(session)
    assert first.setup_complete is not None
    assert first.setup_complete.session_id == "s"
    assert first.session_resumption_update is not None


@pytest.mark.parametrize("code", [1001, 1007, 1008, 1011, 1013])
async def test_a_close_tells_its_code_and_reason(code: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.socket.close(code, "setup.model: no such model")

    async with session_with(script) as session:
        await anext(session)
        with pytest.raises(ConnectionClosed, match="no such model") as caught:
            await anext(session)
        assert caught.value.code == code
        with pytest.raises(ConnectionClosed, match="no such model"):
            await session.end_audio()


async def test_a_setup_may_be_refused() -> None:
    async def script(peer: Peer) -> None:
        await peer.socket.close(1008, "models/x is not found")

    with pytest.raises(ConnectionClosed) as caught:
        async with session_with(script):
            pass
    assert (caught.value.code, caught.value.reason) == (1008, "models/x is not found")


async def test_a_connection_may_just_break() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        peer.socket.transport.abort()

    async with session_with(script) as session:
        await anext(session)
        with pytest.raises(ConnectionClosed, match="lost") as caught:
            await anext(session)
        assert caught.value.code == 1006


async def test_a_message_may_be_too_big() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, {"serverContent": {"outputTranscription": {"text": "a" * 2_000}}})

    async with fake_live(script) as live, connect(live.url, SETUP, limits=Client(message_bytes_max=1_000)) as session:
        await anext(session)
        with pytest.raises(ConnectionClosed, match=r"1006.*limit"):
            await anext(session)


@pytest.mark.parametrize("nonsense", ["hello", "[1]", '{"serverContent": 5}'])
async def test_nonsense_breaks_the_protocol(nonsense: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.socket.send(nonsense)

    async with session_with(script) as session:
        await anext(session)
        with pytest.raises(RemoteProtocolError):
            await anext(session)


async def test_something_else_than_setup_complete_breaks_the_protocol() -> None:
    async def script(peer: Peer) -> None:
        await peer.say(content(turnComplete=True))

    with pytest.raises(RemoteProtocolError, match="setupComplete"):
        async with session_with(script):
            pass


async def test_a_server_that_does_not_answer_the_setup() -> None:
    async def script(peer: Peer) -> None: ...

    async with fake_live(script) as live:
        with pytest.raises(NoAnswer, match=r"setup within 0\.2 s"):
            async with connect(live.url, SETUP, limits=QUICK):
                pass


async def test_a_server_that_stops_reading() -> None:
    async def deaf(connection: object) -> None:
        await connection.recv()  # type: ignore[attr-defined]
        await connection.send('{"setupComplete":{}}')  # type: ignore[attr-defined]
        connection.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.wait_for(released.wait(), 10)
        connection.transport.resume_reading()  # type: ignore[attr-defined]

    released = asyncio.Event()
    limits = Client(send_wait_s=0.1, close_wait_s=0.1)
    async with serve(deaf, "127.0.0.1", 0, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"127.0.0.1:{port}", SETUP, limits=limits) as session:
            with pytest.raises(NoAnswer, match=r"read nothing for 0\.1 s"):
                await session.send_audio(AudioChunk(bytes(64 << 20)))
        released.set()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_nobody_there() -> None:
    with pytest.raises(
        ConnectionRefused, match=r"ws://127\.0\.0\.1:\d+ cannot be reached: Connection refused"
    ) as caught:
        async with connect(f"127.0.0.1:{free_port()}?key=secret", SETUP):
            pass
    assert caught.value.code == 1006
    assert "secret" not in str(caught.value)


async def test_no_such_host() -> None:
    with pytest.raises(ConnectionRefused, match="cannot be reached"):
        async with connect("ws://name.invalid", SETUP, limits=QUICK):
            pass


@pytest.mark.parametrize("status", [301, 401, 403, 404, 503])
async def test_an_http_status_instead_of_the_upgrade(status: int) -> None:
    async with fake_live(welcome, refuse=(status, "go\naway")) as live:
        with pytest.raises(ConnectionRefused, match=rf"HTTP {status} .*: go away") as caught:
            async with connect(live.url, SETUP):
                pass
    assert caught.value.code == status


async def test_a_port_that_speaks_something_else() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ConnectionRefused, match="cannot be reached"):
            async with connect(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", SETUP):
                pass


async def test_a_port_that_says_nothing() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(NoAnswer, match=r"did not answer within 0\.2 s"):
            async with connect(f"127.0.0.1:{silent.getsockname()[1]}", SETUP, limits=QUICK):
                pass


async def test_a_certificate_nobody_vouches_for() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def never(_: object) -> None: ...

    async with serve(never, "127.0.0.1", 0, ssl=context) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(ConnectionRefused, match=r"certificate is not trusted.*SSL_CERT_FILE"):
            async with connect(f"wss://127.0.0.1:{port}", SETUP):
                pass


async def test_an_unusable_endpoint() -> None:
    with pytest.raises(SettingsError):
        async with connect("ftp://host", SETUP):
            pass
