import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from antiphon.client.events import Continuation, Generated, Heard, Interrupted, Reconnected, Said, TurnEnded
from antiphon.client.talk.stage import Stage
from antiphon.client.talk.talking import Duplex, Gate, Talking
from antiphon.errors import ConnectionClosed, NoAnswer, SettingsError
from tests.client.talk.fake_talk import SILENCE, VOICE, FakeMicrophone, FakeSession, FakeSpeaker, sound


class Talk:
    """A conversation that runs, and the three that meet in it."""

    def __init__(self, duplex: Duplex, *, until_over: bool = False) -> None:
        self.session, self.microphone, self.speaker = FakeSession(), FakeMicrophone(), FakeSpeaker()
        self.talking = Talking(self.session, self.microphone, self.speaker, duplex=duplex, until_over=until_over)

    async def hears(self, *chunks: object) -> None:
        self.microphone.feed.put(*chunks)  # type: ignore[arg-type]
        await self.microphone.feed.all_taken()

    async def takes(self, *events: object) -> None:
        self.session.events.put(*events)  # type: ignore[arg-type]
        await self.session.events.all_taken()

    @property
    def sent_voice(self) -> list[bool]:
        return [any(chunk.data) for chunk in self.session.audio]


@asynccontextmanager
async def talk(duplex: Duplex = Duplex.HALF) -> AsyncIterator[Talk]:
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        it = Talk(duplex)
        running = group.create_task(it.talking.run())
        yield it
        it.session.events.put(None)
        await running


async def test_what_is_said_is_sent_and_what_comes_is_played() -> None:
    async with talk() as it:
        await it.hears(VOICE, SILENCE)
        assert it.session.sent == [VOICE, SILENCE]
        assert it.talking.heard_dbfs == -120
        await it.takes(
            Heard("Hi", finished=True), sound(0.5), Said("Hello."), Generated(), TurnEnded(1, first_sound_s=0.7)
        )
        assert it.speaker.acts == ["play", "end", "end"]
        assert [passage.text for passage in it.talking.transcript.passages] == ["Hi", "Hello."]
        assert it.talking.last_latency_s == 0.7


async def test_the_microphone_is_shut_while_the_loudspeaker_sounds_and_shortly_after() -> None:
    async with talk() as it:
        await it.takes(sound(1.0))
        await it.hears(VOICE, VOICE)
        assert (it.talking.stage, it.talking.gate) == (Stage.SPEAKING, Gate.SHUT)
        it.speaker.waiting_s = 0.0
        await it.hears(*[VOICE] * 20)
        assert it.talking.gate is Gate.OPEN
    held = 14  # 200 ms of echo and 100 ms of latency, less the chunk that ends them
    assert it.sent_voice == [False] * (2 + held) + [True] * (20 - held)


async def test_headphones_keep_it_open() -> None:
    async with talk(Duplex.FULL) as it:
        await it.takes(sound(1.0))
        await it.hears(VOICE, VOICE)
        assert it.talking.gate is Gate.OPEN
        assert it.sent_voice == [True, True]
        await it.takes(Interrupted())
        assert it.speaker.acts == ["play", "flush"]


async def test_muted_it_sends_silence() -> None:
    async with talk() as it:
        it.talking.mute()
        await it.hears(VOICE)
        assert (it.talking.gate, it.talking.heard_dbfs > -20) == (Gate.MUTED, True)
        it.talking.mute()
        await it.hears(VOICE)
        assert it.sent_voice == [False, True]


async def test_stop_silences_the_model_and_what_is_still_on_its_way() -> None:
    async with talk() as it:
        await it.takes(sound(1.0))
        await it.talking.stop_talking()
        await it.takes(sound(1.0), Interrupted(), TurnEnded(1, interrupted=True))
        assert it.session.acts == ["stop"]
        assert it.speaker.acts == ["play", "flush", "flush", "end"]
        await it.takes(sound(1.0))
        assert it.speaker.acts[-1] == "play", "the next reply is heard"


async def test_stop_behind_the_end_of_a_turn_is_our_own_affair() -> None:
    async with talk() as it:
        await it.takes(sound(9.0), Generated(), TurnEnded(1))
        await it.talking.stop_talking()
        assert (it.session.acts, it.speaker.acts[-1]) == ([], "flush")
        await it.takes(sound(1.0))
        assert it.speaker.acts[-1] == "play"


