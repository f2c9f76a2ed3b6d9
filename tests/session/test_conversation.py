"""What a setup brings about besides turns: signals, interim words, changes of the context, remarks."""

import pytest

from antiphon.session.effects import Engage, Glimpse, Note, StartReply, Transcribe
from antiphon.session.events import Glimpsed, ReplyThought
from tests.session.script import LOUD, QUIET, SPOKEN, Script, pcm


def told(script: Script, member: str) -> list[object]:
    return [message[member] for message in script.messages if member in message]


@pytest.mark.requirement("activity.signals", "activity.signals_everywhere")
def test_activity_is_told_to_who_asks():
    script = Script(SPOKEN | {"explicitVadSignal": True})
    script.silence(500)
    script.speak(1_000)
    script.silence(300)
    script.judge(1.0)
    start, end = told(script, "voiceActivity")
    assert (start["type"], end["type"]) == ("ACTIVITY_START", "ACTIVITY_END")
    assert 0.4 <= float(start["audioOffset"][:-1]) <= 0.55
    assert 1.4 <= float(end["audioOffset"][:-1]) <= 1.6
    assert script.sent().index("voiceActivity") == 1


@pytest.mark.requirement("activity.signals_everywhere")
def test_declared_activity_is_told_too():
    manual = {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}}
    script = Script(SPOKEN | manual | {"explicitVadSignal": True})
    script.client(realtimeInput={"activityStart": {}})
    script.speak(1_000)
    script.client(realtimeInput={"activityEnd": {}})
    assert [signal.get("audioOffset") for signal in told(script, "voiceActivity")] == ["0s", "1s"]


@pytest.mark.requirement("activity.signals_everywhere")
def test_what_is_sent_between_declared_activities_counts_in_their_offsets():
    manual = {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}}
    script = Script(SPOKEN | manual | {"explicitVadSignal": True})
    for _ in range(2):
        script.silence(500)
        script.client(realtimeInput={"activityStart": {}})
        script.speak(1_000)
        script.client(realtimeInput={"activityEnd": {}})
    offsets = [signal.get("audioOffset") for signal in told(script, "voiceActivity")]
    assert offsets == ["0.5s", "1.5s", "2s", "3s"]


@pytest.mark.requirement("activity.no_signals")
def test_nobody_else_hears_of_it():
    script = Script()
    script.ask()
    assert told(script, "voiceActivity") == []


@pytest.mark.requirement("transcription.interim")
def test_words_are_glimpsed_while_they_are_spoken():
    script = Script()
    script.speak(3_500)
    glimpses = [effect for effect in script.effects if isinstance(effect, Glimpse)]
    assert [round(glimpse.end / 16_000) for glimpse in glimpses] == [1, 2, 3]
    script.sent()
    script.event(Glimpsed(glimpses[-1].start, "where is"))
    assert script.contents() == [{"interimInputTranscription": {"text": "where is"}}]
    script.silence(1_400)
    script.sent()
    script.event(Glimpsed(glimpses[-1].start, "too late"))
    assert script.sent() == []


def test_not_in_a_pause_and_not_unless_asked():
    paused = Script()
    paused.speak(900)
    paused.silence(700)
    assert paused.count(Glimpse) == 0
    for script in (Script({"model": "x"}), Script(endpointing={"interim_ms": None})):
        script.speak(3_000)
        assert script.count(Glimpse) == 0


@pytest.mark.requirement("transcription.deltas")
def test_a_second_utterance_of_a_turn_begins_with_a_space():
    script = Script()
    script.speak(600)
    script.silence(300)
    script.judge(1.0)
    script.recognise("turn on")
    script.speak(600)
    script.silence(300)
    script.judge(1.0)
    script.recognise("the light")
    heard = [content["inputTranscription"] for content in script.contents() if "inputTranscription" in content]
    assert [piece["text"] for piece in heard] == ["turn on", " the light"]


