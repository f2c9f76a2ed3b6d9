import pytest

from antiphon.bench import interruption
from antiphon.bench.interruption import measure, onset_s
from antiphon.bench.questions import question_of, questions
from tests.bench.sample import short, terms


async def test_an_answer_is_cut_off_and_no_old_sound_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interruption, "questions", lambda: (short(),))
    monkeypatch.setattr(interruption, "SPEAK_AFTER_S", 0.1)
    outcome = await measure(terms())
    (sample,) = outcome.samples
    assert 0 < sample.values["after_commit_ms"] < sample.values["from_onset_ms"]
    assert sample.values["stale_sounds"] == 0
    assert [finding.met for finding in outcome.findings[2:]] == [True, True]


def test_the_onset_is_found_in_the_recording() -> None:
    assert 0.0 <= onset_s(questions()[0]) < 0.5
    later = question_of("later", "", bytes(32_000) + questions()[0].pcm.data)
    assert onset_s(later) == pytest.approx(1.0 + onset_s(questions()[0]), abs=0.03)
