import json

import pytest

from antiphon.wire.codec import decode_server, encode_server
from antiphon.wire.content import Blob, Content, FunctionCall, Part
from antiphon.wire.dialect import Dialect
from antiphon.wire.kinds import Int64, Seconds
from antiphon.wire.server import (
    GoAway,
    InteractionStatus,
    MediaModality,
    ModalityTokenCount,
    ServerContent,
    ServerMessage,
    SessionResumptionUpdate,
    SetupComplete,
    ToolCall,
    ToolCallCancellation,
    Transcription,
    TurnCompleteReason,
    UrlContextMetadata,
    UrlMetadata,
    UsageMetadata,
    VadSignalType,
    VoiceActivity,
    VoiceActivityDetectionSignal,
    VoiceActivityType,
    WordInfo,
)
from antiphon.wire.speech import VoiceConsentSignature

AUDIO = Part(inline_data=Blob(mime_type="audio/pcm;rate=24000", data=b"\xfb\xff\xbf\x01"))

# The same in both dialects; what differs is in test_dialect.py.
MESSAGES = [
    ('{"setupComplete":{}}', ServerMessage(setup_complete=SetupComplete())),
    (
        '{"setupComplete":{"voiceConsentSignature":{"signature":"s"}}}',
        ServerMessage(setup_complete=SetupComplete(voice_consent_signature=VoiceConsentSignature(signature="s"))),
    ),
    (
        '{"serverContent":{"generationComplete":true}}',
        ServerMessage(server_content=ServerContent(generation_complete=True)),
    ),
    (
        '{"serverContent":{"turnComplete":true,"turnCompleteReason":"NEED_MORE_INPUT","interactionStatus":"IDLE"},'
        '"usageMetadata":{"promptTokenCount":40,"cachedContentTokenCount":1,"toolUsePromptTokenCount":2,'
        '"thoughtsTokenCount":3,"totalTokenCount":65,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":40}],'
        '"cacheTokensDetails":[{"modality":"TEXT"}],"toolUsePromptTokensDetails":[{"modality":"DOCUMENT","tokenCount":2}]}}',
        ServerMessage(
            server_content=ServerContent(
                turn_complete=True,
                turn_complete_reason=TurnCompleteReason.NEED_MORE_INPUT,
                interaction_status=InteractionStatus.IDLE,
            ),
            usage_metadata=UsageMetadata(
                prompt_token_count=40,
                cached_content_token_count=1,
                tool_use_prompt_token_count=2,
                thoughts_token_count=3,
                total_token_count=65,
                prompt_tokens_details=(ModalityTokenCount(modality=MediaModality.AUDIO, token_count=40),),
                cache_tokens_details=(ModalityTokenCount(modality=MediaModality.TEXT),),
                tool_use_prompt_tokens_details=(ModalityTokenCount(modality=MediaModality.DOCUMENT, token_count=2),),
            ),
        ),
    ),
    ('{"serverContent":{"interrupted":true}}', ServerMessage(server_content=ServerContent(interrupted=True))),
    ('{"serverContent":{"waitingForInput":true}}', ServerMessage(server_content=ServerContent(waiting_for_input=True))),
    (
        '{"serverContent":{"inputTranscription":{"text":" Hello","finished":true,"languageCode":"en-US",'
        '"speakerLabel":"1","words":[{"word":"Hello","startOffset":"0.5s","endOffset":"1s"}],"startOffset":"0s","endOffset":"1.25s"},'
        '"outputTranscription":{},"interimInputTranscription":{"text":"He"}}}',
        ServerMessage(
            server_content=ServerContent(
                input_transcription=Transcription(
                    text=" Hello",
                    finished=True,
                    language_code="en-US",
                    speaker_label="1",
                    words=(WordInfo(word="Hello", start_offset=Seconds(0.5), end_offset=Seconds(1)),),
                    start_offset=Seconds(0),
                    end_offset=Seconds(1.25),
                ),
                output_transcription=Transcription(),
                interim_input_transcription=Transcription(text="He"),
            )
        ),
    ),
    (
        '{"serverContent":{"groundingMetadata":{"web_search_queries":["q"]},'
        '"urlContextMetadata":{"urlMetadata":[{"retrievedUrl":"u","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_SUCCESS"}]}}}',
        ServerMessage(
            server_content=ServerContent(
                grounding_metadata={"web_search_queries": ["q"]},
                url_context_metadata=UrlContextMetadata(
                    url_metadata=(UrlMetadata(retrieved_url="u", url_retrieval_status="URL_RETRIEVAL_STATUS_SUCCESS"),)
                ),
            )
        ),
    ),
    (
        '{"toolCall":{"functionCalls":[{"id":"function-call-1","name":"f","args":{"in_city":"Ulm"}}]}}',
        ServerMessage(
            tool_call=ToolCall(function_calls=(FunctionCall(id="function-call-1", name="f", args={"in_city": "Ulm"}),))
        ),
    ),
    (
        '{"toolCallCancellation":{"ids":["1","2"]}}',
        ServerMessage(tool_call_cancellation=ToolCallCancellation(ids=("1", "2"))),
    ),
    ('{"goAway":{"timeLeft":"50s"}}', ServerMessage(go_away=GoAway(time_left=Seconds(50)))),
    ('{"goAway":{"timeLeft":"9.5s"}}', ServerMessage(go_away=GoAway(time_left=Seconds(9.5)))),
    (
        '{"sessionResumptionUpdate":{"newHandle":"h","resumable":true,"lastConsumedClientMessageIndex":"12"}}',
        ServerMessage(
            session_resumption_update=SessionResumptionUpdate(
                new_handle="h", resumable=True, last_consumed_client_message_index=Int64(12)
            )
        ),
    ),
    ('{"sessionResumptionUpdate":{}}', ServerMessage(session_resumption_update=SessionResumptionUpdate())),
    (
        '{"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"1.25s"}}',
        ServerMessage(
            voice_activity=VoiceActivity(type=VoiceActivityType.ACTIVITY_START, audio_offset=Seconds(1.25)),
        ),
    ),
    (
        '{"voiceActivityDetectionSignal":{"vadSignalType":"VAD_SIGNAL_TYPE_EOS"}}',
        ServerMessage(voice_activity_detection_signal=VoiceActivityDetectionSignal(vad_signal_type=VadSignalType.EOS)),
    ),
]


