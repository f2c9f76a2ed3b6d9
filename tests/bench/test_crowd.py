import asyncio

from antiphon.bench.hosting import hosted
from antiphon.bench.orders import Crowd, Ready, Serve
from antiphon.bench.processes import started


async def test_a_crowd_ends_with_its_input() -> None:
    async with hosted("echo", Serve(app="echo")) as server, asyncio.timeout(20):
        order = Crowd(kind="duplex", url=server.endpoint.url, count=2, seconds=600)
        async with started("antiphon.bench.crowd", order, "the crowd") as crowd:
            await crowd.hear(Ready, 20)
        assert (await server.state()).files > 0
