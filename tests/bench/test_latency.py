from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from antiphon.bench import latency
from antiphon.bench.choices import Recordings
from antiphon.bench.hosting import Server
from antiphon.bench.latency import SERIAL, SPECULATIVE, STAGES, Task, measure, tasks_of
from antiphon.bench.run import Terms
from antiphon.client.endpoint import resolve
from antiphon.errors import NoAnswer
from antiphon.server.listen import listening
from tests.bench.sample import short, terms
from tests.runtime.stage import scripted

SHORT = Task("questions", short())


async def test_our_own_server_is_asked_on_both_sides() -> None:
    outcome = await measure(terms(), (SHORT,))
    assert sorted(sample.side for sample in outcome.samples) == [SERIAL, SPECULATIVE]
    for sample in outcome.samples:
        assert sample.values["first_sound_ms"] > 0
        assert sum(sample.values[stage] for stage in STAGES) == pytest.approx(sample.values["first_sound_ms"])
        assert sample.note.startswith("speech of")
    drafted = {sample.side: sample.values["drafted"] for sample in outcome.samples}
    assert drafted == {SPECULATIVE: 1.0, SERIAL: 0.0}
    found = {finding.what: finding for finding in outcome.findings}
    assert found["questions: median of the wait, speculative to serial"].wanted == "<= 0.6"
    assert found["questions without an answer"].met


async def test_any_server_can_be_asked_by_its_url() -> None:
    async with listening(scripted(server={"port": 0})) as server:
        theirs = Terms(rounds=2, seed=1, endpoint=resolve(server.url))
        outcome = await measure(theirs, (SHORT,))
    assert [sample.round for sample in outcome.samples] == [1, 2]
    assert {*outcome.samples[0].values} == {"first_sound_ms", "starved_ms", "word_error_percent", "cut_ins"}
    assert "shows no stages" in " ".join(outcome.limits)


async def test_no_answer_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([({"first_sound_ms": 1.0}, "warm"), NoAnswer("too late"), ({"first_sound_ms": 5.0}, "speech")])

    async def asked(*_: object) -> tuple[dict[str, float], str]:
        answer = next(answers)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    monkeypatch.setattr(latency, "asked", asked)
    outcome = await measure(Terms(rounds=2, seed=1, endpoint=resolve("ws://127.0.0.1:1")), (SHORT,))
    assert [sample.note for sample in outcome.samples] == ["no answer: too late", "speech"]
    assert outcome.findings[-1].value == 1
    assert outcome.findings[-1].met is False


async def test_words_are_compared_with_those_of_the_same_round(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = {SPECULATIVE: iter(["warm", "Six thirty.", "seven"]), SERIAL: iter(["warm", "6 30", "eleven"])}

    @asynccontextmanager
    async def sides(_: Terms) -> AsyncIterator[tuple[Server, ...]]:
        yield tuple(Server(name, resolve("ws://127.0.0.1:1")) for name in heard)

    async def asked(server: Server, *_: object) -> tuple[dict[str, float], str]:
        return {"first_sound_ms": 1.0}, next(heard[server.name])

    monkeypatch.setattr(latency, "sides", sides)
    monkeypatch.setattr(latency, "asked", asked)
    outcome = await measure(terms(2), (SHORT,))
    assert [(sample.side, sample.round) for sample in outcome.samples] == [
        (SPECULATIVE, 1),
        (SERIAL, 1),
        (SERIAL, 2),
        (SPECULATIVE, 2),
    ]
    same = next(finding for finding in outcome.findings if "words" in finding.what)
    assert (same.value, same.met) == (50, False)


def test_the_sets() -> None:
    sizes = {kind: len(tasks_of(kind, 1)) for kind in Recordings}
    assert sizes == {Recordings.QUESTIONS: 12, Recordings.PAUSES: 6, Recordings.READINGS: 5, Recordings.ALL: 18}
    assert tasks_of(Recordings.PAUSES, 1)[0].question.name == "question_00 & question_01 +0.6s"
    assert {task.group for task in tasks_of(Recordings.ALL, 1)} == {"questions", "pauses"}
