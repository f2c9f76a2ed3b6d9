"""The course of a conversation as the client sees it."""

import pytest

from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.session.effects import CancelReply, Close, StartReply, Transcribe
from antiphon.session.events import (
    Garbled,
    HearingFailed,
    ReplyAudio,
    ReplyFailed,
    ReplyText,
    Timer,
    Transcribed,
    TranscriptionFailed,
)
from antiphon.wire.dialect import Dialect
from tests.session.script import LOUD, SPOKEN, Script, pcm

TURN_END = ["turnComplete"]


def test_a_setup_is_answered_first():
    script = Script()
    assert script.messages == [{"setupComplete": {}}]


def test_vertex_gets_the_session_id():
    script = Script(dialect=Dialect.VERTEX)
    assert script.messages == [{"setupComplete": {"sessionId": "an-id"}}]


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


def test_a_second_setup_closes_1007():
    script = Script()
    script.client(setup=SPOKEN)
    assert script.closed.code is CloseCode.INVALID_ARGUMENT
    assert script.closed.reason.startswith("setup: was sent already")


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


def test_usage_counts_the_whole_conversation():
    script = Script()
    script.speak(1000)
    script.silence(300)
    script.judge(0.9)
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


def test_transcriptions_come_only_when_asked_for():
    script = Script({"model": "models/x"})
    script.ask()
    script.says()
    script.ends()
    script.wait(2)
    assert script.sent() == ["setupComplete", "audio", "generationComplete", "turnComplete"]


def test_text_modality_answers_in_writing():
    script = Script({"model": "models/x", "generationConfig": {"responseModalities": ["TEXT"]}})
    script.client(realtimeInput={"text": "hi"})
    turn = script.last(StartReply).turn
    script.event(ReplyText(turn, "one", 1))
    script.event(ReplyText(turn, " two", 1))
    script.ends()
    assert script.sent() == ["setupComplete", "text", "text", "generationComplete", "turnComplete"]


class TestBargeIn:
    def begun(self, **setup):
        script = Script(SPOKEN | setup)
        script.ask("tell me a story")
        script.says("one two three four five six seven eight nine ten", 10.0)
        script.sent()
        return script

    def test_speech_stops_the_reply_in_the_documented_order(self):
        script = self.begun()
        script.speak(200)
        assert script.sent() == ["outputTranscription finished", "interrupted", "turnComplete"]

    def test_it_takes_only_the_committed_onset(self):
        script = self.begun()
        started = script.now
        while "interrupted" not in script.sent():
            script.speak(20)
        assert script.now - started <= 0.2

    def test_what_engines_still_send_is_dropped(self):
        script = self.begun()
        old = script.last(StartReply).turn
        script.speak(200)
        script.sent()
        assert script.event(ReplyAudio(old, script.recording.slice(0, 0))) == []
        assert script.event(ReplyFailed(old)) == []

    def test_the_history_keeps_what_was_heard(self):
        script = self.begun()
        script.wait(5.0)
        script.speak(400)
        script.silence(300)
        script.judge(0.9)
        script.recognise("stop")
        said = script.last(StartReply).brief.contents[1]
        assert said.parts[0].text == "one two three four five"

    def test_words_whose_sound_was_not_sent_were_not_heard(self):
        script = Script()
        script.ask("tell me a story")
        turn = script.last(StartReply).turn
        script.event(ReplyText(turn, "a whole long sentence nobody heard", 0))
        script.speak(400)
        script.silence(300)
        script.judge(0.9)
        script.recognise("stop")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["tell me a story", "stop"]

    def test_while_it_plays_out_the_complete_generation_is_interrupted(self):
        script = self.begun()
        script.ends()
        assert script.sent() == ["outputTranscription finished", "generationComplete"]
        script.speak(200)
        assert script.sent() == ["interrupted", "turnComplete"]
        assert Timer.PLAYBACK not in script.timers

    def test_a_reply_nobody_has_heard_of_is_taken_back_and_the_question_goes_on(self):
        script = Script()
        script.ask("I would like")
        script.sent()
        script.speak(300)
        assert script.sent() == []
        assert script.count(CancelReply) == 1
        script.silence(300)
        script.judge(0.9)
        script.recognise("two coffees")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["I would like", "two coffees"]
        script.says()
        script.ends()
        script.wait(2)
        assert script.sent().count("turnComplete") == 1

    def test_without_interruption_speech_is_answered_afterwards(self):
        script = self.begun(realtimeInputConfig={"activityHandling": "NO_INTERRUPTION"})
        script.speak(500)
        script.silence(300)
        script.judge(0.9)
        script.recognise("and then")
        assert script.sent() == ["inputTranscription"]
        assert script.count(StartReply) == 1
        script.ends()
        script.wait(11)
        assert script.sent() == ["outputTranscription finished", "generationComplete", "turnComplete"]
        assert script.count(StartReply) == 2

    def test_silence_and_a_blip_never_interrupt(self):
        script = self.begun()
        script.silence(400)
        script.speak(40)
        script.silence(400)
        assert script.sent() == []

    def test_client_content_interrupts(self):
        script = self.begun()
        script.client(clientContent={"turns": [{"parts": [{"text": "stop"}]}], "turnComplete": True})
        assert script.sent() == ["outputTranscription finished", "interrupted", "turnComplete"]
        assert script.count(StartReply) == 2

    def test_empty_client_content_is_the_command_to_stop_talking(self):
        script = self.begun()
        script.client(clientContent={})
        assert script.sent() == ["outputTranscription finished", "interrupted", "turnComplete"]
        assert script.count(StartReply) == 1

    def test_a_blank_nudge_neither_interrupts_nor_asks(self):
        script = self.begun()
        script.client(realtimeInput={"text": " "})
        assert script.sent() == []


