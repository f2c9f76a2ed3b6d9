"""Answers made ready in a pause that may be the end."""

import pytest

from antiphon.session.effects import CancelReply, Draft, Glimpse, Prepare, StartReply, Transcribe, Withdraw
from antiphon.session.events import Glimpsed, ReplyCalls, ReplyFailed, Transcribed, TranscriptionFailed, UtteranceId
from antiphon.wire.content import FunctionCall
from tests.session.script import SPOKEN, Script

WAITING = {"endpointing": {"words_ms_max": 600}}


def paused(text: str | None = "hello", *, setup: dict[str, object] = SPOKEN, **settings: object) -> Script:
    """Somebody has spoken and paused for a moment; his words were recognised if `text` is given."""
    script = Script(setup, **settings)
    script.speak(600)
    script.silence(100)
    script.sent()
    if text is not None:
        script.recognise_draft(text)
    return script


def asked(script: Script) -> list[str]:
    """The texts the model was asked to answer last."""
    return [content.parts[0].text for content in script.last(StartReply).brief.contents]


def decide(script: Script) -> None:
    """It was the end."""
    script.silence(300)
    script.judge(1.0)


class TestADraftThatWasRight:
    def test_nothing_of_it_is_told_before_the_end_is_decided(self):
        script = paused()
        script.says()
        script.ends()
        assert asked(script) == ["hello"]
        assert script.sent() == []

    def test_at_the_decision_all_of_it_comes_at_once(self):
        script = paused()
        script.says()
        decide(script)
        assert script.sent() == ["inputTranscription", "outputTranscription", "audio"]
        assert (script.count(Transcribe), script.count(StartReply), script.count(CancelReply)) == (1, 1, 0)

    def test_its_playing_begins_at_the_decision(self):
        script = paused()
        script.says(seconds=1.0)
        script.ends()
        decide(script)
        script.sent()
        script.wait(0.9)
        assert script.sent() == []
        script.wait(0.2)
        assert "turnComplete" in script.sent()

    def test_what_is_not_ready_yet_comes_when_it_is(self):
        script = paused()
        decide(script)
        assert script.sent() == ["inputTranscription"]
        script.says()
        assert script.sent() == ["outputTranscription", "audio"]

    def test_words_that_come_after_the_decision_are_answered_as_ever(self):
        script = paused(None)
        decide(script)
        assert script.sent() == []
        script.recognise_draft("hello")
        assert script.sent() == ["inputTranscription"]
        assert asked(script) == ["hello"]
        assert script.count(StartReply) == 1

    def test_speech_without_words_is_no_question(self):
        script = paused("")
        assert script.count(StartReply) == 0
        decide(script)
        assert "turnComplete" in script.sent()

    def test_it_can_be_interrupted_like_any_reply(self):
        script = paused()
        script.says(seconds=5.0)
        decide(script)
        script.sent()
        script.speak(200)
        assert "interrupted" in script.sent()

    def test_calls_of_it_are_made_at_the_decision(self):
        script = paused(setup=SPOKEN | {"tools": [{"functionDeclarations": [{"name": "f"}]}]})
        turn = script.last(StartReply).turn
        script.event(ReplyCalls(turn, (FunctionCall(name="f", args={}),)))
        assert script.sent() == []
        decide(script)
        assert script.sent() == ["inputTranscription", "toolCall"]


class TestADraftThatWasWrong:
    def test_speech_that_goes_on_throws_it_away(self):
        script = paused()
        script.says()
        drafted = script.last(Draft)
        script.speak(400)
        assert script.last(Withdraw).utterance == drafted.utterance
        assert script.last(CancelReply).turn == script.last(StartReply).turn
        assert script.sent() == []

    def test_all_of_the_speech_is_recognised_again(self):
        script = paused()
        first = script.last(Draft)
        script.speak(400)
        script.silence(100)
        assert script.last(Draft).start == first.start
        script.recognise_draft("hello and goodbye")
        script.says()
        decide(script)
        assert asked(script) == ["hello and goodbye"]
        assert script.last(Transcribe).start == first.start
        assert script.sent() == ["inputTranscription", "outputTranscription", "audio"]

    def test_its_late_words_are_nobodys(self):
        script = paused(None)
        script.speak(400)
        script.recognise_draft("hello")
        assert script.count(StartReply) == 0
        assert script.sent() == []

    def test_a_text_typed_meanwhile_is_answered_too(self):
        script = paused()
        script.says()
        script.client(realtimeInput={"text": "typed"})
        decide(script)
        assert asked(script) == ["typed", "hello"]
        assert script.count(CancelReply) == 1
        assert "audio" not in script.sent()

    def test_changed_instructions_are_followed(self):
        script = paused()
        script.client(contextUpdate={"systemInstruction": {"parts": [{"text": "be brief"}]}})
        decide(script)
        assert script.last(StartReply).brief.system.startswith("be brief")

    @pytest.mark.parametrize("failure", [ReplyFailed, TranscriptionFailed])
    def test_its_failure_is_nothing_to_the_question(self, failure):
        script = paused(None if failure is TranscriptionFailed else "hello")
        if failure is ReplyFailed:
            script.event(ReplyFailed(script.last(StartReply).turn))
            decide(script)
            assert script.count(StartReply) == 2
            script.says()
            assert "audio" in script.sent()
        else:
            script.event(TranscriptionFailed(script.last(Draft).utterance))
            decide(script)
            assert "turnComplete" in script.sent()