@pytest.mark.requirement("wire.camel_out", "wire.defaults")
@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(("text", "message"), MESSAGES)
def test_every_message_is_written_and_read(text: str, message: ServerMessage, dialect: Dialect) -> None:
    assert json.loads(encode_server(message, dialect)) == json.loads(text)
    assert decode_server(text) == message
    assert decode_server(text.encode()) == message


@pytest.mark.requirement("wire.base64_out")
def test_media_are_written_as_standard_padded_base64() -> None:
    message = ServerMessage(server_content=ServerContent(model_turn=Content(parts=(AUDIO,))))
    assert encode_server(message, Dialect.DEVELOPER) == (
        b'{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"+/+/AQ=="}}]}}}'
    )


@pytest.mark.requirement("wire.newer_server")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"brandNew":{"y":2}}', ServerMessage()),
        ('{"setupComplete":{"new":1},"new":2}', ServerMessage(setup_complete=SetupComplete())),
        (
            '{"serverContent":{"turnComplete":true,"turnCompleteReason":"A_NEW_REASON","interactionStatus":"AWAY"}}',
            ServerMessage(
                server_content=ServerContent(
                    turn_complete=True, turn_complete_reason="A_NEW_REASON", interaction_status="AWAY"
                )
            ),
        ),
        (
            '{"serverContent":{"modelTurn":{"parts":[{"executableCode":{"language":"COBOL","code":"x"}}]}}}',
            decode_server('{"serverContent":{"modelTurn":{"parts":[{"executableCode":{"code":"x"}}]}}}'),
        ),
        (
            '{"voiceActivity":{"type":"TYPE_UNSPECIFIED"}}',
            ServerMessage(voice_activity=VoiceActivity()),
        ),
        (
            '{\n  "sessionResumptionUpdate": {"lastConsumedClientMessageIndex": 12}\n}\n',
            ServerMessage(
                session_resumption_update=SessionResumptionUpdate(last_consumed_client_message_index=Int64(12))
            ),
        ),
    ],
)
def test_a_newer_server_is_understood(text: str, message: ServerMessage) -> None:
    assert decode_server(text) == message
