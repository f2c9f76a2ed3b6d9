import pytest

from antiphon.bench.crowding import crowded
from antiphon.bench.hosting import hosted
from antiphon.bench.orders import Crowd, Serve
from antiphon.config import EngineNames


async def test_a_crowd_is_let_loose_and_comes_back() -> None:
    settings: dict[str, dict[str, object]] = {"engines": EngineNames.scripted().model_dump()}
    async with hosted("ours", Serve(settings=settings)) as server:
        before = await server.state()
        streaming = await crowded(server, Crowd(kind="duplex", url=server.endpoint.url, count=2, seconds=0.5))
        assert streaming.gathered.lost == 0
        assert streaming.gathered.sent == pytest.approx(50, abs=25)
        assert streaming.ready is not None
        assert streaming.ready.tasks > before.tasks
        assert streaming.cpu_share is not None
        assert 0 < streaming.cpu_share < 2
        idle = await crowded(server, Crowd(kind="idle", url=server.endpoint.url, count=3))
        assert idle.gathered.lost == 0
        passing = await crowded(server, Crowd(kind="passing", url=server.endpoint.url, count=4))
        assert passing.gathered.lost == 0
        assert passing.gathered.received > 4