async def test_who_speaks_after_stop_wants_to_hear_the_answer() -> None:
    async with talk() as it:
        await it.takes(Heard("Tell me", finished=True))
        await it.talking.stop_talking()
        assert it.session.acts == ["stop"]
        await it.takes(sound(1.0))
        assert "play" not in it.speaker.acts
        await it.hears(*[VOICE] * 5)
        await it.takes(sound(1.0))
        assert it.speaker.acts[-1] == "play"


async def test_a_lost_reply_is_not_played_on() -> None:
    async with talk() as it:
        await it.takes(sound(1.0), Reconnected(Continuation.RESUMED, 1.0, 0.0, reply_lost=True))
        assert it.speaker.acts == ["play", "flush"]
        await it.takes(sound(1.0), Reconnected(Continuation.RESUMED, 1.0, 0.0, reply_lost=False))
        assert it.speaker.acts == ["play", "flush", "play"]


async def test_push_to_talk_sends_between_two_presses_only() -> None:
    async with talk(Duplex.PUSH_TO_TALK) as it:
        await it.hears(VOICE)
        assert (it.talking.gate, it.session.sent) == (Gate.OFF, [])
        await it.talking.press()
        await it.hears(VOICE, SILENCE)
        stages = [it.talking.stage]
        await it.talking.press()
        await it.hears(VOICE)
        assert it.session.sent == ["start", VOICE, SILENCE, "end"]
        assert [*stages, it.talking.stage] == [Stage.HEARING, Stage.THINKING]


async def test_push_to_talk_interrupts() -> None:
    async with talk(Duplex.PUSH_TO_TALK) as it:
        await it.takes(sound(1.0))
        await it.talking.press()
        await it.takes(sound(1.0))
        await it.hears(VOICE)
        assert it.speaker.acts == ["play", "flush"]
        assert it.session.sent == ["start", VOICE], "no echo to fear: it was silenced"
        await it.takes(Interrupted(), TurnEnded(1), sound(1.0))
        assert it.speaker.acts[-1] == "play"


async def test_without_push_to_talk_the_key_does_nothing() -> None:
    async with talk() as it:
        await it.talking.press()
        assert it.session.sent == []


async def test_watchers_are_told() -> None:
    async with talk() as it:
        told: list[str] = []
        it.talking.watch = lambda: told.append(it.talking.stage)
        await it.hears(VOICE)
        await it.takes(Said("Hi"))
        it.talking.mute()
        await it.talking.stop_talking()
        assert len(told) == 4


async def test_ends_when_the_session_does() -> None:
    it = Talk(Duplex.HALF)
    it.session.events.put(None)
    await asyncio.wait_for(it.talking.run(), 10)


async def test_raises_what_ends_the_session() -> None:
    it = Talk(Duplex.HALF)
    it.session.events.put(ConnectionClosed(1008, "go away"))
    with pytest.raises(ConnectionClosed, match="go away"):
        await asyncio.wait_for(it.talking.run(), 10)


async def test_a_lost_device_ends_it() -> None:
    it = Talk(Duplex.HALF)
    it.microphone.feed.put(SettingsError("the microphone stopped"))
    with pytest.raises(SettingsError, match="the microphone stopped"):
        await asyncio.wait_for(it.talking.run(), 10)
    it = Talk(Duplex.HALF)
    it.speaker.lost = SettingsError("the speaker stopped")
    it.microphone.feed.put(VOICE)
    with pytest.raises(SettingsError, match="the speaker stopped"):
        await asyncio.wait_for(it.talking.run(), 10)


async def run_over(*events: object) -> Talk:
    """Run a conversation whose microphone is a file that is over."""
    it = Talk(Duplex.HALF, until_over=True)
    it.microphone.over = True
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(it.talking.run())
        await it.takes(*events)
        it.microphone.feed.put(*[SILENCE] * 4_000)
    return it


async def test_a_file_is_talked_to_its_end() -> None:
    it = await run_over(Heard("Hi", finished=True), Said("Hello."), TurnEnded(1))
    assert it.microphone.feed.taken == pytest.approx(150, abs=2), "three seconds"


@pytest.mark.parametrize("begun", [[], [Said("It is")]])
async def test_a_file_whose_answer_does_not_come(begun: list[object]) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        await run_over(Heard("Where?", finished=True), *begun)
    assert caught.group_contains(NoAnswer, match="no answer within 60 s of the end of a microphone")
