import json

import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.runtime.channel import ChannelClosed
from antiphon.runtime.sights import LINES_MAX, Sights
from antiphon.session.activity import Speech
from antiphon.session.events import EndJudged, ReplyAudio, ReplyStarted, ReplyText, TurnId, WindowHeard
from tests.bench.sample import TIMES

BEGAN = 100.0
SILENT, SPEAKING_ON = Speech(going_on=False, boundary=0), Speech(going_on=True, boundary=8_000)


class Voice:
    """What the session makes of the user's voice, as the test has it."""

    def __init__(self) -> None:
        self.speech = SILENT

    def __call__(self) -> Speech:
        return self.speech


async def told(lines) -> list[dict[str, object]]:
    return [json.loads(await lines.get()) for _ in range(len(lines))]


async def test_nobody_watches_until_somebody_does():
    sights = Sights(BEGAN, Voice())
    assert not sights.watched
    with sights.watching(101.5) as lines:
        assert sights.watched
        assert await told(lines) == [{"type": "hello", "at": 1.5}]
    assert not sights.watched


async def test_windows_and_speech_are_told_in_seconds_of_what_was_sent():
    voice = Voice()
    sights = Sights(BEGAN, voice)
    with sights.watching(BEGAN) as lines:
        sights.event(WindowHeard(512, 0.01234), 101.0)
        voice.speech = SPEAKING_ON
        sights.event(WindowHeard(8_512, 0.99), 102.0)
        sights.event(EndJudged(16_000, 0.875), 103.0)
        voice.speech = Speech(going_on=False, boundary=16_000)
        sights.event(WindowHeard(24_000, 0.0), 104.0)
        rest = (await told(lines))[1:]
    assert rest == [
        {"type": "window", "at": 1.0, "position": 0.032, "probability": 0.012},
        {"type": "window", "at": 2.0, "position": 0.532, "probability": 0.99},
        {"type": "speech", "at": 2.0, "position": 0.5},
        {"type": "judged", "at": 3.0, "pause": 1.0, "probability": 0.875},
        {"type": "window", "at": 4.0, "position": 1.5, "probability": 0.0},
        {"type": "decided", "at": 4.0, "position": 1.0},
    ]


async def test_who_comes_later_is_not_told_what_is_over():
    voice = Voice()
    sights = Sights(BEGAN, voice)
    voice.speech = Speech(going_on=False, boundary=16_000)
    with sights.watching(BEGAN) as lines:
        sights.event(WindowHeard(24_000, 0.0), 101.0)
        assert [line["type"] for line in await told(lines)] == ["hello", "window"]


async def test_what_still_comes_of_a_reply_that_was_given_up_is_not_the_first_of_it():
    sights = Sights(BEGAN, Voice())
    with sights.watching(BEGAN) as lines:
        for turn in (TurnId(1), TurnId(2), TurnId(1), TurnId(2)):
            sights.event(ReplyStarted(turn), 101.0)
        assert [line.get("turn") for line in await told(lines)] == [None, 1, 2]


async def test_the_first_of_a_reply_is_told_once_a_turn():
    sights = Sights(BEGAN, Voice())
    piece = AudioChunk(bytes(4_800), SPEAKING)
    with sights.watching(BEGAN) as lines:
        for turn in (TurnId(1), TurnId(2)):
            for event in (ReplyStarted(turn), *[ReplyText(turn, "a", 0), ReplyAudio(turn, piece)] * 2):
                sights.event(event, 101.0)
        seen = [(line["type"], line.get("turn")) for line in await told(lines)]
    assert seen == [("hello", None), *[(kind, turn) for turn in (1, 2) for kind in ("token", "clause", "sound")]]


async def test_drafts_and_the_stages_of_a_turn_are_told():
    sights = Sights(BEGAN, Voice())
    with sights.watching(BEGAN) as lines:
        sights.drafted(101.0)
        sights.withdrawn(102.0)
        sights.turn(TIMES, 103.0)
        _, drafted, withdrawn, turn = await told(lines)
    assert (drafted["type"], withdrawn["type"]) == ("drafted", "withdrawn")
    stages = {"wordsMs": 0.0, "tokenMs": 100.0, "clauseMs": 200.0, "voiceMs": 300.0}
    assert turn == {"type": "turn", "at": 3.0, "turn": 1, "drafted": True, **stages}


async def test_who_does_not_read_is_let_go_and_others_stay():
    sights = Sights(BEGAN, Voice())
    with sights.watching(BEGAN) as slow, sights.watching(BEGAN) as quick:
        for number in range(LINES_MAX):
            sights.event(WindowHeard(number, 0.0), BEGAN)
            await told(quick)
        await told(slow)
        with pytest.raises(ChannelClosed):
            await slow.get()
        sights.event(WindowHeard(LINES_MAX, 0.0), BEGAN)
        assert len(quick) == 1
        assert len(sights) == 2, "a place is free again when its reader has left"
    assert len(sights) == 0
