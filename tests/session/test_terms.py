import json

import pytest

from antiphon.config import load_settings
from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.session.terms import Terms
from antiphon.wire.codec import decode_client
from antiphon.wire.setup import Modality, Setup


def setup(**fields: object) -> Setup:
    return decode_client(json.dumps({"setup": {"model": "models/x", **fields}})).setup


@pytest.mark.requirement("setup.default_instruction", "setup.audio")
def test_defaults():
    terms = Terms.of(setup(), load_settings(system_prompt="be kind"))
    assert (terms.system, terms.modality, terms.interrupts) == ("be kind", Modality.AUDIO, True)
    assert (terms.tells_input, terms.tells_output, terms.silent_history) == (False, False, False)


@pytest.mark.requirement("setup.instruction")
def test_wishes_are_read():
    terms = Terms.of(
        setup(
            systemInstruction={"parts": [{"text": "one"}, {"text": "two"}]},
            generationConfig={"responseModalities": ["text"]},
            realtimeInputConfig={"activityHandling": "NO_INTERRUPTION"},
            inputAudioTranscription={},
            outputAudioTranscription={},
            historyConfig={"initialHistoryInClientContent": True},
        ),
        load_settings(),
    )
    assert (terms.system, terms.modality, terms.interrupts) == ("one\ntwo", Modality.TEXT, False)
    assert terms.tells_input
    assert terms.tells_output
    assert terms.silent_history


DETECTION = "setup.realtime_input_config.automatic_activity_detection"


@pytest.mark.requirement("setup.model_required", "setup.one_modality", "setup.ranges", "errors.invalid_argument")
@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"model": ""}, "setup.model"),
        ({"generationConfig": {"responseModalities": ["IMAGE"]}}, "setup.generation_config.response_modalities"),
        ({"generationConfig": {"temperature": 2.1}}, "setup.generation_config.temperature: 2.1 is not in 0..2"),
        ({"generationConfig": {"topP": -1}}, "setup.generation_config.top_p"),
        ({"generationConfig": {"maxOutputTokens": 0}}, "setup.generation_config.max_output_tokens"),
        (
            {"realtimeInputConfig": {"automaticActivityDetection": {"silenceDurationMs": -1}}},
            f"{DETECTION}.silence_duration_ms",
        ),
        (
            {"realtimeInputConfig": {"automaticActivityDetection": {"prefixPaddingMs": 10**6}}},
            f"{DETECTION}.prefix_padding_ms",
        ),
    ],
)
def test_what_cannot_be_granted_names_its_path(fields, path):
    with pytest.raises(RemoteProtocolError) as refused:
        Terms.of(setup(**fields), load_settings())
    assert refused.value.reason.startswith(path)
    assert refused.value.code is CloseCode.INVALID_ARGUMENT
