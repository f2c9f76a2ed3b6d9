"""The fields Google knows in what clients send (protocol.md 2), read as proto3 JSON is: anything else is fatal."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.google.failures import INVALID_ARGUMENT, cut
from tests.google.handshake import Door

Json = dict[str, Any]
Leaf = Callable[[object], bool]
Shape = Any
"""A leaf, a mapping of camelCase names to shapes, or a list of the shape of its elements."""


class Refused(Exception):
    """The client is closed with this code and reason."""

    def __init__(self, reason: str = INVALID_ARGUMENT, code: int = 1007) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = cut(reason)


def _is(*kinds: type) -> Leaf:
    return lambda value: isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def _one_of(*names: str) -> Leaf:
    return lambda value: value in names


def _is_int64(value: object) -> bool:
    return _is(int)(value) or (isinstance(value, str) and value.lstrip("-").isdigit())


def _is_base64(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        return False
    return True


TEXT, FLAG, NUMBER, INTEGER, OBJECT, ANY = _is(str), _is(bool), _is(int, float), _is(int), _is(dict), _is(object)

BLOB = {"mimeType": TEXT, "data": _is_base64, "displayName": TEXT}
PART: dict[str, Shape] = {
    "text": TEXT,
    "inlineData": BLOB,
    "fileData": {"mimeType": TEXT, "fileUri": TEXT},
    "functionCall": {"id": TEXT, "name": TEXT, "args": OBJECT},
    "functionResponse": {"id": TEXT, "name": TEXT, "response": OBJECT},
    "executableCode": {"language": TEXT, "code": TEXT},
    "codeExecutionResult": {"outcome": TEXT, "output": TEXT},
    "thought": FLAG,
    "thoughtSignature": _is_base64,
    "videoMetadata": OBJECT,
    "mediaResolution": OBJECT,
}
CONTENT = {"role": TEXT, "parts": [PART]}
TRANSCRIPTION = {
    "languageCodes": [TEXT],
    "customVocabulary": [TEXT],
    "adaptationPhrases": [TEXT],
    "languageHints": OBJECT,
    "languageAuto": OBJECT,
    "wordTimestamp": FLAG,
    "diarization": FLAG,
    "mode": _one_of("VERBATIM", "SMART"),
    "sourceText": TEXT,
}
SPEECH = {
    "voiceConfig": {
        "prebuiltVoiceConfig": {"voiceName": TEXT},
        "replicatedVoiceConfig": {
            "mimeType": TEXT,
            "voiceSampleAudio": _is_base64,
            "consentAudio": _is_base64,
            "voiceConsentSignature": {"signature": TEXT},
        },
        "voice": TEXT,
    },
    "languageCode": TEXT,
}
FUNCTION = {
    "name": TEXT,
    "description": TEXT,
    "parameters": OBJECT,
    "parametersJsonSchema": OBJECT,
    "response": OBJECT,
    "responseJsonSchema": OBJECT,
    "behavior": _one_of("BLOCKING", "NON_BLOCKING", "UNSPECIFIED"),
}
TOOL = {
    "functionDeclarations": [FUNCTION],
    **dict.fromkeys(("googleSearch", "codeExecution", "urlContext", "googleMaps"), OBJECT),
}
ACTIVITY_DETECTION = {
    "disabled": FLAG,
    "startOfSpeechSensitivity": _one_of(
        "START_SENSITIVITY_UNSPECIFIED", "START_SENSITIVITY_HIGH", "START_SENSITIVITY_LOW"
    ),
    "endOfSpeechSensitivity": _one_of("END_SENSITIVITY_UNSPECIFIED", "END_SENSITIVITY_HIGH", "END_SENSITIVITY_LOW"),
    "prefixPaddingMs": INTEGER,
    "silenceDurationMs": INTEGER,
}
REALTIME_CONFIG = {
    "automaticActivityDetection": ACTIVITY_DETECTION,
    "activityHandling": _one_of("ACTIVITY_HANDLING_UNSPECIFIED", "START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"),
    "turnCoverage": _one_of(
        "TURN_COVERAGE_UNSPECIFIED",
        "TURN_INCLUDES_ONLY_ACTIVITY",
        "TURN_INCLUDES_ALL_INPUT",
        "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO",
    ),
    "interimTranscriptTimestampEnabled": FLAG,
}
GENERATION = {
    "responseModalities": [_one_of("TEXT", "AUDIO", "IMAGE", "VIDEO")],
    **dict.fromkeys(("temperature", "topP", "topK", "presencePenalty", "frequencyPenalty"), NUMBER),
    **dict.fromkeys(("maxOutputTokens", "seed", "candidateCount"), INTEGER),
    "speechConfig": SPEECH,
    "thinkingConfig": {
        "includeThoughts": FLAG,
        "thinkingBudget": INTEGER,
        "thinkingLevel": _one_of("MINIMAL", "LOW", "MEDIUM", "HIGH"),
    },
    "mediaResolution": TEXT,
    "translationConfig": {"targetLanguageCode": TEXT, "echoTargetLanguage": FLAG},
}
REALTIME_INPUT = {
    **dict.fromkeys(("audio", "video"), BLOB),
    "mediaChunks": [BLOB],
    "text": TEXT,
    "audioStreamEnd": FLAG,
    "activityStart": {},
    "activityEnd": {},
}
TOOL_RESPONSE = {
    "functionResponses": [
        {
            "id": TEXT,
            "name": TEXT,
            "response": OBJECT,
            "scheduling": _one_of("SCHEDULING_UNSPECIFIED", "INTERRUPT", "WHEN_IDLE", "SILENT"),
            "willContinue": FLAG,
            "parts": [OBJECT],
        }
    ]
}


def message_shape(door: Door) -> Mapping[str, Shape]:
    """Give what a client may send by this door: products and versions know different fields."""
    return {
        "setup": _setup(door),
        "clientContent": {"turns": [CONTENT], "turnComplete": FLAG},
        "realtimeInput": REALTIME_INPUT,
        "toolResponse": TOOL_RESPONSE,
        "contextUpdate": {"systemInstruction": CONTENT, "tools": {"tools": [TOOL]}},
    }


def _setup(door: Door) -> Mapping[str, Shape]:
    affective = {"enableAffectiveDialog": FLAG} if door.vertex or door.version == "v1alpha" else {}
    transparent = {"transparent": FLAG} if door.vertex else {}
    vertex_only = {"explicitVadSignal": FLAG} if door.vertex else {}
    method = {"method": TEXT} if door.vertex else {}
    return {
        "model": TEXT,
        "generationConfig": GENERATION | affective,
        "systemInstruction": CONTENT,
        "tools": [TOOL | ({"retrieval": OBJECT, "enterpriseWebSearch": OBJECT} if door.vertex else {})],
        "realtimeInputConfig": REALTIME_CONFIG,
        "sessionResumption": {"handle": TEXT} | transparent,
        "contextWindowCompression": {"triggerTokens": _is_int64, "slidingWindow": {"targetTokens": _is_int64}},
        "inputAudioTranscription": TRANSCRIPTION,
        "outputAudioTranscription": TRANSCRIPTION,
        "proactivity": {"proactiveAudio": FLAG, "proactiveVideo": FLAG},
        "historyConfig": {"initialHistoryInClientContent": FLAG},
        "avatarConfig": OBJECT,
        "safetySettings": [{"category": TEXT, "threshold": TEXT} | method],
        "labels": OBJECT,
    } | vertex_only


def read(message: object, door: Door) -> Json:
    """Check a client's message down to its last field; gives it with camelCase names. Raises Refused."""
    told = _checked(message, message_shape(door), ())
    if len(told) != 1:
        raise Refused
    return told


def _checked(value: object, shape: Shape, path: tuple[str, ...]) -> Any:
    match shape:
        case Mapping():
            return _checked_message(value, shape, path)
        case [element]:
            if not isinstance(value, list):
                raise Refused
            return [_checked(each, element, (*path[:-1], f"{path[-1]}[{at}]")) for at, each in enumerate(value)]
        case _ if shape(value):
            return value
        case _:
            raise Refused


def _checked_message(value: object, shape: Mapping[str, Shape], path: tuple[str, ...]) -> Json:
    if not isinstance(value, dict):
        raise Refused
    told: Json = {}
    for name, member in value.items():
        camel = re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
        if camel not in shape or camel in told:
            where = f" at '{'.'.join(path)}'" if path else ""
            raise Refused(f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.')
        snake = re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", camel)
        told[camel] = _checked(member, shape[camel], (*path, snake))
    return told
