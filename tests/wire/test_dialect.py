import json

import pytest

from antiphon.wire.codec import decode_server, encode_server
from antiphon.wire.content import Content, Part
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import ModalityTokenCount, ServerContent, ServerMessage, SetupComplete, UsageMetadata

USAGE = ServerMessage(
    server_content=ServerContent(turn_complete=True),
    usage_metadata=UsageMetadata(
        prompt_token_count=40,
        response_token_count=25,
        total_token_count=65,
        response_tokens_details=(ModalityTokenCount(modality="AUDIO", token_count=25),),
        service_tier="standard",
        traffic_type="ON_DEMAND",
    ),
)


def turn(role: str | None) -> ServerMessage:
    return ServerMessage(server_content=ServerContent(model_turn=Content(role=role, parts=(Part(text="x"),))))


@pytest.mark.requirement("usage.keys", "dialects.role")
@pytest.mark.parametrize(
    ("message", "developer", "vertex"),
    [
        (
            ServerMessage(setup_complete=SetupComplete(session_id="s")),
            {"setupComplete": {}},
            {"setupComplete": {"sessionId": "s"}},
        ),
        (
            turn(None),
            {"serverContent": {"modelTurn": {"parts": [{"text": "x"}]}}},
            {"serverContent": {"modelTurn": {"role": "model", "parts": [{"text": "x"}]}}},
        ),
        (
            turn("model"),
            {"serverContent": {"modelTurn": {"parts": [{"text": "x"}]}}},
            {"serverContent": {"modelTurn": {"role": "model", "parts": [{"text": "x"}]}}},
        ),
        (
            USAGE,
            {
                "serverContent": {"turnComplete": True},
                "usageMetadata": {
                    "promptTokenCount": 40,
                    "responseTokenCount": 25,
                    "totalTokenCount": 65,
                    "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 25}],
                    "serviceTier": "standard",
                },
            },
            {
                "serverContent": {"turnComplete": True},
                "usageMetadata": {
                    "promptTokenCount": 40,
                    "candidatesTokenCount": 25,
                    "totalTokenCount": 65,
                    "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 25}],
                    "trafficType": "ON_DEMAND",
                },
            },
        ),
    ],
)
def test_each_product_has_its_own_spelling(message: ServerMessage, developer: object, vertex: object) -> None:
    assert json.loads(encode_server(message, Dialect.DEVELOPER)) == developer
    assert json.loads(encode_server(message, Dialect.VERTEX)) == vertex


@pytest.mark.requirement("dialects.both_read")
@pytest.mark.parametrize("dialect", Dialect)
def test_a_client_reads_the_usage_of_either(dialect: Dialect) -> None:
    usage = decode_server(encode_server(USAGE, dialect)).usage_metadata
    assert usage is not None
    assert type(usage) is UsageMetadata
    assert (usage.response_token_count, len(usage.response_tokens_details)) == (25, 1)


def test_the_message_itself_is_left_alone() -> None:
    encode_server(USAGE, Dialect.VERTEX)
    assert USAGE.usage_metadata is not None
    assert USAGE.usage_metadata.service_tier == "standard"
