import json
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.recording.lines import SoundPlace
from antiphon.recording.plain import Plain
from antiphon.recording.secrets import Placeholders
from antiphon.wire.client import ClientContent, ClientMessage, RealtimeInput, ToolResponse
from antiphon.wire.codec import decode_client, decode_server, encode_client
from antiphon.wire.content import Blob, Content, FileData, FunctionCall, FunctionResponse, Part
from antiphon.wire.kinds import Int64, Message, Seconds
from antiphon.wire.server import (
    GoAway,
    ServerContent,
    ServerMessage,
    SessionResumptionUpdate,
    SetupComplete,
    ToolCall,
)
from antiphon.wire.setup import GenerationConfig, SessionResumptionConfig, Setup
from antiphon.wire.speech import ReplicatedVoiceConfig, SpeechConfig, VoiceConfig, VoiceConsentSignature
from antiphon.wire.tools import FunctionDeclaration, Tool

SECRETS = ("SECRET", "U0VDUkVU")
"""The word, and its base64."""


def plain(*messages: Message) -> list[dict[str, object]]:
    writing = Plain(Placeholders(), lambda blob: None)
    return [json.loads(msgspec.json.encode(writing.plain(message))) for message in messages]


def part(**members: object) -> ServerMessage:
    turn = Content(parts=(Part(**members),))  # type: ignore[arg-type]
    return ServerMessage(server_content=ServerContent(model_turn=turn))


def test_is_what_goes_over_the_wire() -> None:
    message = ClientMessage(
        client_content=ClientContent(turns=(Content(role="user", parts=(Part(text="a"),)),), turn_complete=True)
    )
    assert plain(message) == [json.loads(encode_client(message))]
    assert plain(ServerMessage(go_away=GoAway(time_left=Seconds(9.5)))) == [{"goAway": {"timeLeft": "9.5s"}}]
    update = SessionResumptionUpdate(last_consumed_client_message_index=Int64(7))
    assert plain(update) == [{"lastConsumedClientMessageIndex": "7"}]
    assert plain(ServerMessage(setup_complete=SetupComplete())) == [{"setupComplete": {}}]


def test_media_go_elsewhere() -> None:
    place = SoundPlace(stream="user", first=0, samples=3)
    writing = Plain(Placeholders(), lambda blob: place if blob.mime_type == "audio/pcm" else None)
    blobs = (Blob(mime_type="audio/pcm", data=b"sound"), Blob(mime_type="other", data=b"data"))
    found = writing.plain(RealtimeInput(media_chunks=blobs))
    assert found == {
        "mediaChunks": [{"mimeType": "audio/pcm", "data": place}, {"mimeType": "other", "data": "ZGF0YQ=="}]
    }


HIDDEN: dict[str, tuple[Message, ...]] = {
    "handles": (
        ClientMessage(setup=Setup(session_resumption=SessionResumptionConfig(handle="SECRET"))),
        ServerMessage(session_resumption_update=SessionResumptionUpdate(new_handle="SECRET", resumable=True)),
    ),
    "thought signature": (part(text="t", thought=True, thought_signature=b"SECRET"),),
    "consent": (
        ServerMessage(setup_complete=SetupComplete(voice_consent_signature=VoiceConsentSignature(signature="SECRET"))),
    ),
    "voice": (
        SpeechConfig(
            voice_config=VoiceConfig(
                replicated_voice_config=ReplicatedVoiceConfig(voice_sample_audio=b"SECRET", consent_audio=b"SECRET")
            )
        ),
    ),
    "file": (part(file_data=FileData(file_uri="https://x/SECRET")),),
    "options of a tool": (
        Tool(mcp_servers=({"streamableHttpTransport": {"url": "u", "headers": {"X": ["SECRET"]}}},)),
        Tool(google_maps={"authConfig": {"apiKeyConfig": {"api_key_string": "SECRET"}}}),
    ),
    "arguments and results": (
        ServerMessage(tool_call=ToolCall(function_calls=(FunctionCall(name="f", args={"apiKey": "SECRET"}),))),
        ClientMessage(
            tool_response=ToolResponse(function_responses=(FunctionResponse(response={"password": "SECRET"}),))
        ),
    ),
    "the shape of a key": (
        part(text="the key is AIzaSyA1234567890abcdefghijklmnoSECRET"),
        ClientMessage(
            tool_response=ToolResponse(function_responses=(FunctionResponse(response={"a": ["ak-SECRET" + "0" * 16]}),))
        ),
    ),
}


@pytest.mark.parametrize("messages", HIDDEN.values(), ids=HIDDEN)
def test_secrets_are_replaced(messages: tuple[Message, ...]) -> None:
    texts = [json.dumps(found) for found in plain(*messages)]
    assert not any(secret in text for text in texts for secret in SECRETS)
    assert all(re.search("[a-z]-[12]|LTE|tMQ", text) for text in texts), "their placeholders are there"


def test_a_handle_can_be_followed() -> None:
    first, second = plain(*HIDDEN["handles"])
    assert first == {"setup": {"sessionResumption": {"handle": "handle-1"}}}
    assert second == {"sessionResumptionUpdate": {"newHandle": "handle-1", "resumable": True}}


def test_what_stands_for_a_secret_still_reads() -> None:
    for message in HIDDEN["thought signature"] + HIDDEN["consent"]:
        decode_server(msgspec.json.encode(plain(message)[0]))


def test_the_schema_of_a_secret_is_none() -> None:
    schema = {"properties": {"password": {"type": "STRING"}, "headers": {"type": "OBJECT"}}}
    declaration = FunctionDeclaration(name="f", parameters=schema)
    assert plain(declaration) == [{"name": "f", "parameters": schema}]
    assert plain(GenerationConfig(response_schema=schema)) == [{"responseSchema": schema}]


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
JSON_OBJECTS = st.dictionaries(
    TEXTS.map("x{}".format), st.recursive(st.booleans() | TEXTS | st.integers(-9, 9), st.lists, max_leaves=5)
)


@settings(deadline=None)
@given(TEXTS, JSON_OBJECTS, st.binary(max_size=30))
def test_anything_reads_as_it_was(text: str, args: dict[str, object], data: bytes) -> None:
    blob = Blob(mime_type="application/x", data=data)
    messages = [
        ClientMessage(client_content=ClientContent(turns=(Content(parts=(Part(text=text), Part(inline_data=blob))),))),
        ClientMessage(tool_response=ToolResponse(function_responses=(FunctionResponse(name="f", response=args),))),
    ]
    assert [decode_client(msgspec.json.encode(found)) for found in plain(*messages)] == messages
