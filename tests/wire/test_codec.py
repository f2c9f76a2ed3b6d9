import json
from pathlib import Path

import pytest

from antiphon.errors import CloseCode, LocalProtocolError, RemoteProtocolError, fit_reason
from antiphon.wire.client import ClientContent, ClientMessage, ToolResponse
from antiphon.wire.codec import DEPTH_MAX, decode_client, decode_server, encode_client, encode_server
from antiphon.wire.content import FunctionResponse
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import Setup

RECORDED = [json.loads(line) for line in (Path(__file__).parent / "data" / "recorded.jsonl").read_text().splitlines()]


@pytest.mark.requirement("wire.keys", "wire.envelopes")
@pytest.mark.parametrize("recorded", RECORDED, ids=[f"{n}-{line['client']}" for n, line in enumerate(RECORDED)])
def test_what_real_clients_sent_is_understood(recorded: dict[str, object]) -> None:
    decoded = decode_client(json.dumps(recorded["sent"]))
    assert json.loads(encode_client(decoded)) == recorded["means"]
    assert decode_client(encode_client(decoded)) == decoded


PAYLOAD = "Invalid JSON payload received."

BAD: list[tuple[str | bytes, str]] = [
    ("", f"{PAYLOAD} Input data was truncated"),
    ("hello", f"{PAYLOAD} JSON is malformed: invalid character (byte 0)"),
    (b"RIFF\x24\x08\x00\x00WAVE", f"{PAYLOAD} JSON is malformed: invalid character (byte 0)"),
    ('{"setup":{}} {}', f"{PAYLOAD} JSON is malformed: trailing characters (byte 14)"),
    (b'{"setup":{"model":"\xff"}}', "message: not UTF-8"),
    ('{"setup":{"model":"\ud800"}}', "message: not UTF-8"),
    ("[]", "message: a list is not an object"),
    ("null", "message: null is not an object"),
    ('"setup"', "message: a string is not an object"),
    ("{}", "message: holds none of setup, client_content, realtime_input, tool_response, context_update"),
    ('{"setup":null}', "message: holds none of setup, client_content, realtime_input, tool_response, context_update"),
    ('{"setup":{},"realtime_input":{}}', "message: holds setup and realtime_input; exactly one is allowed"),
    ('{"hello":1}', f'{PAYLOAD} Unknown name "hello": Cannot find field.'),
    ('{"setup":{"a":1}}', f"{PAYLOAD} Unknown name \"a\" at 'setup': Cannot find field."),
    (
        '{"setup":{"generationConfig":{"X":1}}}',
        f"{PAYLOAD} Unknown name \"X\" at 'setup.generation_config': Cannot find field.",
    ),
    (
        '{"clientContent":{"turns":[{"parts":[{"text":"a"},{"txt":"b"}]}]}}',
        f"{PAYLOAD} Unknown name \"txt\" at 'client_content.turns[0].parts[1]': Cannot find field.",
    ),
    (
        '{"setup":{"generation_config":{"response_modalities":["AUDI"]}}}',
        'setup.generation_config.response_modalities[0]: "AUDI" is not one of TEXT, IMAGE, AUDIO, VIDEO',
    ),
    (
        '{"setup":{"generationConfig":{"topK":1,"top_k":2}}}',
        "setup.generation_config.top_k: given twice, in camelCase and in snake_case",
    ),
    (
        '{"realtimeInput":{},"realtime_input":{}}',
        "realtime_input: given twice, in camelCase and in snake_case",
    ),
    ('{"realtimeInput":{"audio":{"data":"A*=="}}}', "realtime_input.audio.data: not base64 (4 characters)"),
    ('{"realtimeInput":{"audio":"AAAA"}}', "realtime_input.audio: a string is not an object"),
    ('{"setup":{"model":5}}', "setup.model: 5 is not a string"),
    ('{"setup":{"labels":{"a":1}}}', 'setup.labels["a"]: 1 is not a string'),
    ("[" * 40_000, "message: nested too deep"),
    ("[" * 60_000, "message: holds more than 50000 values"),
    ('{"clientContent":{"turns":[' + "{}," * 30_000 + "{}]}}", "message: holds more than 50000 values"),
]


@pytest.mark.requirement("wire.one_member", "wire.depth")
@pytest.mark.parametrize(("message", "reason"), BAD, ids=range(len(BAD)))
def test_bad_messages_are_refused_with_the_path_of_the_fault(message: str | bytes, reason: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_client(message)
    assert caught.value.reason == reason
    assert caught.value.code is CloseCode.INVALID_ARGUMENT


@pytest.mark.requirement("errors.nothing_repeated")
def test_nothing_long_of_the_peer_is_repeated() -> None:
    for message in ({"x" * 5000: 1}, {"setup": {"generationConfig": {"responseModalities": "y" * 5000}}}):
        with pytest.raises(RemoteProtocolError) as caught:
            decode_client(json.dumps(message))
        assert len(caught.value.reason) < 200
        assert len(fit_reason(caught.value.reason).encode()) <= 123


def nested(depth: int) -> str:
    """A tool response that is so many objects deep."""
    return (
        '{"toolResponse":{"functionResponses":[{"response":' + '{"a":' * (depth - 4) + "1" + "}" * (depth - 4) + "}]}}"
    )


@pytest.mark.requirement("wire.depth")
def test_nesting_is_limited() -> None:
    assert decode_client(nested(DEPTH_MAX)).tool_response is not None
    assert decode_client(nested(10), depth_max=10).tool_response is not None
    for text, depth_max in ((nested(DEPTH_MAX + 1), DEPTH_MAX), (nested(11), 10)):
        with pytest.raises(RemoteProtocolError) as caught:
            decode_client(text, depth_max=depth_max)
        assert caught.value.reason == f"message: nested deeper than {depth_max} levels"


def test_many_brackets_are_not_nesting() -> None:
    message = {"clientContent": {"turns": [{"parts": [{"text": "[{" * 100}]}] * 100}}
    content = decode_client(json.dumps(message).encode()).client_content
    assert content is not None
    assert len(content.turns) == 100


@pytest.mark.parametrize(
    "message", ["x", "[]", '{"serverContent":[]}', '{"serverContent":{"turnComplete":"yes"}}', "[" * 5000]
)
def test_a_client_refuses_what_is_no_message(message: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_server(message)


def test_a_client_sends_exactly_one_member() -> None:
    for message in (ClientMessage(), ClientMessage(setup=Setup(), client_content=ClientContent())):
        with pytest.raises(LocalProtocolError, match="one member"):
            encode_client(message)


@pytest.mark.requirement("wire.known_keys")
@pytest.mark.parametrize("dialect", Dialect)
def test_a_server_never_sends_an_empty_message(dialect: Dialect) -> None:
    with pytest.raises(LocalProtocolError, match="needs a member"):
        encode_server(ServerMessage(), dialect)


def test_a_result_that_is_no_json_is_our_fault() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    results: list[dict[str, object]] = [{"a": object()}, {"a": "\ud800"}, endless]
    for result in results:
        message = ClientMessage(tool_response=ToolResponse(function_responses=(FunctionResponse(response=result),)))
        with pytest.raises(LocalProtocolError, match="cannot be written as JSON"):
            encode_client(message)
