import asyncio
from dataclasses import replace

import pytest

from antiphon.engines.contracts import Hints, Transcript
from antiphon.errors import EngineFailed
from antiphon.runtime.channel import Channel
from antiphon.runtime.gate import Gate
from antiphon.runtime.hearing import Hearing
from antiphon.session.effects import Draft, JudgeEnd, Transcribe, Withdraw
from antiphon.session.events import (
    EndJudged,
    Event,
    HearingDrained,
    HearingFailed,
    Transcribed,
    TranscriptionFailed,
    UtteranceId,
    WindowHeard,
)
from tests.runtime.stage import engines, running, silence, soon, tone, until


class Ears:
    def __init__(self, hearing: Hearing, inbox: Channel[Event], gate: Gate) -> None:
        self.hearing, self.inbox, self.gate = hearing, inbox, gate


@pytest.fixture
async def ears():
    inbox, gate = Channel[Event](64), Gate(high=0.5, low=0.1)
    async with running() as group:
        hearing = Hearing(await engines(), Hints(), inbox, gate)
        hearing.begin(group)
        yield Ears(hearing, inbox, gate)


async def test_each_full_window_is_judged_once_in_order(ears):
    ears.hearing.listen(tone(440, 100), detect=True)
    ears.hearing.listen(silence(100), detect=True)
    events = [await soon(ears.inbox.get()) for _ in range(6)]
    assert [event.position for event in events] == [512 * number for number in range(1, 7)]
    assert [event.probability for event in events] == [1, 1, 1, 1, 0, 0]


async def test_a_drain_judges_the_rest_and_says_so(ears):
    ears.hearing.listen(tone(440, 50), detect=True)
    ears.hearing.drain()
    ears.hearing.listen(silence(32), detect=True)
    events = await until(ears.inbox, HearingDrained)
    assert [(type(event), event.position) for event in events] == [
        (WindowHeard, 512),
        (WindowHeard, 800),
        (HearingDrained, 800),
    ]
    assert (await soon(ears.inbox.get())).position == 800 + 512


async def test_the_gate_shuts_while_the_ears_are_behind(ears):
    ears.hearing.listen(silence(1_000), detect=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await ears.gate.passed()
    for _ in range(31):
        await soon(ears.inbox.get())
    await soon(ears.gate.passed())


async def test_an_utterance_is_the_recording_between_its_positions(ears):
    for hertz in (300, 500, 700):
        ears.hearing.listen(tone(hertz, 500), detect=False)
    ears.hearing.transcribe(Transcribe(UtteranceId(1), 8_000, 16_000))
    ears.hearing.transcribe(Transcribe(UtteranceId(2), 16_000, 24_000))
    heard = [await soon(ears.inbox.get()) for _ in range(2)]
    assert [(event.utterance, event.text) for event in heard] == [(1, "tone 500 hertz"), (2, "tone 700 hertz")]


async def test_forgetting_spares_what_is_still_to_be_judged(ears):
    ears.hearing.listen(tone(440, 1_000), detect=True)
    ears.hearing.forget(16_000)
    events = [await soon(ears.inbox.get()) for _ in range(31)]
    assert all(event.probability == 1 for event in events)


async def test_the_end_of_a_turn_is_judged(ears):
    ears.hearing.listen(tone(440, 500), detect=False)
    ears.hearing.judge_end(JudgeEnd(pause=77, start=0, end=8_000))
    assert await soon(ears.inbox.get()) == EndJudged(77, 1.0)


class Broken:
    def open(self, hints):
        return self

    def feed(self, audio):
        raise EngineFailed("no")

    def close(self):
        pass

    async def probability(self, audio):
        raise EngineFailed("no")


async def test_broken_engines_become_events_and_silence_decides(caplog):
    inbox = Channel[Event](64)
    async with running() as group:
        broken = replace(await engines(), asr=Broken(), eot=Broken())
        hearing = Hearing(broken, Hints(), inbox, Gate(1, 0))
        hearing.begin(group)
        hearing.judge_end(JudgeEnd(pause=1, start=0, end=0))
        hearing.transcribe(Transcribe(UtteranceId(5), 0, 0))
        assert await soon(inbox.get()) == TranscriptionFailed(UtteranceId(5))
    assert "silence decides" in caplog.text


async def test_transcripts_name_their_utterance(ears):
    ears.hearing.listen(silence(200), detect=False)
    ears.hearing.transcribe(Transcribe(UtteranceId(9), 0, 3_200))
    assert await soon(ears.inbox.get()) == Transcribed(UtteranceId(9), "", None)


class SlowAsr:
    """Answers when it is told to; tells by their length in samples what it was asked for."""

    def __init__(self):
        self.asked, self.go = Channel[int](2), asyncio.Event()

    def open(self, hints):
        return self

    def feed(self, audio):
        self._samples = audio.samples

    def close(self):
        pass

    async def transcript(self):
        await self.asked.put(self._samples)
        await self.go.wait()
        return Transcript("words")


async def test_nobody_waits_for_a_draft_that_was_withdrawn():
    inbox, asr = Channel[Event](64), SlowAsr()
    async with running() as group:
        hearing = Hearing(replace(await engines(), asr=asr), Hints(), inbox, Gate(1, 0))
        hearing.begin(group)
        hearing.listen(silence(1_000), detect=False)
        hearing.draft(Draft(UtteranceId(1), 0, 8_000))
        assert await soon(asr.asked.get()) == 8_000
        hearing.withdraw(Withdraw(UtteranceId(1)))
        hearing.draft(Draft(UtteranceId(2), 0, 16_000))
        assert await soon(asr.asked.get()) == 16_000
        asr.go.set()
        assert await soon(inbox.get()) == Transcribed(UtteranceId(2), "words")


class DeafVad:
    window_samples = 512

    def open(self):
        return self

    def close(self):
        pass

    async def probabilities(self, samples):
        raise EngineFailed("no")


async def test_broken_ears_are_an_event():
    inbox = Channel[Event](64)
    async with running() as group:
        hearing = Hearing(replace(await engines(), vad=DeafVad()), Hints(), inbox, Gate(1, 0))
        hearing.begin(group)
        hearing.listen(silence(100), detect=True)
        assert await soon(inbox.get()) == HearingFailed()


async def test_the_gate_shuts_while_utterances_wait_for_the_recogniser(ears):
    ears.hearing.listen(tone(440, 3_000), detect=False)
    for number in range(3):
        ears.hearing.transcribe(Transcribe(UtteranceId(number), 16_000 * number, 16_000 * (number + 1)))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await ears.gate.passed()
    for _ in range(3):
        await soon(ears.inbox.get())
    await soon(ears.gate.passed())
