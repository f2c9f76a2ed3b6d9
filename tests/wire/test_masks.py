import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.wire.content import Content, Part
from antiphon.wire.masks import PATHS_MAX, masked, read_mask
from antiphon.wire.misfit import MisfitError
from antiphon.wire.setup import (
    AudioTranscriptionConfig,
    GenerationConfig,
    Modality,
    SessionResumptionConfig,
    Setup,
    ThinkingConfig,
)
from antiphon.wire.speech import PrebuiltVoiceConfig, SpeechConfig, VoiceConfig
from antiphon.wire.tools import Tool

PATHS = {
    "": (),
    "model": (("model",),),
    " model , tools,": (("model",), ("tools",)),
    "generationConfig.topP": (("generation_config", "top_p"),),
    "generation_config.top_p": (("generation_config", "top_p"),),
    "generationConfig.top_p": (("generation_config", "top_p"),),
    "temperature": (("generation_config", "temperature"),),
    "responseModalities": (("generation_config", "response_modalities"),),
    "speech_config.voiceConfig": (("generation_config", "speech_config", "voice_config"),),
    "systemInstruction.parts": (("system_instruction", "parts"),),
    "labels.cost_Centre": (("labels", "cost_Centre"),),
    "sessionResumption": (("session_resumption",),),
}


@pytest.mark.requirement("tokens.mask_paths")
@pytest.mark.parametrize(("text", "paths"), PATHS.items())
def test_paths_in_either_case_with_or_without_the_prefix(text, paths):
    assert read_mask(text) == paths


@pytest.mark.parametrize(
    "text", ["sausage", "model.x", "model.", ".model", "tools.functionDeclarations", "labels.a.b", "setup.model", "*"]
)
def test_a_path_that_leads_nowhere_is_named(text):
    with pytest.raises(MisfitError, match="is not a field of a setup"):
        read_mask(f"model,{text}")


@pytest.mark.parametrize("text", [",", " ", " , ,"])
def test_one_that_lists_nothing_is_no_mask(text):
    with pytest.raises(MisfitError, match="lists no path"):
        read_mask(text)


def test_a_mask_has_an_end():
    assert len(read_mask(",".join(["model"] * PATHS_MAX))) == PATHS_MAX
    with pytest.raises(MisfitError, match="more than"):
        read_mask("model," * (PATHS_MAX + 1))


def voice(name: str) -> SpeechConfig:
    return SpeechConfig(voice_config=VoiceConfig(prebuilt_voice_config=PrebuiltVoiceConfig(voice_name=name)))


ASKED = Setup(
    model="models/asked",
    generation_config=GenerationConfig(temperature=1.5, top_p=0.5, speech_config=voice("Puck")),
    system_instruction=Content(role="system", parts=(Part(text="asked"),)),
    output_audio_transcription=AudioTranscriptionConfig(),
    labels={"team": "asked", "app": "asked"},
)
LOCK = Setup(
    model="models/locked",
    generation_config=GenerationConfig(temperature=0.1, response_modalities=(Modality.TEXT,)),
    system_instruction=Content(parts=(Part(text="locked"),)),
    session_resumption=SessionResumptionConfig(),
    labels={"team": "locked"},
)


def lock(mask: str) -> Setup:
    return masked(ASKED, LOCK, read_mask(mask))


def test_nothing_listed_changes_nothing():
    assert lock("") == ASKED


def test_listed_fields_come_from_the_lock_and_the_rest_stays():
    result = lock("model,generationConfig.temperature")
    assert result.model == "models/locked"
    assert result.generation_config == GenerationConfig(temperature=0.1, top_p=0.5, speech_config=voice("Puck"))
    assert result.system_instruction == ASKED.system_instruction
    assert result.labels == ASKED.labels


def test_a_listed_field_that_is_not_set_becomes_unset():
    result = lock("outputAudioTranscription,generationConfig.top_p,speechConfig.voiceConfig.prebuiltVoiceConfig")
    assert result.output_audio_transcription is None
    assert result.generation_config.top_p is None
    assert result.generation_config.temperature == 1.5
    assert result.generation_config.speech_config == SpeechConfig(voice_config=VoiceConfig())


def test_presence_is_locked_too():
    assert lock("sessionResumption").session_resumption == SessionResumptionConfig()


def test_what_lies_below_an_absent_message():
    empty = masked(Setup(), LOCK, read_mask("generationConfig.temperature,proactivity.proactiveAudio,labels.app"))
    assert empty.generation_config == GenerationConfig(temperature=0.1)
    assert empty.proactivity is None
    assert not empty.labels


def test_the_parts_of_an_instruction():
    assert lock("systemInstruction.parts").system_instruction == Content(role="system", parts=(Part(text="locked"),))


def test_single_keys_of_a_map():
    assert lock("labels.team").labels == {"team": "locked", "app": "asked"}
    assert lock("labels.app").labels == {"team": "asked"}
    assert lock("labels.team,labels.app").labels == {"team": "locked"}


TEMPERATURES = st.none() | st.floats(0, 2)
SETUPS = st.builds(
    Setup,
    model=st.sampled_from(["", "a", "b"]),
    generation_config=st.none()
    | st.builds(
        GenerationConfig,
        temperature=TEMPERATURES,
        top_p=TEMPERATURES,
        thinking_config=st.none() | st.builds(ThinkingConfig, thinking_budget=st.none() | st.integers(0, 3)),
    ),
    tools=st.just(()) | st.just((Tool(),)),
    labels=st.none() | st.dictionaries(st.sampled_from("xy"), st.sampled_from("12")),
)
MASKS = st.lists(
    st.sampled_from(
        ["model", "temperature", "top_p", "generationConfig", "thinkingConfig.thinkingBudget", "tools", "labels.x"]
    )
)


def at(setup: object, path: tuple[str, ...]) -> object:
    """What a setup holds there; what lies in something absent is as unset as its default."""
    for name in path:
        if isinstance(setup, dict):
            setup = setup.get(name)
        elif setup is not None:
            setup = getattr(setup, name)
    return setup


@pytest.mark.requirement("tokens.masked_lock")
@given(SETUPS, SETUPS, MASKS)
def test_each_path_is_as_locked_and_each_other_as_asked(asked, locked, mask):
    paths = read_mask(",".join(mask))
    result = masked(asked, locked, paths)
    for path in paths:
        assert at(result, path) == at(locked, path)
    for other in read_mask("model,temperature,top_p,tools,labels.y,inputAudioTranscription"):
        if other not in paths and other[:1] not in paths:
            assert at(result, other) == at(asked, other)


@given(SETUPS, SETUPS, MASKS)
def test_locking_again_changes_nothing(asked, locked, mask):
    paths = read_mask(",".join(mask))
    once = masked(asked, locked, paths)
    assert masked(once, locked, paths) == once


@given(SETUPS, MASKS)
def test_what_agrees_with_the_lock_stays_as_it_is(asked, mask):
    result = masked(asked, asked, read_mask(",".join(mask)))
    assert result == asked
