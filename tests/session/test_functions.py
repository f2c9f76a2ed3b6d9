"""Whole conversations with the client's functions in them (protocol.md 4.6), in virtual time."""

import pytest

from antiphon.session.effects import StartReply
from antiphon.session.events import ReplyCalls, ReplyFailed, ReplyFault
from antiphon.wire.content import FunctionCall
from antiphon.wire.dialect import Dialect
from tests.session.script import SPOKEN, Script

LIGHT = {"name": "light", "parameters": {"type": "OBJECT", "properties": {"on": {"type": "BOOLEAN"}}}}
REPORT = {"name": "report", "behavior": "NON_BLOCKING"}
WITH_TOOLS = SPOKEN | {"tools": [{"functionDeclarations": [LIGHT, REPORT]}]}
OLDER = WITH_TOOLS | {"model": "models/gemini-2.5-flash-native-audio-preview"}


def called(*names: str, setup: dict[str, object] = WITH_TOOLS, **settings: object) -> tuple[Script, list[str]]:
    script = Script(setup, **settings)
    script.ask("turn on the light")
    ids = script.calls(*names)
    script.sent()
    return script, ids


def read_by_model(script: Script) -> list[str]:
    """What the model has been given, a word a part."""
    words = []
    for content in script.last(StartReply).brief.contents:
        for part in content.parts:
            kind = "call" if part.function_call else "result" if part.function_response else part.text
            words.append(kind)
    return words


@pytest.mark.requirement("tools.declared")
def test_the_model_is_told_of_the_functions():
    script, _ = called("light")
    assert [function.name for function in script.last(StartReply).brief.tools] == ["light", "report"]


@pytest.mark.requirement("tools.blocking")
def test_a_blocking_call_is_answered_within_its_turn():
    script, ids = called("light")
    script.respond(*ids)
    assert read_by_model(script) == ["turn on the light", "call", "result"]
    script.says("it is on")
    script.ends()
    script.wait(2)
    assert script.sent() == [
        "outputTranscription", "audio", "outputTranscription finished", "generationComplete", "turnComplete",
    ]  # fmt: skip


@pytest.mark.requirement("tools.speech_before")
def test_what_was_said_before_the_call_stays_before_it():
    script = Script(WITH_TOOLS)
    script.ask("turn on the light")
    script.says("one moment")
    script.respond(*script.calls("light"))
    assert read_by_model(script) == ["turn on the light", "one moment", "call", "result"]


@pytest.mark.requirement("tools.turn_of_2x")
def test_older_models_complete_the_turn_with_the_call():
    script = Script(OLDER)
    script.ask("turn on the light")
    ids = script.calls("light")
    assert script.sent()[-2:] == ["toolCall", "turnComplete"]
    script.respond(*ids)
    assert read_by_model(script) == ["turn on the light", "call", "result"]
    script.says("it is on")
    script.ends()
    script.wait(2)
    assert script.sent()[-1] == "turnComplete"


@pytest.mark.requirement("tools.call", "tools.parallel")
def test_parallel_calls_wait_for_the_last_answer():
    script, ids = called("light", "light")
    assert len(set(ids)) == 2
    script.respond(ids[1])
    assert script.count(StartReply) == 1
    script.respond(ids[0])
    assert read_by_model(script) == ["turn on the light", "call", "call", "result", "result"]


@pytest.mark.requirement("tools.parallel")
def test_several_answers_in_one_message():
    script, ids = called("light", "light")
    script.respond(*ids)
    assert script.count(StartReply) == 2


@pytest.mark.requirement("tools.by_name", "tools.id_optional")
def test_an_answer_without_id_is_matched_by_name():
    script, _ = called("light")
    script.client(toolResponse={"functionResponses": [{"name": "light", "response": {"output": "ok"}}]})
    assert read_by_model(script)[-1] == "result"