class TestTyped:
    def test_text_is_a_turn_of_its_own(self):
        script = Script()
        script.client(realtimeInput={"text": "what is up"})
        assert script.last(StartReply).brief.contents[-1].parts[0].text == "what is up"

    def test_text_while_speaking_waits_for_the_speech(self):
        script = Script()
        script.speak(400)
        script.client(realtimeInput={"text": "see the picture"})
        assert script.count(StartReply) == 0
        script.silence(300)
        script.judge(0.9)
        script.recognise("what is this")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["see the picture", "what is this"]

    def test_content_accumulates_until_complete(self):
        script = Script()
        script.client(clientContent={"turns": [{"role": "user", "parts": [{"text": "a"}]}]})
        script.client(clientContent={"turns": [{"role": "model", "parts": [{"text": "b"}]}]})
        assert script.count(StartReply) == 0
        script.client(clientContent={"turns": [{"role": "user", "parts": [{"text": "c"}]}], "turnComplete": True})
        assert [c.role for c in script.last(StartReply).brief.contents] == ["user", "model", "user"]

    def test_complete_without_turns_answers_now(self):
        script = Script()
        script.client(clientContent={"turnComplete": True})
        assert script.count(StartReply) == 1

    def test_initial_history_is_silent(self):
        script = Script(SPOKEN | {"historyConfig": {"initialHistoryInClientContent": True}})
        history = [{"role": "user", "parts": [{"text": "a"}]}, {"role": "model", "parts": [{"text": "b"}]}]
        script.client(clientContent={"turns": history, "turnComplete": True})
        assert script.count(StartReply) == 0
        script.client(realtimeInput={"text": "c"})
        assert len(script.last(StartReply).brief.contents) == 3

    def test_content_that_asks_nothing_leaves_speech_alone(self):
        script = Script()
        script.speak(400)
        script.client(clientContent={"turns": [{"parts": [{"text": "typed"}]}]})
        script.speak(200)
        script.silence(300)
        script.judge(0.9)
        script.recognise("spoken")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["typed", "spoken"]

    def test_history_that_comes_during_recognition_does_not_lose_the_speech(self):
        script = Script(SPOKEN | {"historyConfig": {"initialHistoryInClientContent": True}})
        script.speak(600)
        script.silence(300)
        script.judge(0.9)
        script.client(clientContent={"turns": [{"parts": [{"text": "before"}]}], "turnComplete": True})
        script.recognise("spoken")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["before", "spoken"]

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

    def test_content_ends_speech_and_follows_it(self):
        script = Script()
        script.speak(400)
        script.client(clientContent={"turns": [{"parts": [{"text": "typed"}]}], "turnComplete": True})
        assert script.count(Transcribe) == 1
        script.recognise("spoken")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["spoken", "typed"]