class TestAnEndThatWasTooEarly:
    """An end is told as soon as it is likely; nothing sounds before there has been a little more silence."""

    SETUP = SPOKEN | {"explicitVadSignal": True}

    def ended(self, **settings: object) -> Script:
        """The end is decided after 0.2 s of silence, and the drafted answer is ready."""
        script = paused(setup=self.SETUP, **settings)
        script.says()
        script.silence(120)
        script.judge(1.0)
        return script

    def test_it_is_told_and_the_answer_waits(self):
        assert self.ended().sent() == ["voiceActivity", "inputTranscription"]

    def test_the_answer_comes_with_a_little_more_silence(self):
        script = self.ended()
        script.sent()
        script.silence(160)
        assert script.sent() == ["outputTranscription", "audio"]

    @pytest.mark.requirement("activity.end_of_turn")
    def test_who_goes_on_meanwhile_has_not_been_cut_off(self):
        script = self.ended()
        script.speak(300)
        assert "audio" not in script.sent()
        script.silence(100)
        script.recognise_draft("and goodbye")
        decide(script)
        assert asked(script) == ["hello", "and goodbye"]

    def test_it_does_not_wait_for_sound_that_never_comes(self):
        script = self.ended()
        script.sent()
        script.wait(0.4)
        assert script.sent() == ["outputTranscription", "audio"]

    def test_a_silence_the_client_named_is_enough(self):
        detection = {"automaticActivityDetection": {"silenceDurationMs": 150}}
        script = paused(setup=self.SETUP | {"realtimeInputConfig": detection})
        script.says()
        script.silence(100)
        assert script.sent()[-2:] == ["outputTranscription", "audio"]


class TestItsWordsDecideToo:
    """They are there before the silence has lasted long."""

    @pytest.mark.requirement("activity.end_of_turn")
    def test_words_that_go_on_put_off_the_end(self):
        script = paused("I would like to", **WAITING)
        decide(script)
        script.silence(600)
        assert script.count(Transcribe) == 0
        script.silence(500)
        assert script.count(Transcribe) == 1

    def test_the_end_waits_for_them(self):
        script = paused(None, **WAITING)
        decide(script)
        assert script.count(Transcribe) == 0
        script.recognise_draft("hello")
        script.says()
        assert script.sent() == ["inputTranscription", "outputTranscription", "audio"]

    def test_or_for_their_failure(self):
        script = paused(None, **WAITING)
        decide(script)
        script.event(TranscriptionFailed(script.last(Draft).utterance))
        assert script.count(Transcribe) == 1

    def test_it_does_not_wait_for_ever(self):
        script = paused(None, **WAITING)
        decide(script)
        script.silence(400)
        assert script.count(Transcribe) == 1

    def test_other_words_have_no_say(self):
        script = paused(None, **WAITING)
        decide(script)
        script.event(Transcribed(UtteranceId(99), "hello"))
        assert script.count(Transcribe) == 0


class TestWhenNothingIsDrafted:
    def test_speculation_is_off(self):
        script = Script(speculation={"enabled": False})
        script.ask()
        assert script.count(Draft) == 0

    def test_who_hesitates_too_often_is_waited_for(self):
        script = Script(speculation={"drafts_max": 2})
        for _ in range(4):
            script.speak(400)
            script.silence(100)
        assert script.count(Draft) == 2
        decide(script)
        script.recognise("all of it")
        assert asked(script) == ["all of it"]

    def test_what_fits_only_when_something_is_forgotten(self):
        setup = SPOKEN | {"contextWindowCompression": {"triggerTokens": 60, "slidingWindow": {"targetTokens": 10}}}
        script = paused("one two three " * 30, setup=setup)
        assert script.count(StartReply) == 0
        decide(script)
        assert script.count(StartReply) == 1

    def test_a_reply_that_may_not_be_interrupted_goes_on(self):
        setup = SPOKEN | {"realtimeInputConfig": {"activityHandling": "NO_INTERRUPTION"}}
        script = Script(setup)
        script.ask()
        script.says(seconds=9.0)
        script.speak(400)
        script.silence(100)
        script.recognise_draft("wait")
        assert script.count(StartReply) == 1


class TestWhatTheModelReadsBeforehand:
    def test_what_was_said_before_as_soon_as_somebody_speaks(self):
        script = Script()
        script.ask("one")
        script.says("two")
        script.ends()
        script.wait(9.0)
        script.speak(300)
        brief = script.last(Prepare).brief
        assert [content.parts[0].text for content in brief.contents] == ["one", "two"]

    def test_what_he_is_saying_but_for_the_last_word(self):
        script = Script()
        script.speak(1500)
        script.event(Glimpsed(script.last(Glimpse).start, "where is the stat"))
        assert [content.parts[0].text for content in script.last(Prepare).brief.contents] == ["where is the"]
        assert script.sent()[-1] == "interimInputTranscription"

    def test_nothing_while_it_replies_or_when_nobody_speculates(self):
        script = Script(speculation={"enabled": False})
        script.speak(1500)
        script.event(Glimpsed(script.last(Glimpse).start, "where is the"))
        assert script.count(Prepare) == 0
