import pytest

from antiphon.bench import capacity
from antiphon.bench.capacity import goes_well, measure
from antiphon.bench.choices import Sessions
from antiphon.bench.crowding import Crowded
from antiphon.bench.hosting import Server
from antiphon.bench.orders import Crowd, Gathered, State
from antiphon.bench.report import Sample
from antiphon.bench.run import Outcome, Terms
from antiphon.client.endpoint import resolve
from antiphon.errors import NoAnswer, SettingsError
from tests.bench.sample import TIMES, terms


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sessions were tried; a server that is slow beyond ten sessions, and loses some beyond fifty."""
    tried: list[int] = []

    async def crowded(server: Server, order: Crowd) -> Crowded:
        tried.append(order.count)
        wait_ms = 100.0 + (60.0 if order.count > 10 else 0.0)
        waits = (("1.0 s", wait_ms), ("2.0 s", 2 * wait_ms))
        gathered = Gathered(waits=waits, starved_ms=(0.0, 3.0), lost=int(order.count > 50))
        state = State(cpu_s=0.0, rss_bytes=1 << 20, tasks=1, threads=1, files=1)
        return Crowded(gathered=gathered, ready=state, cpu_share=0.1 * order.count, turns=(TIMES,))

    async def server(*_: object) -> Server:
        return Server("ours", resolve("ws://127.0.0.1:1"))

    monkeypatch.setattr(capacity, "crowded", crowded)
    monkeypatch.setattr(capacity, "_server", server)
    return tried


def carried(outcome: Outcome) -> float:
    return outcome.findings[0].value


async def test_doubles_until_it_goes_badly_then_halves_the_interval(counts: list[int]) -> None:
    outcome = await measure(terms(), Sessions.LISTENING, 512, 1.0)
    assert counts == [1, 2, 4, 8, 16, 12, 10, 11]
    assert carried(outcome) == 10
    added = {
        sample.values["added_ms"] for sample in outcome.samples if sample.step == 16 and "added_ms" in sample.values
    }
    assert added == {60.0, 120.0}


async def test_goes_no_further_than_it_is_told(counts: list[int]) -> None:
    assert carried(await measure(terms(), Sessions.LISTENING, 6, 1.0)) == 6
    assert counts == [1, 2, 4, 6]


async def test_conversations_may_wait_twice_as_long(counts: list[int]) -> None:
    outcome = await measure(terms(), Sessions.CONVERSING, 512, 1.0)
    assert 32 <= carried(outcome) <= 50
    assert max(counts) == 64
    assert [finding.value for finding in outcome.findings if "four people" in finding.what] == [1.0, 50.0]


@pytest.mark.parametrize(("kind", "kept"), [(Sessions.CONVERSING, {100.0}), (Sessions.LISTENING, set())])
async def test_where_the_time_of_a_conversation_goes_is_kept(
    counts: list[int], kind: Sessions, kept: set[float]
) -> None:
    outcome = await measure(terms(), kind, 4, 1.0)
    found = {sample.values["first_token_ms"] for sample in outcome.samples if "first_token_ms" in sample.values}
    assert found == kept


def test_a_lost_session_is_too_many() -> None:
    waits = [Sample(side="x", item="a", round=1, step=2, values={"added_ms": 1.0})]
    assert goes_well(waits, Sessions.LISTENING, 2)
    lost = Sample(side="x", item="server", round=1, step=2, values={"lost": 1.0})
    assert not goes_well([*waits, lost], Sessions.LISTENING, 2)
    assert not goes_well([], Sessions.LISTENING, 2)


async def test_one_that_is_not_served_ends_it(monkeypatch: pytest.MonkeyPatch, counts: list[int]) -> None:
    async def nobody(server: Server, order: Crowd) -> Crowded:
        return Crowded(gathered=Gathered(lost=1, why="refused"), ready=None, cpu_share=None)

    monkeypatch.setattr(capacity, "crowded", nobody)
    with pytest.raises(NoAnswer, match="refused"):
        await measure(terms(), Sessions.LISTENING, 8, 1.0)


@pytest.mark.parametrize("kind", [Sessions.LISTENING, Sessions.IDLE, Sessions.PASSING])
async def test_what_is_seen_from_inside_takes_no_url(kind: Sessions) -> None:
    theirs = Terms(rounds=1, seed=1, endpoint=resolve("ws://127.0.0.1:1"))
    with pytest.raises(SettingsError, match="--url"):
        await measure(theirs, kind, 4, 1.0)
