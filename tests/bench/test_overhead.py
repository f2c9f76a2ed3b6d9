import pytest

from antiphon.bench import overhead
from antiphon.bench.overhead import ANTIPHON, ECHO, measure
from antiphon.bench.run import Terms
from antiphon.client.endpoint import resolve
from antiphon.errors import SettingsError
from tests.bench.sample import terms


async def test_both_servers_stream_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overhead, "CALLS", 10)
    monkeypatch.setattr(overhead, "WARM_S", 0.5)
    outcome = await measure(terms(), 2, 0.5)
    rates = {sample.side: sample.values.get("chunks_per_s") for sample in outcome.samples}
    assert rates[ANTIPHON] == pytest.approx(100, abs=40)
    assert rates[ECHO] == pytest.approx(100, abs=40)
    assert len(rates) == 7
    assert outcome.findings[0].value > 0
    assert outcome.findings[0].wanted == "<= 3"


async def test_nobody_elses_cpu_can_be_seen() -> None:
    with pytest.raises(SettingsError, match="without --url"):
        await measure(Terms(rounds=1, seed=1, endpoint=resolve("ws://127.0.0.1:1")), 2, 0.5)