@pytest.mark.requirement("tools.generators")
@pytest.mark.parametrize("times", [1, 2])
def test_a_generator_is_waited_for(times):
    script, ids = called("light")
    for _ in range(times):
        script.respond(*ids, willContinue=True)
    assert script.count(StartReply) == 1
    script.respond(*ids, willContinue=False)
    assert read_by_model(script)[2:] == ["result"] * (times + 1)


@pytest.mark.requirement("tools.unknown_id")
def test_an_unknown_id_is_a_mistake_with_its_path():
    script, _ = called("light")
    script.respond("function-call-1")
    assert script.closed.code == 1007
    assert script.closed.reason.startswith("tool_response.function_responses[0].id: no call 'function-call-1'")


@pytest.mark.requirement("tools.unasked")
def test_an_answer_nobody_waits_for_is_answered():
    script = Script()
    script.respond("function-call-1")
    assert read_by_model(script) == ["result"]


@pytest.mark.requirement("tools.late")
def test_answering_twice_changes_nothing():
    script, ids = called("light")
    script.respond(*ids)
    script.respond(*ids)
    assert script.count(StartReply) == 2
    assert script.closed is None


@pytest.mark.requirement("tools.audio_meanwhile")
def test_speech_while_a_function_runs_is_answered_after_it():
    script, ids = called("light")
    script.speak(600)
    script.silence(300)
    script.judge(1.0)
    script.recognise("and the heating")
    assert script.sent() == ["inputTranscription"]
    assert script.count(StartReply) == 1
    script.respond(*ids)
    assert script.sent() == ["turnComplete"]
    assert read_by_model(script) == ["turn on the light", "call", "result", "and the heating"]


@pytest.mark.requirement("tools.audio_meanwhile")
def test_a_cough_while_a_function_runs_does_not_cost_its_result():
    script, ids = called("light")
    script.speak(600)
    script.respond(*ids)
    script.silence(300)
    script.judge(1.0)
    script.recognise("")
    assert read_by_model(script) == ["turn on the light", "call", "result"]


@pytest.mark.requirement("tools.patience")
def test_a_user_does_not_wait_for_ever():
    script, ids = called("light", limits={"call_wait_s": 5.0})
    script.client(realtimeInput={"text": "hello?"})
    script.wait(4)
    assert script.count(StartReply) == 1
    script.wait(2)
    assert script.sent() == ["toolCallCancellation", "turnComplete", "turnCompleteReason"]
    assert read_by_model(script) == ["turn on the light", "hello?"]
    script.respond(*ids)
    assert script.closed is None


@pytest.mark.requirement("interruption.calls", "tools.cancelled", "tools.late")
def test_cutting_in_cancels_the_calls_of_a_reply_that_still_sounds():
    script = Script(WITH_TOOLS)
    script.ask("turn on the light")
    script.says("one moment, please", seconds=10.0)
    ids = script.calls("light")
    script.sent()
    script.speak(600)
    assert script.sent() == ["interrupted", "toolCallCancellation", "turnComplete"]
    script.respond(*ids)
    assert script.closed is None
    assert script.count(StartReply) == 1


@pytest.mark.requirement("tools.cancelled")
def test_older_models_too_though_their_turn_is_complete():
    script = Script(OLDER)
    script.ask("turn on the light")
    script.says("one moment, please", seconds=10.0)
    script.calls("light")
    script.sent()
    script.speak(600)
    assert script.sent() == ["interrupted", "toolCallCancellation"]


def test_a_result_in_the_background_does_not_hurry_a_blocking_call():
    script, ids = called("light", "report")
    script.respond(ids[1])
    script.wait(60)
    assert script.sent() == []
    script.respond(ids[0])
    assert read_by_model(script) == ["turn on the light", "call", "call", "result", "result"]


def test_a_silent_result_comes_after_its_call():
    script = Script(WITH_TOOLS)
    script.ask("report")
    script.says("one moment", seconds=5.0)
    script.respond(*script.calls("report"), scheduling="SILENT")
    script.wait(6)
    script.ask("so?")
    assert read_by_model(script) == ["report", "one moment", "call", "result", "so?"]


