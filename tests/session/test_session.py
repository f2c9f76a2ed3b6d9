"""The course of a conversation as the client sees it."""

import pytest

from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.session.effects import Close, StartReply, Transcribe
from antiphon.session.events import (
    Garbled,
    ReplyText,
)
from antiphon.wire.dialect import Dialect
from tests.session.script import SPOKEN, Script

TURN_END = ["turnComplete"]


@pytest.mark.requirement("setup.complete_first", "dialects.session_id")
def test_a_setup_is_answered_first():
    script = Script()
    assert script.messages == [{"setupComplete": {}}]


@pytest.mark.requirement("dialects.session_id")
def test_vertex_gets_the_session_id():
    script = Script(dialect=Dialect.VERTEX)
    assert script.messages == [{"setupComplete": {"sessionId": "an-id"}}]


@pytest.mark.requirement("setup.first")
@pytest.mark.parametrize(
    "message",
    [
        {"realtimeInput": {"text": "hi"}},
        {"clientContent": {"turnComplete": True}},
        {"toolResponse": {"functionResponses": []}},
    ],
)
def test_anything_before_the_setup_closes_1007(message):
    script = Script(setup=None)
    script.client(**message)
    assert script.closed == Close(CloseCode.INVALID_ARGUMENT, "setup: must be the first message")


@pytest.mark.requirement("setup.once")
def test_a_second_setup_closes_1007():
    script = Script()
    script.client(setup=SPOKEN)
    assert script.closed.code is CloseCode.INVALID_ARGUMENT
    assert script.closed.reason.startswith("setup: was sent already")


@pytest.mark.requirement("setup.wait")
def test_no_setup_in_time_closes_1008():
    script = Script(setup=None)
    script.wait(19.9)
    assert script.closed is None
    script.wait(0.2)
    assert script.closed.code is CloseCode.POLICY


def test_after_a_close_nothing_has_any_effect():
    script = Script()
    script.event(Garbled(RemoteProtocolError("broken")))
    assert script.closed.reason == "broken"
    assert script.event(Garbled(RemoteProtocolError("again"))) == []


@pytest.mark.requirement(
    "generation.order",
    "generation.complete",
    "turns.played",
    "transcription.input",
    "transcription.output_first",
    "transcription.output_finished",
)
def test_a_spoken_turn_has_the_documented_order():
    script = Script()
    script.ask("what time is it")
    script.says(" half past nine", 1.0)
    script.ends()
    assert script.sent() == [
        "setupComplete",
        "inputTranscription",
        "outputTranscription",
        "audio",
        "outputTranscription finished",
        "generationComplete",
    ]
    script.wait(0.9)
    assert script.sent() == [], "turnComplete waits until the sound was played"
    script.wait(0.2)
    assert script.sent() == TURN_END


