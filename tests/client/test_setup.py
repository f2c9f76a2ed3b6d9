from antiphon.client.setup import background, resuming, setup_for, takes_history_first, updated, with_history
from antiphon.wire.client import ContextUpdate, ContextUpdateTools
from antiphon.wire.content import Content, Part
from antiphon.wire.setup import AudioTranscriptionConfig, Modality, SessionResumptionConfig, Setup
from antiphon.wire.tools import Behavior, FunctionDeclaration, Tool

PLAIN = setup_for(model="models/x", system=None, voice=None, text=False)


def test_a_setup_says_no_more_than_was_asked() -> None:
    assert PLAIN.generation_config is not None
    assert PLAIN.generation_config.response_modalities == (Modality.AUDIO,)
    assert PLAIN.generation_config.speech_config is None
    assert PLAIN.system_instruction is None
    assert PLAIN.output_audio_transcription == AudioTranscriptionConfig()
    assert PLAIN.session_resumption is None


def test_a_setup_says_all_that_was_asked() -> None:
    tool = Tool(function_declarations=(FunctionDeclaration(name="light"),))
    setup = setup_for(model="x", system="Be brief.", voice="Puck", text=True, tools=[tool])
    assert setup.generation_config is not None
    assert setup.generation_config.response_modalities == (Modality.TEXT,)
    assert setup.generation_config.speech_config is not None
    assert setup.system_instruction == Content(parts=(Part(text="Be brief."),))
    assert setup.tools == (tool,)
    assert setup.output_audio_transcription is None, "what is written needs no transcript"


def test_handles_are_asked_for_and_named() -> None:
    assert resuming(PLAIN, None, transparent=True).session_resumption == SessionResumptionConfig(transparent=True)
    assert resuming(PLAIN, "h", transparent=False).session_resumption == SessionResumptionConfig(handle="h")
    own = Setup(model="x", session_resumption=SessionResumptionConfig(handle="earlier"))
    assert resuming(own, None, transparent=True).session_resumption == SessionResumptionConfig()


def test_history_is_announced_to_models_that_take_it_in_no_other_way() -> None:
    new, old = Setup(model="models/gemini-3.8-live"), Setup(model="publishers/google/models/gemini-live-2.5-flash")
    assert takes_history_first(new.model)
    assert not takes_history_first(old.model)
    assert with_history(new).history_config is not None
    assert with_history(old) == old


def test_a_change_is_asked_for_again() -> None:
    tool = Tool(function_declarations=(FunctionDeclaration(name="light"),))
    instruction = Content(parts=(Part(text="Be brief."),))
    changed = updated(PLAIN, ContextUpdate(system_instruction=instruction))
    assert (changed.system_instruction, changed.tools) == (instruction, ())
    changed = updated(changed, ContextUpdate(tools=ContextUpdateTools(tools=(tool,))))
    assert (changed.system_instruction, changed.tools) == (instruction, (tool,))
    assert updated(changed, ContextUpdate(tools=ContextUpdateTools())).tools == ()


def test_functions_in_the_background_are_those_declared_so() -> None:
    waited = FunctionDeclaration(name="a")
    not_waited = FunctionDeclaration(name="b", behavior=Behavior.NON_BLOCKING)
    assert background(Setup(tools=(Tool(function_declarations=(waited, not_waited)),))) == {"b"}
