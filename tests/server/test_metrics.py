import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect

from antiphon.server.metrics import FIRST_SOUND_S, Metrics
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import ServerContent, ServerMessage
from tests.bench.sample import TIMES
from tests.server.conftest import DEVELOPER, SETUP, Caller


async def asked(server, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url.replace("ws", "http", 1), headers=headers) as client:
        return await client.get("/metrics")


def figures(text: str) -> dict[tuple[str, str], float]:
    """Samples by name and the one label they have."""
    families = text_string_to_metric_families(text)
    samples = (sample for family in families for sample in family.samples)
    return {(sample.name, ",".join(sample.labels.values())): sample.value for sample in samples}


async def test_an_answered_session_is_counted(server):
    async with connect(server.url + DEVELOPER) as socket:
        caller = Caller(socket)
        await caller.send(SETUP)
        await caller.read()
        assert await caller.answered()
        await caller.read_until("turnComplete")
        answer = await asked(server)
        assert answer.headers["content-type"].startswith("text/plain")
        found = figures(answer.text)
        assert found["antiphon_sessions_open", ""] == 1
        assert found["antiphon_sessions_opened_total", "developer"] == 1
        assert found["antiphon_turns_total", "complete"] == 1
        assert found["process_resident_memory_bytes", ""] > 1e6
        assert ("antiphon_drafts_total", "wasted") in found


async def test_closes_are_counted_by_their_code(server):
    async with connect(server.url + DEVELOPER) as socket:
        await socket.send("{")
        await socket.wait_closed()
    async with connect(server.url + DEVELOPER):
        pass
    async with connect(server.url + DEVELOPER) as socket:
        await socket.close(4321)
    found = figures((await asked(server)).text)
    assert found["antiphon_closes_total", "other"] == 1
    assert found["antiphon_closes_total", "1007"] == 1
    assert found["antiphon_closes_total", "1000"] == 1


async def test_with_keys_the_operators_is_needed(server, store):
    secret = await store.keys.add("somebody")
    assert (await asked(server)).status_code == 401
    assert (await asked(server, **{"x-goog-api-key": secret})).status_code == 401
    operator = server.operator_file.read_text().strip()
    assert (await asked(server, authorization=f"Bearer {operator}")).status_code == 200


async def test_a_page_of_elsewhere_counts_nobody(server):
    assert (await asked(server, origin="https://evil.example")).status_code == 403


class Nobody:
    """Neither guests nor engines."""

    begun = wasted = 0

    def __len__(self) -> int:
        return 0

    def queues(self) -> dict[str, int]:
        return {"whisper": 3}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(Nobody(), Nobody(), Nobody())


def test_an_interrupted_turn_counts_once(metrics):
    session = metrics.session(Dialect.VERTEX)
    complete = ServerContent(turn_complete=True)
    for content in (ServerContent(interrupted=True), complete, complete):
        session.sent(ServerMessage(server_content=content))
    found = figures(metrics.text().decode())
    assert found["antiphon_turns_total", "interrupted"] == 1
    assert found["antiphon_turns_total", "complete"] == 1
    assert found["antiphon_engine_queue_calls", "whisper"] == 3


def test_a_wait_falls_into_its_class_and_its_stages(metrics):
    metrics.session(Dialect.DEVELOPER).turn(TIMES)
    found = figures(metrics.text().decode())
    below = [found["antiphon_first_sound_seconds_bucket", str(bound)] for bound in FIRST_SOUND_S]
    assert below == [float(bound >= TIMES.total_s) for bound in FIRST_SOUND_S]
    assert found["antiphon_stage_seconds_sum", "token"] == TIMES.first_token_s == 0.1
