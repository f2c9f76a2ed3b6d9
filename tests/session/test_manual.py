"""Activity that the client declares."""

import pytest

from antiphon.session.effects import StartReply, Transcribe
from tests.session.script import LOUD, SPOKEN, Script, pcm


class TestManual:
    MANUAL = {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}}  # noqa: RUF012

    def manual(self):
        return Script(SPOKEN | self.MANUAL)

    @pytest.mark.requirement("activity.manual")
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

    @pytest.mark.requirement("interruption.manual")
    def test_a_start_interrupts(self):
        script = self.manual()
        script.client(realtimeInput={"text": "hi"})
        script.says()
        script.sent()
        script.client(realtimeInput={"activityStart": {}})
        assert "interrupted" in script.sent()

    @pytest.mark.requirement("activity.markers_text")
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

    @pytest.mark.requirement("activity.stray_markers")
    def test_stray_markers_do_nothing(self):
        script = self.manual()
        script.client(realtimeInput={"activityEnd": {}})
        script.client(realtimeInput={"activityStart": {}})
        script.client(realtimeInput={"activityStart": {}})
        assert script.closed is None

    @pytest.mark.requirement("activity.stream_end_manual")
    def test_a_stream_end_needs_detection(self):
        script = self.manual()
        script.client(realtimeInput={"audioStreamEnd": True})
        assert script.closed.reason.startswith("realtime_input.audio_stream_end")
