"""What reaches the client around a turn; whole conversations are in test_session.py."""

import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import load_settings
from antiphon.session.effects import CancelReply, Effect, Send, SetTimer, StartReply, Transcribe, Weigh
from antiphon.session.events import (
    ReplyAudio,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    Timer,
    Transcribed,
    TurnId,
    UtteranceId,
    Weighed,
)
from antiphon.session.floor import Floor
from antiphon.session.terms import Terms
from antiphon.wire.setup import AudioTranscriptionConfig, Setup

NOW = 50.0
SOUND = AudioChunk(bytes(SPEAKING.bytes_for(1.0)), SPEAKING)
FIRST = TurnId(1)


def floor() -> Floor:
    told = AudioTranscriptionConfig()
    setup = Setup(model="m", input_audio_transcription=told, output_audio_transcription=told)
    settings = load_settings(system_prompt="be kind")
    return Floor(Terms.of(setup, settings), settings.limits, str, vertex=False)


def weighed(on_floor: Floor, weigh: Weigh) -> list[Effect]:
    return on_floor.weighed(Weighed(weigh.turn, tuple(len(text.split()) for text in weigh.texts), None))


def begun(on_floor: Floor) -> StartReply:
    (weigh, _) = on_floor.advance(NOW, speaking=False)
    (start,) = weighed(on_floor, weigh)
    return start


def asked() -> Floor:
    on_floor = floor()
    on_floor.typed("hello", NOW)
    effects = on_floor.advance(NOW, speaking=False)
    assert [type(effect) for effect in effects] == [Weigh, SetTimer]
    assert [type(effect) for effect in weighed(on_floor, effects[0])] == [StartReply]
    return on_floor


def test_a_question_waits_while_somebody_speaks():
    on_floor = floor()
    on_floor.typed("hello", NOW)
    assert on_floor.advance(NOW, speaking=True) == []
    assert on_floor.advance(NOW, speaking=False) != []


def test_a_question_waits_for_all_its_words():
    on_floor = floor()
    for utterance in (1, 2):
        on_floor.asking.spoken(Transcribe(UtteranceId(utterance), 0, 16_000), NOW)
    on_floor.asking.question.ask(spoken=True)
    on_floor.asking.recognised(Transcribed(UtteranceId(2), "second"))
    assert on_floor.advance(NOW, speaking=False) == []
    on_floor.asking.recognised(Transcribed(UtteranceId(1), "first"))
    start = begun(on_floor)
    assert [content.parts[0].text for content in start.brief.contents] == ["first", "second"]


def test_texts_are_weighed_once():
    on_floor = asked()
    on_floor.reply(ReplyStarted(FIRST), NOW)
    on_floor.reply(ReplyAudio(FIRST, SOUND), NOW)
    on_floor.reply(ReplyEnded(FIRST), NOW)
    on_floor.played_out(NOW + 1)
    on_floor.typed("again", NOW + 2)
    weigh = on_floor.advance(NOW + 2, speaking=False)[0]
    assert weigh.texts == ("again",)


def test_sound_and_words_name_their_turn_and_endings_do_not():
    on_floor = asked()
    effects = [
        *on_floor.reply(ReplyText(FIRST, "hi", 0), NOW),
        *on_floor.reply(ReplyAudio(FIRST, SOUND), NOW),
        *on_floor.reply(ReplyEnded(FIRST), NOW),
    ]
    assert [effect.turn for effect in effects if isinstance(effect, Send)] == [FIRST, FIRST, None, None]


def test_the_stall_timer_is_wound_up_by_each_piece():
    on_floor = asked()
    effects = on_floor.reply(ReplyText(FIRST, "hi", 0), NOW + 5)
    assert SetTimer(Timer.REPLY, NOW + 65) in effects


def test_nothing_is_said_after_everything_was_said():
    on_floor = asked()
    on_floor.reply(ReplyAudio(FIRST, SOUND), NOW)
    on_floor.reply(ReplyEnded(FIRST), NOW)
    assert on_floor.reply(ReplyAudio(FIRST, SOUND), NOW) == []
    assert on_floor.reply(ReplyEnded(FIRST), NOW) == []


@pytest.mark.requirement("interruption.unheard")
def test_taking_back_a_reply_says_nothing_and_keeps_the_question():
    on_floor = asked()
    effects = on_floor.speech_starts(NOW)
    assert any(isinstance(effect, CancelReply) for effect in effects)
    assert not any(isinstance(effect, Send) for effect in effects)
    on_floor.typed("world", NOW)
    start = begun(on_floor)
    assert [content.parts[0].text for content in start.brief.contents] == ["hello", "world"]
