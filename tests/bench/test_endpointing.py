from collections.abc import Iterator

import numpy as np
import pytest

from antiphon.bench import endpointing
from antiphon.bench.endpointing import FIXED, FIXED_SILENCES_MS, OWN, PAUSES_S, SWEEPS, judged, measure, recordings
from antiphon.bench.questions import Question
from antiphon.bench.run import Terms
from antiphon.bench.virtual import Course
from antiphon.client.endpoint import resolve
from antiphon.config import Endpointing
from antiphon.errors import SettingsError
from tests.bench.sample import terms
from tests.bench.stage import spoken


def few(chance: np.random.Generator, number: int) -> Iterator[tuple[str, Question]]:
    yield "as spoken", spoken(0.8, 2.0)
    yield "with a pause", spoken(0.8, 1.5, 0.8, 2.0)


async def test_every_rule_decides_on_every_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpointing, "recordings", few)
    outcome = await measure(terms(), drafts=True)
    rules = len(FIXED_SILENCES_MS) + 1 + sum(map(len, SWEEPS.values()))
    assert len(outcome.samples) == 2 * rules
    fixed, own = (
        next(sample for sample in outcome.samples if sample.side == side and sample.group == "with a pause")
        for side in (FIXED, OWN)
    )
    assert fixed.values["told_early"] == own.values["told_early"] == 1
    assert {"wait_ms", "sound_ms", "false_ends"} <= own.values.keys()
    assert any("median wait" in finding.what for finding in outcome.findings)


def test_what_is_varied_are_settings() -> None:
    assert SWEEPS.keys() <= Endpointing.model_fields.keys()


def test_what_a_rule_did_to_a_speaker() -> None:
    course = Course(ends_s=[1.0, 2.5, 9.0], sounds_s=[1.4, 3.0])
    values = judged(course, 2.0)
    assert values["false_ends"] == values["told_early"] == 1
    assert (values["wait_ms"], values["sound_ms"]) == (pytest.approx(500), pytest.approx(1_000))
    assert judged(Course(), 2.0) == {"false_ends": 0, "told_early": 0}


def test_every_recording_has_every_pause() -> None:
    groups = [group for group, _ in recordings(np.random.default_rng(1), 1)]
    assert len(groups) == 17 * len(PAUSES_S)
    assert groups.count("as spoken") == 17


async def test_rules_of_others_cannot_be_seen() -> None:
    with pytest.raises(SettingsError, match="bench latency --recordings pauses"):
        await measure(Terms(rounds=1, seed=1, endpoint=resolve("ws://127.0.0.1:1")), drafts=True)
