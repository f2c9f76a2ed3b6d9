import pytest

from antiphon.session.effects import StartReply
from tests.session.script import SPOKEN, Script

MANUAL = {"automaticActivityDetection": {"disabled": True}}
FRAME = {"mimeType": "image/jpeg", "data": "AAAA"}


@pytest.mark.requirement("activity.markers_text")
def test_markers_around_text():
    script = Script(SPOKEN | {"realtimeInputConfig": MANUAL})
    script.client(realtimeInput={"activityStart": {}})
    script.client(realtimeInput={"text": "hello"})
    assert script.count(StartReply) == 0
    script.client(realtimeInput={"activityEnd": {}})
    assert script.count(StartReply) == 1
    assert script.closed is None


@pytest.mark.requirement("activity.coverage_default")
@pytest.mark.parametrize("model", ["models/gemini-2.5-flash-live", "models/gemini-3.8-live", "models/x"])
def test_frames_before_speech_are_seen_whatever_the_model(model):
    script = Script(SPOKEN | {"model": model})
    script.client(realtimeInput={"video": FRAME})
    script.ask("what is this")
    assert script.last(StartReply).brief.contents[0].parts[0].inline_data.mime_type == "image/jpeg"


@pytest.mark.requirement("interruption.text", "interruption.off")
@pytest.mark.parametrize("handling", ["START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"])
def test_text_interrupts(handling):
    script = Script(SPOKEN | {"realtimeInputConfig": {"activityHandling": handling}})
    script.ask("tell me a story")
    script.says("once upon a time", 5.0)
    script.sent()
    script.client(realtimeInput={"text": "stop"})
    interrupts = handling == "START_OF_ACTIVITY_INTERRUPTS"
    assert script.sent() == (["outputTranscription finished", "interrupted", "turnComplete"] if interrupts else [])
    assert script.count(StartReply) == (2 if interrupts else 1)
