import pytest
from websockets.asyncio.client import connect as open_socket

from antiphon.bench import frames
from antiphon.bench.hosting import hosted
from antiphon.bench.orders import Serve
from antiphon.client.live import connect
from antiphon.config import EngineNames
from antiphon.errors import SettingsError

SCRIPTED: dict[str, dict[str, object]] = {"engines": EngineNames.scripted().model_dump()}


async def test_our_own_server_in_another_process() -> None:
    async with hosted("ours", Serve(settings=SCRIPTED)) as server:
        before = await server.state()
        async with connect(server.endpoint):
            during = await server.state()
        assert during.tasks > before.tasks
        assert during.cpu_s >= before.cpu_s
        assert during.files > before.files
        assert min(before.rss_bytes, before.threads) > 0
        assert before.turns == ()


async def test_the_echo_answers_each_message_alike() -> None:
    async with hosted("echo", Serve(app="echo")) as server, open_socket(server.endpoint.url) as socket:
        await socket.send(frames.setup())
        assert await socket.recv() == frames.setup_complete()
        for _ in range(3):
            await socket.send(frames.audio(frames.SILENCE))
            assert await socket.recv() == frames.sound()


async def test_a_server_that_cannot_be_says_why() -> None:
    with pytest.raises(SettingsError, match="no engine sausage for llm"):
        async with hosted("ours", Serve(settings={"engines": SCRIPTED["engines"] | {"llm": "sausage"}})):
            pass
