"""Positions, utterances and forgetting; the course of a conversation is in test_session.py."""

from itertools import pairwise

import pytest

from antiphon.audio.pcm import HEARING
from antiphon.session.activity import Speech
from antiphon.session.effects import Forget, JudgeEnd, StartReply, Transcribe
from antiphon.session.events import Timer, Transcribed
from tests.session.script import LOUD, SPOKEN, Script, pcm

RATE = HEARING.rate_hz


def utterances(script: Script) -> list[tuple[float, float]]:
    """Start and end of what went to the recogniser, in seconds."""
    found = [effect for effect in script.effects if isinstance(effect, Transcribe)]
    return [(effect.start / RATE, effect.end / RATE) for effect in found]


@pytest.mark.requirement("activity.preroll")
def test_an_utterance_has_its_preroll_and_its_tail():
    script = Script()
    script.silence(1000)
    script.speak(1000)
    script.silence(300)
    script.judge(1.0)
    ((start, end),) = utterances(script)
    assert 0.55 <= start <= 0.62, "0.4 s before the speech"
    assert 2.15 <= end <= 2.25, "0.2 s behind it"


@pytest.mark.requirement("activity.end_of_turn")
def test_the_question_to_the_model_holds_the_utterance_so_far():
    script = Script()
    script.speak(1000)
    script.silence(300)
    judged = script.last(JudgeEnd)
    assert judged.start == 0
    assert judged.end - judged.pause >= 0.096 * RATE


@pytest.mark.requirement("activity.end_of_turn")
def test_a_no_waits_for_the_silence_to_decide():
    script = Script()
    script.speak(600)
    script.silence(300)
    script.judge(0.1)
    script.silence(600)
    assert utterances(script) == []
    script.silence(300)
    assert len(utterances(script)) == 1


@pytest.mark.requirement("activity.long_speech")
def test_long_speech_is_recognised_in_pieces_without_a_gap():
    script = Script()
    script.speak(60_000)
    script.silence(300)
    script.judge(1.0)
    pieces = utterances(script)
    assert len(pieces) == 3
    assert all(end == start for (_, end), (start, _) in pairwise(pieces))
    assert all(end - start <= 28.1 for start, end in pieces)
    for effect in [effect for effect in script.effects if isinstance(effect, Transcribe)]:
        script.event(Transcribed(effect.utterance, "part"))
    assert [content.parts[0].text for content in script.last(StartReply).brief.contents] == ["part"] * 3


def test_long_speech_is_cut_at_a_pause_where_there_is_one():
    script = Script()
    script.speak(21_000)
    script.silence(240)
    script.speak(1_000)
    assert len(utterances(script)) == 1
    assert 21.1 <= utterances(script)[0][1] <= 21.3


@pytest.mark.requirement("activity.long_speech")
def test_endless_sound_is_answered_at_the_limit():
    script = Script(limits={"speech_s_max": 5.0})
    script.speak(6_000)
    script.recognise("endless")
    assert script.count(StartReply) == 1


def test_everything_recognised_is_forgotten():
    script = Script()
    script.speak(1_000)
    script.silence(300)
    script.judge(1.0)
    assert script.last(Forget).before == script.last(Transcribe).end


class TestStarvation:
    @pytest.mark.requirement("activity.starvation")
    def test_a_stream_that_just_stops_ends_after_a_second_of_the_clock(self):
        script = Script()
        script.speak(600)
        script.wait(0.9)
        assert utterances(script) == []
        script.wait(0.2)
        assert len(utterances(script)) == 1

    def test_audio_that_keeps_coming_postpones_it(self):
        script = Script()
        script.speak(5_000)
        script.wait(0.5)
        script.speak(500)
        assert utterances(script) == []

    @pytest.mark.requirement("activity.stream_time")
    def test_a_faster_than_real_time_burst_is_judged_by_its_own_silence(self):
        script = Script()
        script.send_pcm(pcm(LOUD, 800) + pcm(b"\0\0", 1_400))
        script.hear()
        assert len(utterances(script)) == 1
        assert script.now == 100.0

    def test_silence_starves_nobody(self):
        script = Script()
        script.silence(500)
        assert Timer.STARVATION not in script.timers

    @pytest.mark.requirement("activity.stream_end")
    def test_the_next_stream_begins_afresh(self):
        script = Script()
        script.speak(600)
        script.client(realtimeInput={"audioStreamEnd": True})
        script.hear()
        script.recognise("one")
        script.speak(600)
        script.client(realtimeInput={"audioStreamEnd": True})
        script.hear()
        (_, first_end), (second_start, _) = utterances(script)
        assert first_end <= second_start

    def test_what_comes_after_one_does_not_go_on_with_it(self):
        script = Script()
        for _ in range(8):
            script.speak(600)
            script.silence(500)
            script.client(realtimeInput={"audioStreamEnd": True})
            script.hear()
        before = len(utterances(script))
        script.speak(600)
        script.silence(300)
        script.judge(1.0)
        assert len(utterances(script)) == before + 1, "no pause was learned from the ends of the streams"


def test_long_speech_between_markers_is_cut_too():
    script = Script(SPOKEN | {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}})
    script.client(realtimeInput={"activityStart": {}})
    script.speak(40_000)
    script.client(realtimeInput={"activityEnd": {}})
    assert len(utterances(script)) == 2


def test_what_is_passed_over_between_markers_moves_no_boundary():
    script = Script(SPOKEN | {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}})
    script.speak(1_000)
    script.client(realtimeInput={"activityStart": {}})
    assert script.session.speech == Speech(going_on=True, boundary=RATE)
    script.speak(2_000)
    script.client(realtimeInput={"activityEnd": {}})
    assert script.session.speech == Speech(going_on=False, boundary=3 * RATE)
    script.speak(500)
    assert script.session.speech == Speech(going_on=False, boundary=3 * RATE)
