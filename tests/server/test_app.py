import httpx
import pytest
from websockets.exceptions import InvalidStatus

from antiphon.server.app import UNAVAILABLE
from tests.server.conftest import SETUP, VERTEX


async def get(server, path):
    async with httpx.AsyncClient() as client:
        return await client.get(f"http://127.0.0.1:{server.port}{path}")


@pytest.mark.requirement("transport.one_port")
async def test_health_and_readiness_answer_on_the_same_port(server, call):
    assert (await get(server, "/healthz")).json()["status"] == "ok"
    assert (await get(server, "/readyz")).json() == {"status": "ready", "sessions": 0}


@pytest.mark.requirement("errors.unknown_path")
async def test_an_unknown_path_is_a_404(server, call):
    with pytest.raises(InvalidStatus) as refused:
        await call("/ws/nonsense", setup=None)
    assert refused.value.response.status_code == 404
    assert b"/ws/nonsense" in refused.value.response.body


@pytest.mark.requirement("errors.full")
@pytest.mark.parametrize("server", [{"limits": {"sessions_max": 1}}], indirect=True)
async def test_one_session_too_many_is_a_503_and_its_place_is_freed(server, call):
    first = await call()
    assert (await get(server, "/readyz")).status_code == 503
    with pytest.raises(InvalidStatus) as refused:
        await call()
    assert refused.value.response.status_code == 503
    await first.socket.close()
    while (await get(server, "/readyz")).status_code == 503:
        pass
    await call()


@pytest.mark.requirement("transport.double_slash", "transport.plain", "dialects.session_id")
async def test_both_products_on_one_port(server, call):
    caller = await call("/" + VERTEX, setup=None)
    await caller.send({"setup": {"model": "publishers/google/models/x"}})
    assert "sessionId" in (await caller.read())["setupComplete"]


@pytest.mark.requirement("credentials.store_fails")
async def test_a_store_that_fails_lets_nobody_in_and_says_no_more_than_that(server, call, store, caplog):
    await store.keys._database.write(lambda connection: connection.execute("DROP TABLE keys"))
    refused = await call(setup=None)
    await refused.send(SETUP)
    assert await refused.closed() == (1011, UNAVAILABLE)
    with pytest.raises(InvalidStatus) as denied:
        await call(VERTEX)
    assert denied.value.response.status_code == 503
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"http://127.0.0.1:{server.port}/v1/auth_tokens", json={})
    assert answer.json()["error"] == {"code": 503, "message": UNAVAILABLE, "status": "UNAVAILABLE"}
    assert caplog.text.count("no such table: keys") == 3
