"""Who speaks while the other speaks: interruptions, and replies that are taken back."""

import pytest

from antiphon.session.effects import CancelReply, StartReply
from antiphon.session.events import (
    ReplyAudio,
    ReplyFailed,
    ReplyReached,
    ReplyText,
    Timer,
)
from tests.session.script import SPOKEN, Deaf, Script


class TestBargeIn:
    def begun(self, **setup):
        script = Script(SPOKEN | setup)
        script.ask("tell me a story")
        script.says("one two three four five six seven eight nine ten", 10.0)
        script.sent()
        return script

    @pytest.mark.requirement("interruption.order", "interruption.not_complete", "transcription.output_finished")
    def test_speech_stops_the_reply_in_the_documented_order(self):
        script = self.begun()
        script.speak(200)
        assert script.sent() == ["outputTranscription finished", "interrupted", "turnComplete"]

    @pytest.mark.requirement("interruption.committed")
    def test_it_takes_only_the_committed_onset(self):
        script = self.begun()
        started = script.now
        while "interrupted" not in script.sent():
            script.speak(20)
        assert script.now - started <= 0.2

    @pytest.mark.requirement("interruption.at_once")
    def test_what_engines_still_send_is_dropped(self):
        script = self.begun()
        old = script.last(StartReply).turn
        script.speak(200)
        script.sent()
        assert script.event(ReplyAudio(old, script.recording.slice(0, 0))) == []
        assert script.event(ReplyFailed(old)) == []

    @pytest.mark.requirement("interruption.heard")
    def test_the_history_keeps_what_was_heard(self):
        script = self.begun()
        script.wait(5.0)
        script.speak(400)
        script.silence(300)
        script.judge(1.0)
        script.recognise("stop")
        said = script.last(StartReply).brief.contents[1]
        assert said.parts[0].text == "one two three four five"

    @pytest.mark.requirement("interruption.heard")
    def test_words_whose_sound_was_not_sent_were_not_heard(self):
        script = Script()
        script.ask("tell me a story")
        turn = script.last(StartReply).turn
        script.event(ReplyText(turn, "a whole long sentence nobody heard", 0))
        script.speak(400)
        script.silence(300)
        script.judge(1.0)
        script.recognise("stop")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["tell me a story", "stop"]

    @pytest.mark.requirement("interruption.while_playing")
    def test_while_it_plays_out_the_complete_generation_is_interrupted(self):
        script = self.begun()
        script.ends()
        assert script.sent() == ["outputTranscription finished", "generationComplete"]
        script.speak(200)
        assert script.sent() == ["interrupted", "turnComplete"]
        assert Timer.PLAYBACK not in script.timers

    @pytest.mark.requirement("interruption.unheard")
    def test_a_reply_nobody_has_heard_of_is_taken_back_and_the_question_goes_on(self):
        script = Script()
        script.ask("I would like")
        script.sent()
        script.speak(300)
        assert script.sent() == []
        assert script.count(CancelReply) == 1
        script.silence(300)
        script.judge(1.0)
        script.recognise("two coffees")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["I would like", "two coffees"]
        script.says()
        script.ends()
        script.wait(2)
        assert script.sent().count("turnComplete") == 1

    @pytest.mark.requirement("interruption.off")
    def test_without_interruption_speech_is_answered_afterwards(self):
        script = self.begun(realtimeInputConfig={"activityHandling": "NO_INTERRUPTION"})
        script.speak(500)
        script.silence(300)
        script.judge(1.0)
        script.recognise("and then")
        assert script.sent() == ["inputTranscription"]
        assert script.count(StartReply) == 1
        script.ends()
        script.wait(11)
        assert script.sent() == ["outputTranscription finished", "generationComplete", "turnComplete"]
        assert script.count(StartReply) == 2

    @pytest.mark.requirement("interruption.committed")
    def test_silence_and_a_blip_never_interrupt(self):
        script = self.begun()
        script.silence(400)
        script.speak(40)
        script.silence(400)
        assert script.sent() == []

    @pytest.mark.requirement("content.interrupts")
    def test_client_content_interrupts(self):
        script = self.begun()
        script.client(clientContent={"turns": [{"parts": [{"text": "stop"}]}], "turnComplete": True})
        assert script.sent() == ["outputTranscription finished", "interrupted", "turnComplete"]
        assert script.count(StartReply) == 2

    @pytest.mark.requirement("content.interrupts")
    def test_empty_client_content_is_the_command_to_stop_talking(self):
        script = self.begun()
        script.client(clientContent={})
        assert script.sent() == ["outputTranscription finished", "interrupted", "turnComplete"]
        assert script.count(StartReply) == 1

    @pytest.mark.requirement("activity.nudge")
    def test_a_blank_nudge_neither_interrupts_nor_asks(self):
        script = self.begun()
        script.client(realtimeInput={"text": " "})
        assert script.sent() == []


def unsent(script: Script) -> None:
    """A reply is under way, and nothing of it has left for the client."""
    script.ask("one")
    script.answers = Deaf()
    script.says()
    script.answers = []
    script.messages.clear()


@pytest.mark.requirement("interruption.never_idle", "interruption.unheard")
def test_a_reply_nothing_of_which_has_left_is_taken_back():
    script = Script()
    unsent(script)
    script.client(realtimeInput={"text": "two"})
    assert script.sent() == []
    assert [content.parts[0].text for content in script.last(StartReply).brief.contents] == ["one", "two"]


def test_one_that_has_just_left_is_interrupted_a_moment_later():
    script = Script()
    unsent(script)
    turn = script.last(StartReply).turn
    script.client(realtimeInput={"text": "two"})
    script.event(ReplyReached(turn))
    script.event(ReplyReached(turn))
    assert script.sent() == ["interrupted", "turnComplete"]
    script.says()
    script.ends()
    script.wait(2)
    assert script.sent()[-1] == "turnComplete"


class TestAboutToSpeak:
    """A reply does not begin in the moment in which it is not known yet whether somebody speaks."""

    def asked(self, **setup):
        script = Script(SPOKEN | setup)
        script.ask("one")
        script.sent()
        return script

    def test_it_waits_and_is_taken_back_when_he_does(self):
        script = self.asked()
        script.speak(64)
        script.says("too late")
        assert script.sent() == []
        script.speak(200)
        assert script.count(CancelReply) == 1
        assert "audio" not in script.sent()

    def test_it_comes_when_it_was_nothing(self):
        script = self.asked()
        script.speak(64)
        script.says("in time")
        script.silence(160)
        assert script.sent() == ["outputTranscription", "audio"]

    def test_it_waits_a_quarter_of_a_second_at_most(self):
        detection = {"automaticActivityDetection": {"prefixPaddingMs": 5000}}
        script = Script(SPOKEN | {"realtimeInputConfig": detection})
        script.client(realtimeInput={"text": "typed"})
        script.sent()
        script.speak(160)
        script.says("hello")
        assert script.sent() == []
        script.speak(160)
        assert script.sent() == ["outputTranscription", "audio"]

    def test_a_reply_that_sounds_goes_on(self):
        script = self.asked()
        script.says("one", 0.1)
        script.sent()
        script.speak(64)
        script.says("two", 0.1)
        assert script.sent() == ["outputTranscription", "audio"]
