import json

import pytest

from antiphon.wire.codec import decode_client, encode_client
from antiphon.wire.speech import (
    MultiSpeakerVoiceConfig,
    PrebuiltVoiceConfig,
    ReplicatedVoiceConfig,
    SpeakerVoiceConfig,
    SpeechConfig,
    VoiceConfig,
    VoiceConsentSignature,
)

PUCK = VoiceConfig(prebuilt_voice_config=PrebuiltVoiceConfig(voice_name="Puck"))


@pytest.mark.parametrize(
    ("sent", "speech"),
    [
        (
            {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}, "languageCode": "en-US"},
            SpeechConfig(voice_config=PUCK, language_code="en-US"),
        ),
        ({"voiceConfig": {"voice": "id"}}, SpeechConfig(voice_config=VoiceConfig(voice="id"))),
        (
            {
                "voiceConfig": {
                    "replicatedVoiceConfig": {
                        "mimeType": "audio/wav",
                        "voiceSampleAudio": "AQI=",
                        "consentAudio": "AwQ=",
                        "voiceConsentSignature": {"signature": "s"},
                    }
                }
            },
            SpeechConfig(
                voice_config=VoiceConfig(
                    replicated_voice_config=ReplicatedVoiceConfig(
                        mime_type="audio/wav",
                        voice_sample_audio=b"\1\2",
                        consent_audio=b"\3\4",
                        voice_consent_signature=VoiceConsentSignature(signature="s"),
                    )
                )
            ),
        ),
        (
            {
                "multiSpeakerVoiceConfig": {
                    "speakerVoiceConfigs": [
                        {"speaker": "a", "voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}}
                    ]
                }
            },
            SpeechConfig(
                multi_speaker_voice_config=MultiSpeakerVoiceConfig(
                    speaker_voice_configs=(SpeakerVoiceConfig(speaker="a", voice_config=PUCK),)
                )
            ),
        ),
    ],
)
def test_every_voice_is_read_and_written(sent: dict[str, object], speech: SpeechConfig) -> None:
    message = {"setup": {"generationConfig": {"speechConfig": sent}}}
    decoded = decode_client(json.dumps(message))
    assert decoded.setup is not None
    assert decoded.setup.generation_config is not None
    assert decoded.setup.generation_config.speech_config == speech
    assert json.loads(encode_client(decoded)) == message


def test_keys_are_mixed_as_the_python_client_mixes_them() -> None:
    decoded = decode_client(
        '{"setup":{"generationConfig":{"speechConfig":{"voice_config":{"prebuiltVoiceConfig":{"voice_name":"Puck"}}}}}}'
    )
    assert decoded.setup is not None
    assert decoded.setup.generation_config is not None
    assert decoded.setup.generation_config.speech_config == SpeechConfig(voice_config=PUCK)