@pytest.mark.requirement("content.context_update")
def test_the_context_changes_from_the_next_turn_on():
    script = Script(SPOKEN | {"systemInstruction": "Be kind.", "tools": [{"functionDeclarations": [{"name": "f"}]}]})
    script.client(contextUpdate={"systemInstruction": {"parts": [{"text": "Be brief."}]}})
    script.client(realtimeInput={"text": "hello"})
    brief = script.last(StartReply).brief
    assert (brief.system, [function.name for function in brief.tools]) == ("Be brief.", ["f"])
    script.client(contextUpdate={"tools": {"tools": []}})
    script.client(realtimeInput={"text": "hello"})
    assert script.last(StartReply).brief.tools == ()
    script.client(contextUpdate={"tools": {"tools": [{"functionDeclarations": [{"name": ""}]}]}})
    assert script.closed.reason.startswith("context_update.tools.tools[0].function_declarations[0].name")


@pytest.mark.requirement("tools.vendor_tools")
def test_a_tool_of_the_vendors_is_declared_unavailable():
    script = Script(SPOKEN | {"systemInstruction": "Be kind.", "tools": [{"googleSearch": {}}, {"codeExecution": {}}]})
    script.client(realtimeInput={"text": "hello"})
    brief = script.last(StartReply).brief
    assert brief.system == "Be kind.\nYou cannot run code or search the web here; say so when it is asked of you."
    notes = [effect.text for effect in script.effects if isinstance(effect, Note)]
    assert [note.split()[0] for note in notes] == ["google_search", "code_execution"]


@pytest.mark.requirement("transcription.hints", "transcription.vocabulary")
def test_hints_go_to_the_engines():
    config = {"languageCodes": ["de-DE"], "customVocabulary": ["antiphon"]}
    script = Script({"model": "models/x", "inputAudioTranscription": config})
    assert script.last(Engage) == Engage(model="models/x", languages=("de-DE",), vocabulary=("antiphon",))


@pytest.mark.requirement("setup.thoughts", "generation.thoughts_unasked")
def test_thoughts_are_shown_to_who_asks():
    for asked in (True, False):
        script = Script(SPOKEN | {"generationConfig": {"thinkingConfig": {"includeThoughts": asked}}})
        script.client(realtimeInput={"text": "hello"})
        script.event(ReplyThought(script.last(StartReply).turn, "hm", 3))
        script.says()
        script.ends()
        script.wait(2)
        assert ("thought" in script.sent()) is asked
        assert script.closed is None


def test_a_model_that_only_thinks_has_not_answered():
    script = Script(SPOKEN | {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}})
    script.client(realtimeInput={"text": "hello"})
    script.event(ReplyThought(script.last(StartReply).turn, "hm", 3))
    script.ends()
    assert script.contents()[-1] == {"turnComplete": True, "turnCompleteReason": "GENERATED_OTHER"}


@pytest.mark.requirement("activity.all_input")
def test_all_input_belongs_to_the_turn_when_asked():
    manual = {"automaticActivityDetection": {"disabled": True}}
    for coverage, seconds in (("TURN_INCLUDES_ALL_INPUT", 1.5), ("TURN_INCLUDES_ONLY_ACTIVITY", 1.0)):
        script = Script(SPOKEN | {"realtimeInputConfig": manual | {"turnCoverage": coverage}})
        script.send_pcm(pcm(QUIET, 500))
        script.client(realtimeInput={"activityStart": {}})
        script.send_pcm(pcm(LOUD, 1_000))
        script.client(realtimeInput={"activityEnd": {}})
        heard = script.last(Transcribe)
        assert (heard.end - heard.start) / 16_000 == seconds


def test_before_a_declared_activity_no_more_is_kept_than_can_be_recognised():
    realtime = {"automaticActivityDetection": {"disabled": True}, "turnCoverage": "TURN_INCLUDES_ALL_INPUT"}
    script = Script(SPOKEN | {"realtimeInputConfig": realtime})
    for _ in range(60):
        script.send_pcm(pcm(QUIET, 1_000))
    assert (script.recording.end - script.recording.start) / 16_000 <= 30