@pytest.mark.parametrize("setup", [WITH_TOOLS, OLDER])
def test_client_content_cancels_calls(setup):
    script, _ = called("light", setup=setup)
    script.client(clientContent={"turns": [{"parts": [{"text": "never mind"}]}], "turnComplete": True})
    assert "toolCallCancellation" in script.sent()
    assert read_by_model(script) == ["turn on the light", "never mind"]


@pytest.mark.requirement("tools.non_blocking", "tools.behavior_any_model")
def test_a_call_in_the_background_does_not_hold_the_turn_up():
    script = Script(WITH_TOOLS)
    script.ask("report")
    script.calls("report")
    assert script.sent()[-3:] == ["toolCall", "generationComplete", "turnComplete"]
    script.ask("meanwhile")
    assert read_by_model(script) == ["report", "call", "meanwhile"]


@pytest.mark.requirement("tools.when_idle")
def test_its_result_waits_until_the_floor_is_free():
    script, ids = called("report")
    script.ask("meanwhile")
    script.says("yes", seconds=1.0)
    script.respond(*ids)
    script.ends()
    assert script.count(StartReply) == 2
    script.wait(2)
    assert read_by_model(script) == ["turn on the light", "call", "meanwhile", "yes", "result"]


@pytest.mark.requirement("tools.interrupt")
def test_its_result_can_cut_in():
    script, ids = called("report")
    script.ask("meanwhile")
    script.says("yes", seconds=5.0)
    script.sent()
    script.respond(*ids, scheduling="INTERRUPT")
    assert script.sent() == ["outputTranscription finished", "interrupted", "turnComplete"]
    assert read_by_model(script)[-1] == "result"


@pytest.mark.requirement("tools.silent")
def test_its_result_can_be_silent():
    script, ids = called("report")
    script.respond(*ids, scheduling="SILENT")
    assert script.count(StartReply) == 1
    script.ask("so?")
    assert read_by_model(script) == ["turn on the light", "call", "result", "so?"]


@pytest.mark.requirement("tools.generators")
def test_it_can_give_several_results():
    script, ids = called("report")
    for number in range(2):
        script.respond(*ids, willContinue=True)
        assert script.count(StartReply) == 2 + number
        script.says("so far")
        script.ends()
        script.wait(2)
    script.client(toolResponse={"functionResponses": [{"id": ids[0], "name": "report", "willContinue": False}]})
    assert script.count(StartReply) == 3
    script.respond(*ids)
    assert script.count(StartReply) == 3, "the generator has ended"


@pytest.mark.requirement("tools.behavior_default")
def test_newer_models_do_not_wait_unless_told():
    script = Script(WITH_TOOLS | {"model": "gemini-3.8-live"})
    script.ask()
    script.calls("light")
    assert script.sent()[-1] == "turnComplete"


@pytest.mark.requirement("turns.malformed_call")
def test_a_function_nobody_declared_ends_the_turn_with_its_reason():
    script = Script(WITH_TOOLS)
    script.ask()
    script.event(ReplyFailed(script.last(StartReply).turn, ReplyFault.MALFORMED_CALL))
    assert script.contents()[-1] == {"turnComplete": True, "turnCompleteReason": "MALFORMED_FUNCTION_CALL"}


@pytest.mark.requirement("tools.circles")
def test_a_model_that_goes_in_circles_is_stopped():
    script = Script(WITH_TOOLS)
    script.ask()
    for _ in range(16):
        script.respond(*script.calls("light"))
    script.sent()
    script.event(ReplyCalls(script.last(StartReply).turn, (FunctionCall(name="light"),)))
    assert script.contents() == [{"turnComplete": True, "turnCompleteReason": "MAX_REGENERATION_REACHED"}]


@pytest.mark.requirement("tools.vertex_complete", "tools.behavior_any_model")
def test_vertex_says_that_generation_is_complete_with_a_call():
    script = Script(WITH_TOOLS, dialect=Dialect.VERTEX)
    script.ask()
    ids = script.calls("light")
    assert script.sent()[-2:] == ["toolCall", "generationComplete"]
    assert len(ids[0]) == 36