class TestTrouble:
    def test_speech_without_words_ends_with_a_reason(self):
        script = Script()
        script.ask("")
        assert script.contents()[-1] == {"turnComplete": True, "turnCompleteReason": "NEED_MORE_INPUT"}
        assert script.count(StartReply) == 0

    def test_a_failing_recogniser_too(self):
        script = Script()
        script.speak(600)
        script.silence(300)
        script.judge(0.9)
        script.event(TranscriptionFailed(script.last(Transcribe).utterance))
        assert script.contents()[-1]["turnCompleteReason"] == "NEED_MORE_INPUT"

    def test_a_silent_recogniser_too(self):
        script = Script()
        script.speak(600)
        script.silence(300)
        script.judge(0.9)
        script.wait(31)
        assert script.contents()[-1]["turnCompleteReason"] == "NEED_MORE_INPUT"
        assert script.event(Transcribed(script.last(Transcribe).utterance, "late")) == []

    def test_a_failing_reply_ends_with_a_reason_and_the_session_goes_on(self):
        script = Script()
        script.ask("one")
        script.event(ReplyFailed(script.last(StartReply).turn))
        assert script.contents()[-1] == {"turnComplete": True, "turnCompleteReason": "GENERATED_OTHER"}
        script.ask("two")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["one", "two"]

    def test_a_reply_without_a_word_too(self):
        script = Script()
        script.ask("one")
        script.ends()
        assert script.contents()[-1]["turnCompleteReason"] == "GENERATED_OTHER"

    def test_a_stalled_reply_too(self):
        script = Script()
        script.ask("one")
        script.says(seconds=0.1)
        script.wait(61)
        assert script.contents()[-1]["turnCompleteReason"] == "GENERATED_OTHER"
        assert script.count(CancelReply) == 1

    @pytest.mark.parametrize(
        ("message", "path"),
        [
            ({"audio": {"mimeType": "audio/mp3", "data": ""}}, "realtime_input.audio: 'audio/mp3'"),
            ({"audio": {"mimeType": "audio/pcm;rate=99", "data": ""}}, "realtime_input.audio: rate=99"),
            ({"mediaChunks": [{"mimeType": "audio/pcm;rate=x"}]}, "realtime_input.media_chunks[0]: rate='x'"),
            ({"activityStart": {}}, "realtime_input.activity_start: automatic"),
            ({"activityEnd": {}}, "realtime_input.activity_end: automatic"),
        ],
    )
    def test_wrong_input_names_its_path(self, message, path):
        script = Script()
        script.client(realtimeInput=message)
        assert script.closed.code is CloseCode.INVALID_ARGUMENT
        assert script.closed.reason.startswith(path)

    def test_too_much_audio_at_once_is_refused(self):
        script = Script()
        for _ in range(13):
            script.send_pcm(pcm(LOUD, 10_000))
        assert "s of audio are waiting" in script.closed.reason

    def test_too_much_audio_in_one_message_is_refused_before_it_is_resampled(self):
        script = Script()
        script.send_pcm(bytes(2 * 4_000 * 121), "audio/pcm;rate=4000")
        assert script.closed.reason == "realtime_input.audio: 121 s of audio in one message; at most 120 s can be"

    def test_broken_ears_close_the_session(self):
        script = Script()
        script.event(HearingFailed())
        assert script.closed == Close(CloseCode.INTERNAL, "Internal error encountered.")

    def test_what_is_asked_but_not_answered_yet_counts_towards_the_limit(self):
        script = Script(limits={"history_bytes_max": 10_000})
        for _ in range(12):
            script.client(clientContent={"turns": [{"parts": [{"executableCode": {"code": "x" * 800}}]}]})
        assert "10000 bytes" in script.closed.reason


class TestManual:
    MANUAL = {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}}  # noqa: RUF012

    def manual(self):
        return Script(SPOKEN | self.MANUAL)

    def test_the_client_declares_the_activity(self):
        script = self.manual()
        script.speak(400)
        script.client(realtimeInput={"activityStart": {}})
        script.speak(1000)
        script.client(realtimeInput={"activityEnd": {}})
        heard = script.last(Transcribe)
        assert heard.end - heard.start == 16_000, "sound outside is not heard"
        script.recognise("hello")
        assert script.count(StartReply) == 1

    def test_a_start_interrupts(self):
        script = self.manual()
        script.client(realtimeInput={"text": "hi"})
        script.says()
        script.sent()
        script.client(realtimeInput={"activityStart": {}})
        assert "interrupted" in script.sent()

    def test_an_activity_without_sound_ends_with_a_reason(self):
        script = self.manual()
        script.client(realtimeInput={"activityStart": {}})
        script.client(realtimeInput={"activityEnd": {}})
        assert script.contents()[-1] == {"turnComplete": True, "turnCompleteReason": "NEED_MORE_INPUT"}
        assert script.count(Transcribe) == 0

    def test_one_long_message_is_recognised_in_pieces(self):
        script = self.manual()
        script.client(realtimeInput={"activityStart": {}})
        script.send_pcm(pcm(LOUD, 70_000))
        script.client(realtimeInput={"activityEnd": {}})
        lengths = [effect.end - effect.start for effect in script.effects if isinstance(effect, Transcribe)]
        assert len(lengths) == 3
        assert max(lengths) <= 28 * 16_000
        assert sum(lengths) == 70 * 16_000

    def test_endless_activity_is_answered_at_the_limit(self):
        script = Script(SPOKEN | self.MANUAL, limits={"speech_s_max": 5.0})
        script.client(realtimeInput={"activityStart": {}})
        script.speak(6_000)
        script.recognise("endless")
        assert script.count(StartReply) == 1

    def test_stray_markers_do_nothing(self):
        script = self.manual()
        script.client(realtimeInput={"activityEnd": {}})
        script.client(realtimeInput={"activityStart": {}})
        script.client(realtimeInput={"activityStart": {}})
        assert script.closed is None

    def test_a_stream_end_needs_detection(self):
        script = self.manual()
        script.client(realtimeInput={"audioStreamEnd": True})
        assert script.closed.reason.startswith("realtime_input.audio_stream_end")