@pytest.mark.requirement("usage.total", "usage.whole_context", "usage.modalities", "usage.speech")
def test_usage_counts_the_whole_conversation():
    script = Script(SPOKEN | {"systemInstruction": "Be as kind as you can be."})
    script.speak(1000)
    script.silence(300)
    script.judge(1.0)
    script.recognise("hello")
    script.says(seconds=2.0)
    script.ends()
    script.wait(3)
    usage = script.messages[-1]["usageMetadata"]
    heard = script.last(Transcribe)
    prompt_audio = -(-(heard.end - heard.start) * 25 // 16_000)
    assert usage["promptTokensDetails"] == [
        {"modality": "TEXT", "tokenCount": 7},
        {"modality": "AUDIO", "tokenCount": prompt_audio},
    ]
    assert usage["responseTokensDetails"] == [{"modality": "AUDIO", "tokenCount": 50}]
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["responseTokenCount"] == 57 + prompt_audio


@pytest.mark.requirement("content.remembered")
def test_the_next_turn_remembers_the_last():
    script = Script()
    script.ask("my name is Ada")
    script.says("hello Ada", 0.5)
    script.ends()
    script.wait(1)
    script.ask("what is my name")
    contents = script.last(StartReply).brief.contents
    assert [(c.role, c.parts[0].text) for c in contents] == [
        ("user", "my name is Ada"),
        ("model", "hello Ada"),
        ("user", "what is my name"),
    ]


@pytest.mark.requirement("transcription.asked_for")
def test_transcriptions_come_only_when_asked_for():
    script = Script({"model": "models/x"})
    script.ask()
    script.says()
    script.ends()
    script.wait(2)
    assert script.sent() == ["setupComplete", "audio", "generationComplete", "turnComplete"]


@pytest.mark.requirement("setup.text", "generation.text")
def test_text_modality_answers_in_writing():
    script = Script({"model": "models/x", "generationConfig": {"responseModalities": ["TEXT"]}})
    script.client(realtimeInput={"text": "hi"})
    turn = script.last(StartReply).turn
    script.event(ReplyText(turn, "one", 1))
    script.event(ReplyText(turn, " two", 1))
    script.ends()
    assert script.sent() == ["setupComplete", "text", "text", "generationComplete", "turnComplete"]


class TestTyped:
    @pytest.mark.requirement("content.realtime_text")
    def test_text_is_a_turn_of_its_own(self):
        script = Script()
        script.client(realtimeInput={"text": "what is up"})
        assert script.last(StartReply).brief.contents[-1].parts[0].text == "what is up"

    @pytest.mark.requirement("content.text_and_speech")
    def test_text_while_speaking_waits_for_the_speech(self):
        script = Script()
        script.speak(400)
        script.client(realtimeInput={"text": "see the picture"})
        assert script.count(StartReply) == 0
        script.silence(300)
        script.judge(1.0)
        script.recognise("what is this")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["see the picture", "what is this"]

    @pytest.mark.requirement("content.accumulates", "content.complete", "content.prefill")
    def test_content_accumulates_until_complete(self):
        script = Script()
        script.client(clientContent={"turns": [{"role": "user", "parts": [{"text": "a"}]}]})
        script.client(clientContent={"turns": [{"role": "model", "parts": [{"text": "b"}]}]})
        assert script.count(StartReply) == 0
        script.client(clientContent={"turns": [{"role": "user", "parts": [{"text": "c"}]}], "turnComplete": True})
        assert [c.role for c in script.last(StartReply).brief.contents] == ["user", "model", "user"]

    @pytest.mark.requirement("content.answer_now")
    def test_complete_without_turns_answers_now(self):
        script = Script()
        script.client(clientContent={"turnComplete": True})
        assert script.count(StartReply) == 1

    @pytest.mark.requirement("content.initial_history")
    def test_initial_history_is_silent(self):
        script = Script(SPOKEN | {"historyConfig": {"initialHistoryInClientContent": True}})
        history = [{"role": "user", "parts": [{"text": "a"}]}, {"role": "model", "parts": [{"text": "b"}]}]
        script.client(clientContent={"turns": history, "turnComplete": True})
        assert script.count(StartReply) == 0
        script.client(realtimeInput={"text": "c"})
        assert len(script.last(StartReply).brief.contents) == 3

    @pytest.mark.requirement("content.accumulates")
    def test_content_that_asks_nothing_leaves_speech_alone(self):
        script = Script()
        script.speak(400)
        script.client(clientContent={"turns": [{"parts": [{"text": "typed"}]}]})
        script.speak(200)
        script.silence(300)
        script.judge(1.0)
        script.recognise("spoken")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["typed", "spoken"]

    @pytest.mark.requirement("content.initial_history")
    def test_history_that_comes_during_recognition_does_not_lose_the_speech(self):
        script = Script(SPOKEN | {"historyConfig": {"initialHistoryInClientContent": True}})
        script.speak(600)
        script.silence(300)
        script.judge(1.0)
        script.client(clientContent={"turns": [{"parts": [{"text": "before"}]}], "turnComplete": True})
        script.recognise("spoken")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["before", "spoken"]

    @pytest.mark.requirement("activity.nudge")
    def test_a_nudge_has_the_initial_history_answered_once(self):
        script = Script(SPOKEN | {"historyConfig": {"initialHistoryInClientContent": True}})
        script.client(clientContent={"turns": [{"parts": [{"text": "introduce yourself"}]}], "turnComplete": True})
        script.client(realtimeInput={"text": " "})
        script.client(realtimeInput={"text": " "})
        assert script.count(StartReply) == 1
        script.says()
        script.ends()
        script.wait(2)
        script.client(realtimeInput={"text": " "})
        assert script.count(StartReply) == 1

    @pytest.mark.requirement("content.ends_speech")
    def test_content_ends_speech_and_follows_it(self):
        script = Script()
        script.speak(400)
        script.client(clientContent={"turns": [{"parts": [{"text": "typed"}]}], "turnComplete": True})
        assert script.count(Transcribe) == 1
        script.recognise("spoken")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["spoken", "typed"]
