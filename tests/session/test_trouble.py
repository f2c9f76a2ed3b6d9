"""What goes wrong: engines that fail, input that is wrong, limits that are reached."""

import pytest

from antiphon.errors import CloseCode
from antiphon.session.effects import CancelReply, Close, StartReply, Transcribe
from antiphon.session.events import (
    HearingFailed,
    ReplyFailed,
    Transcribed,
    TranscriptionFailed,
)
from tests.session.script import LOUD, Script, pcm


class TestTrouble:
    @pytest.mark.requirement("turns.need_more_input")
    def test_speech_without_words_ends_with_a_reason(self):
        script = Script()
        script.ask("")
        assert script.contents()[-1] == {"turnComplete": True, "turnCompleteReason": "NEED_MORE_INPUT"}
        assert script.count(StartReply) == 0

    @pytest.mark.requirement("turns.need_more_input")
    def test_a_failing_recogniser_too(self):
        script = Script()
        script.speak(600)
        script.silence(300)
        script.judge(1.0)
        script.event(TranscriptionFailed(script.last(Transcribe).utterance))
        assert script.contents()[-1]["turnCompleteReason"] == "NEED_MORE_INPUT"

    @pytest.mark.requirement("turns.need_more_input")
    def test_a_silent_recogniser_too(self):
        script = Script()
        script.speak(600)
        script.silence(300)
        script.judge(1.0)
        script.wait(31)
        assert script.contents()[-1]["turnCompleteReason"] == "NEED_MORE_INPUT"
        assert script.event(Transcribed(script.last(Transcribe).utterance, "late")) == []

    @pytest.mark.requirement("turns.generated_other", "errors.overload")
    def test_a_failing_reply_ends_with_a_reason_and_the_session_goes_on(self):
        script = Script()
        script.ask("one")
        script.event(ReplyFailed(script.last(StartReply).turn))
        assert script.contents()[-1] == {"turnComplete": True, "turnCompleteReason": "GENERATED_OTHER"}
        script.ask("two")
        assert [c.parts[0].text for c in script.last(StartReply).brief.contents] == ["one", "two"]

    @pytest.mark.requirement("turns.generated_other")
    def test_a_reply_without_a_word_too(self):
        script = Script()
        script.ask("one")
        script.ends()
        assert script.contents()[-1]["turnCompleteReason"] == "GENERATED_OTHER"

    @pytest.mark.requirement("turns.generated_other")
    def test_a_stalled_reply_too(self):
        script = Script()
        script.ask("one")
        script.says(seconds=0.1)
        script.wait(61)
        assert script.contents()[-1]["turnCompleteReason"] == "GENERATED_OTHER"
        assert script.count(CancelReply) == 1

    @pytest.mark.requirement("activity.markers_automatic", "media.other_audio")
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

    @pytest.mark.requirement("media.backlog")
    def test_too_much_audio_at_once_is_refused(self):
        script = Script()
        for _ in range(13):
            script.send_pcm(pcm(LOUD, 10_000))
        assert "s of audio are waiting" in script.closed.reason

    @pytest.mark.requirement("wire.size_in")
    def test_too_much_audio_in_one_message_is_refused_before_it_is_resampled(self):
        script = Script()
        script.send_pcm(bytes(2 * 4_000 * 121), "audio/pcm;rate=4000")
        assert script.closed.reason == "realtime_input.audio: 121 s of audio in one message; at most 120 s can be"

    @pytest.mark.requirement("errors.internal")
    def test_broken_ears_close_the_session(self):
        script = Script()
        script.event(HearingFailed())
        assert script.closed == Close(CloseCode.INTERNAL, "Internal error encountered.")

    @pytest.mark.requirement("content.size")
    def test_what_is_asked_but_not_answered_yet_counts_towards_the_limit(self):
        script = Script(limits={"history_bytes_max": 10_000})
        for _ in range(12):
            script.client(clientContent={"turns": [{"parts": [{"executableCode": {"code": "x" * 800}}]}]})
        assert "10000 bytes" in script.closed.reason
