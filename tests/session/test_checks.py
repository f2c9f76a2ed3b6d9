import json

import pytest

from antiphon.config import load_settings
from antiphon.errors import RemoteProtocolError
from antiphon.session.checks import check_setup
from antiphon.wire.codec import decode_client

GENERATION = "setup.generation_config"
FUNCTION = "setup.tools[0].function_declarations[1]"


def check(**fields: object) -> None:
    setup = decode_client(json.dumps({"setup": {"model": "models/x", **fields}})).setup
    check_setup(setup, load_settings(limits={"functions_max": 3}).limits)


def tools(*functions: dict[str, object]) -> dict[str, object]:
    return {"tools": [{"functionDeclarations": [{"name": "first"}, *functions]}]}


def parameters(**schema: object) -> dict[str, object]:
    return tools({"name": "f", "parameters": schema})


@pytest.mark.requirement(
    "setup.one_modality",
    "setup.one_candidate",
    "setup.not_live",
    "setup.multi_speaker",
    "setup.labels",
    "tools.names",
    "tools.schemas",
    "compression.checked",
    "errors.bad_schema",
)
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"generationConfig": {"responseSchema": {"type": "OBJECT"}}}, f"{GENERATION}.response_schema: is not supp"),
        ({"generationConfig": {"stopSequences": ["x"]}}, f"{GENERATION}.stop_sequences: is not supported in the live"),
        ({"generationConfig": {"responseMimeType": "application/json"}}, f"{GENERATION}.response_mime_type: is not"),
        ({"generationConfig": {"candidateCount": 2}}, f"{GENERATION}.candidate_count: 2 is not in 1..1"),
        ({"generationConfig": {"responseModalities": ["TEXT", "AUDIO"]}}, f"{GENERATION}.response_modalities: exactly"),
        (
            {"generationConfig": {"speechConfig": {"multiSpeakerVoiceConfig": {}}}},
            f"{GENERATION}.speech_config.multi_speaker_voice_config: is not",
        ),
        (tools({"name": "no spaces"}), f"{FUNCTION}.name: 'no spaces' is not a name"),
        (tools({"name": "x" * 129}), f"{FUNCTION}.name: "),
        (tools({"description": "nameless"}), f"{FUNCTION}.name: '' is not a name"),
        (tools({"name": "first"}), f"{FUNCTION}.name: first is declared twice"),
        (tools(*({"name": f"f{n}"} for n in range(3))), "setup.tools: more than 3 functions"),
        (parameters(type="OBJEKT"), f"{FUNCTION}.parameters.type: 'OBJEKT' is none of"),
        (
            parameters(type="OBJECT", properties={"a": {"type": "ARRAY", "items": {"type": "INT"}}}),
            f"{FUNCTION}.parameters.properties.a.items.type: 'INT' is none of",
        ),
        (
            parameters(type="OBJECT", properties={"a": {"anyOf": [{"type": "STRING"}, {"type": "INT"}]}}),
            f"{FUNCTION}.parameters.properties.a.anyOf[1].type: 'INT' is none of",
        ),
        (parameters(type="STRING", enum=["x"] * 5_000), f"{FUNCTION}.parameters: more than 5000 values"),
        (
            tools({"name": "f", "parametersJsonSchema": {"enum": ["x"] * 5_000}}),
            f"{FUNCTION}.parameters_json_schema: more than 5000 values",
        ),
        ({"labels": {"k": "v" * 64}}, "setup.labels[k]: longer than 63"),
        ({"contextWindowCompression": {"triggerTokens": 0}}, "setup.context_window_compression.trigger_tokens: 0"),
        (
            {"contextWindowCompression": {"triggerTokens": "5", "slidingWindow": {"targetTokens": "5"}}},
            "setup.context_window_compression.sliding_window.target_tokens: 5 is not below",
        ),
    ],
)
def test_what_is_refused(fields, reason):
    with pytest.raises(RemoteProtocolError) as refused:
        check(**fields)
    assert refused.value.reason.startswith(reason)
    assert refused.value.code == 1007


@pytest.mark.requirement("setup.one_candidate", "setup.thinking_models", "setup.labels", "tools.names", "tools.schemas")
@pytest.mark.parametrize(
    "fields",
    [
        tools({"name": "a.b:c-d_1"}),
        parameters(type="object", properties={"a": {"type": "string", "enum": ["x"]}}, property_ordering=["a"]),
        parameters(type="TYPE_UNSPECIFIED"),
        {"tools": [{"googleSearch": {}}, {"codeExecution": {}}]},
        {"labels": {"team": "voice"}},
        {"safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]},
        {"contextWindowCompression": {"slidingWindow": {}}},
        {"generationConfig": {"thinkingConfig": {"thinkingLevel": "HIGH", "thinkingBudget": -1}, "candidateCount": 1}},
        {"proactivity": {"proactiveAudio": True}, "avatarConfig": {"avatarName": "x"}},
    ],
)
def test_what_is_taken(fields):
    check(**fields)
