import json
import re

import pytest

from antiphon.wire.codec import decode_client, encode_client
from antiphon.wire.content import Content, Part
from antiphon.wire.kinds import Int64
from antiphon.wire.setup import (
    ActivityHandling,
    AudioTranscriptionConfig,
    AutomaticActivityDetection,
    AvatarConfig,
    ContextWindowCompressionConfig,
    CustomizedAvatar,
    EndSensitivity,
    GenerationConfig,
    HarmBlockMethod,
    HarmBlockThreshold,
    HarmCategory,
    HistoryConfig,
    LanguageHints,
    MediaResolution,
    Modality,
    ProactivityConfig,
    RealtimeInputConfig,
    SafetySetting,
    SessionResumptionConfig,
    Setup,
    SlidingWindow,
    StartSensitivity,
    ThinkingConfig,
    ThinkingLevel,
    TranscriptionMode,
    TranslationConfig,
    TurnCoverage,
)
from antiphon.wire.speech import SpeechConfig
from antiphon.wire.tools import Tool

EVERY_OPTION = {
    "model": "models/x",
    "generationConfig": {
        "responseModalities": ["AUDIO", "TEXT"],
        "temperature": 0.7,
        "topP": 0.9,
        "topK": 40.0,
        "maxOutputTokens": 4096,
        "seed": 7,
        "presencePenalty": 0.1,
        "frequencyPenalty": -0.1,
        "candidateCount": 1,
        "speechConfig": {"languageCode": "en-US"},
        "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 0, "thinkingLevel": "LOW"},
        "mediaResolution": "MEDIA_RESOLUTION_LOW",
        "enableAffectiveDialog": True,
        "translationConfig": {"targetLanguageCode": "de", "echoTargetLanguage": True},
    },
    "systemInstruction": {"role": "user", "parts": [{"text": "Be brief."}]},
    "tools": [{"googleSearch": {}}],
    "realtimeInputConfig": {
        "automaticActivityDetection": {
            "disabled": True,
            "startOfSpeechSensitivity": "START_SENSITIVITY_HIGH",
            "endOfSpeechSensitivity": "END_SENSITIVITY_LOW",
            "prefixPaddingMs": 20,
            "silenceDurationMs": 500,
        },
        "activityHandling": "NO_INTERRUPTION",
        "turnCoverage": "TURN_INCLUDES_ALL_INPUT",
        "interimTranscriptTimestampEnabled": True,
    },
    "sessionResumption": {"handle": "h", "transparent": True},
    "contextWindowCompression": {"triggerTokens": "25600", "slidingWindow": {"targetTokens": "12800"}},
    "inputAudioTranscription": {
        "languageCodes": ["en-US"],
        "customVocabulary": ["antiphon"],
        "adaptationPhrases": ["live"],
        "languageHints": {"languageCodes": ["de-DE"]},
        "languageAuto": {},
        "wordTimestamp": True,
        "diarization": True,
        "mode": "VERBATIM",
        "sourceText": "s",
    },
    "outputAudioTranscription": {},
    "proactivity": {"proactiveAudio": False, "proactiveVideo": True},
    "explicitVadSignal": True,
    "historyConfig": {"initialHistoryInClientContent": True},
    "avatarConfig": {
        "avatarName": "a",
        "customizedAvatar": {"imageMimeType": "image/png", "imageData": "AQI="},
        "audioBitrateBps": 1,
        "videoBitrateBps": 2,
    },
    "safetySettings": [
        {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_ONLY_HIGH", "method": "SEVERITY"},
    ],
    "labels": {"team_name": "voice"},
}

AS_VALUES = Setup(
    model="models/x",
    generation_config=GenerationConfig(
        response_modalities=(Modality.AUDIO, Modality.TEXT),
        temperature=0.7,
        top_p=0.9,
        top_k=40.0,
        max_output_tokens=4096,
        seed=7,
        presence_penalty=0.1,
        frequency_penalty=-0.1,
        candidate_count=1,
        speech_config=SpeechConfig(language_code="en-US"),
        thinking_config=ThinkingConfig(include_thoughts=True, thinking_budget=0, thinking_level=ThinkingLevel.LOW),
        media_resolution=MediaResolution.LOW,
        enable_affective_dialog=True,
        translation_config=TranslationConfig(target_language_code="de", echo_target_language=True),
    ),
    system_instruction=Content(role="user", parts=(Part(text="Be brief."),)),
    tools=(Tool(google_search={}),),
    realtime_input_config=RealtimeInputConfig(
        automatic_activity_detection=AutomaticActivityDetection(
            disabled=True,
            start_of_speech_sensitivity=StartSensitivity.HIGH,
            end_of_speech_sensitivity=EndSensitivity.LOW,
            prefix_padding_ms=20,
            silence_duration_ms=500,
        ),
        activity_handling=ActivityHandling.NO_INTERRUPTION,
        turn_coverage=TurnCoverage.TURN_INCLUDES_ALL_INPUT,
        interim_transcript_timestamp_enabled=True,
    ),
    session_resumption=SessionResumptionConfig(handle="h", transparent=True),
    context_window_compression=ContextWindowCompressionConfig(
        trigger_tokens=Int64(25600), sliding_window=SlidingWindow(target_tokens=Int64(12800))
    ),
    input_audio_transcription=AudioTranscriptionConfig(
        language_codes=("en-US",),
        custom_vocabulary=("antiphon",),
        adaptation_phrases=("live",),
        language_hints=LanguageHints(language_codes=("de-DE",)),
        language_auto={},
        word_timestamp=True,
        diarization=True,
        mode=TranscriptionMode.VERBATIM,
        source_text="s",
    ),
    output_audio_transcription=AudioTranscriptionConfig(),
    proactivity=ProactivityConfig(proactive_audio=False, proactive_video=True),
    explicit_vad_signal=True,
    history_config=HistoryConfig(initial_history_in_client_content=True),
    avatar_config=AvatarConfig(
        avatar_name="a",
        customized_avatar=CustomizedAvatar(image_mime_type="image/png", image_data=b"\1\2"),
        audio_bitrate_bps=1,
        video_bitrate_bps=2,
    ),
    safety_settings=(
        SafetySetting(
            category=HarmCategory.HARASSMENT,
            threshold=HarmBlockThreshold.BLOCK_ONLY_HIGH,
            method=HarmBlockMethod.SEVERITY,
        ),
    ),
    labels={"team_name": "voice"},
)

VERBATIM = {"labels", "googleSearch", "languageAuto"}


def snake_case(value: object) -> object:
    """The same with every key in snake_case."""
    if isinstance(value, dict):
        return {
            re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", key): member
            if key in VERBATIM
            else snake_case(member)
            for key, member in value.items()
        }
    return [snake_case(item) for item in value] if isinstance(value, list) else value


@pytest.mark.requirement("wire.keys", "setup.every_field")
@pytest.mark.parametrize("sent", [EVERY_OPTION, snake_case(EVERY_OPTION)], ids=["camelCase", "snake_case"])
def test_every_option_is_read_and_written(sent: object) -> None:
    decoded = decode_client(json.dumps({"setup": sent}))
    assert decoded.setup == AS_VALUES
    assert json.loads(encode_client(decoded)) == {"setup": EVERY_OPTION}


@pytest.mark.requirement("setup.every_field")
def test_every_option_of_the_type_is_in_this_test() -> None:
    assert set(EVERY_OPTION) == set(Setup.__struct_encode_fields__)


@pytest.mark.requirement("setup.not_live")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("responseLogprobs", True),
        ("logprobs", 3),
        ("responseMimeType", "application/json"),
        ("responseSchema", {"type": "OBJECT"}),
        ("responseJsonSchema", {"type": "object"}),
        ("responseFormat", [{"text": {}}]),
        ("stopSequences", ["x"]),
        ("routingConfig", {"autoMode": {}}),
        ("modelSelectionConfig", {}),
        ("audioTimestamp", True),
        ("audioTranscriptionConfig", {}),
        ("enableEnhancedCivicAnswers", True),
    ],
)
def test_what_the_live_api_refuses_is_known_all_the_same(key: str, value: object) -> None:
    message = {"setup": {"generationConfig": {key: value}}}
    assert json.loads(encode_client(decode_client(json.dumps(message)))) == message


@pytest.mark.requirement("wire.presence")
def test_presence_is_told_from_absence() -> None:
    decoded = decode_client('{"setup":{"sessionResumption":{},"contextWindowCompression":{"slidingWindow":{}}}}')
    assert decoded.setup == Setup(
        session_resumption=SessionResumptionConfig(),
        context_window_compression=ContextWindowCompressionConfig(sliding_window=SlidingWindow()),
    )


@pytest.mark.requirement("wire.enums")
def test_an_unspecified_value_is_the_default() -> None:
    decoded = decode_client(
        '{"setup":{"generation_config":{"media_resolution":"MEDIA_RESOLUTION_UNSPECIFIED"},'
        '"realtime_input_config":{"activity_handling":"ACTIVITY_HANDLING_UNSPECIFIED","turn_coverage":0}}}'
    )
    assert decoded.setup == Setup(generation_config=GenerationConfig(), realtime_input_config=RealtimeInputConfig())
