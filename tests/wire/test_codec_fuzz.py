"""Whatever arrives, a codec accepts it or raises the documented error."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.errors import CloseCode, RemoteProtocolError, fit_reason
from antiphon.wire.client import ClientMessage
from antiphon.wire.codec import decode_client, decode_server, encode_client, encode_server
from antiphon.wire.dialect import Dialect

RECORDED = [
    json.loads(line)["sent"] for line in (Path(__file__).parent / "data" / "recorded.jsonl").read_text().splitlines()
]
SERVER = [
    {"setupComplete": {"sessionId": "s"}},
    {
        "serverContent": {
            "modelTurn": {"role": "model", "parts": [{"inlineData": {"mimeType": "audio/pcm", "data": "AQI="}}]}
        }
    },
    {"serverContent": {"inputTranscription": {"text": "a", "words": [{"startOffset": "1s"}]}, "groundingMetadata": {}}},
    {"serverContent": {"turnComplete": True}, "usageMetadata": {"candidatesTokenCount": 1, "totalTokenCount": 2}},
    {"toolCall": {"functionCalls": [{"id": "1", "name": "f", "args": {}}]}},
    {"sessionResumptionUpdate": {"newHandle": "h", "lastConsumedClientMessageIndex": "3"}},
    {"voiceActivity": {"type": "ACTIVITY_END", "audioOffset": "1.5s"}},
    {"goAway": {"timeLeft": "50s"}},
]

fuzz = settings(max_examples=400, deadline=None, derandomize="CI" in os.environ, database=None)

KEYS = sorted(
    {"setup", "realtimeInput", "audio", "data", "parts", "text", "turns", "tools", "x", "", "labels", "model"}
)
texts = st.text(st.sampled_from('{}[]":,\\ \n\t\0-+_/=.0159eEaAsutrflnü漢😀\ud800'), max_size=60)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.sampled_from(["AUDIO", "audio", "1.5s", "12", "-_-_", "X_UNSPECIFIED"]),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | texts, children, max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def mutated(draw: st.DrawFn, messages: list[object]) -> object:
    """A real message in which a few nodes were replaced, renamed or dropped."""
    message = json.loads(json.dumps(draw(st.sampled_from(messages))))
    for _ in range(draw(st.integers(1, 3))):
        node = message
        while isinstance(node, dict | list) and node:
            key = draw(st.sampled_from(sorted(node))) if isinstance(node, dict) else draw(st.integers(0, len(node) - 1))
            if not isinstance(node[key], dict | list) or draw(st.integers(0, 3)) == 0:
                if isinstance(node, dict) and draw(st.booleans()):
                    node[draw(st.sampled_from(KEYS))] = node.pop(key)
                else:
                    node[key] = draw(values)
                break
            node = node[key]
    return message


def accepted(message: str | bytes) -> ClientMessage | None:
    """Decode it, or check that the refusal is the documented one."""
    try:
        return decode_client(message)
    except RemoteProtocolError as error:
        refusal = error
    assert refusal.code is CloseCode.INVALID_ARGUMENT
    assert refusal.reason
    assert len(fit_reason(refusal.reason).encode()) <= 123
    return None


@pytest.mark.requirement("errors.garbage")
@fuzz
@given(st.binary(max_size=200))
def test_any_bytes(message: bytes) -> None:
    accepted(message)


@fuzz
@given(texts)
def test_any_text(message: str) -> None:
    accepted(message)


@fuzz
@given(values)
def test_any_json(value: object) -> None:
    accepted(json.dumps(value))
    accepted(json.dumps({"setup": value}))


@fuzz
@given(mutated(RECORDED))
def test_mutated_messages_of_real_clients(value: object) -> None:
    message = accepted(json.dumps(value))
    if message is not None:
        assert decode_client(encode_client(message)) == message


@fuzz
@given(st.sampled_from(RECORDED), st.data())
def test_cut_and_damaged_messages(sent: object, data: st.DataObject) -> None:
    text = bytearray(json.dumps(sent).encode())
    accepted(bytes(text[: data.draw(st.integers(0, len(text)))]))
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    accepted(bytes(text))


@fuzz
@given(mutated(SERVER))
def test_mutated_messages_of_a_server(value: object) -> None:
    try:
        message = decode_server(json.dumps(value))
    except RemoteProtocolError:
        return
    if any(getattr(message, name) is not None for name in message.__struct_fields__):
        for dialect in Dialect:
            decode_server(encode_server(message, dialect))
