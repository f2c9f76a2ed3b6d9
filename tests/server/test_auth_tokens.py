import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest

from antiphon.wire.codec import decode_client
from antiphon.wire.setup import GenerationConfig, Setup
from tests.server.conftest import DEVELOPER, WAIT_S

PATH = "/v1alpha/auth_tokens"
MINUTE = 60.0


@pytest.fixture
async def http(server):
    async with httpx.AsyncClient(base_url=server.url.replace("ws", "http", 1)) as http:
        yield http


async def name_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.json()["name"]


def fault_of(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    return error["code"], error["status"], error["message"]


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@pytest.mark.requirement("tokens.minted")
async def test_what_is_asked_for_is_kept_and_answered(http, store, clock):
    body = {
        "uses": 3,
        "expireTime": moment(clock.now + 5 * MINUTE),
        "newSessionExpireTime": moment(clock.now + MINUTE),
        "bidiGenerateContentSetup": {"model": "models/x", "generationConfig": {"top_p": 0.5}},
        "fieldMask": "model,generationConfig.top_p",
    }
    answer = await http.post(PATH, json=body)
    token = await store.tokens.look(await name_of(answer))
    assert (token.owner, token.uses, token.mask) == (None, 3, body["fieldMask"])
    assert token.expires == pytest.approx(clock.now + 5 * MINUTE, abs=1e-5)
    assert token.new_session_expires == pytest.approx(clock.now + MINUTE, abs=1e-5)
    lock = decode_client(token.setup).setup
    assert lock == Setup(model="models/x", generation_config=GenerationConfig(top_p=0.5))
    assert answer.json().keys() == {"name", "uses", "expireTime", "newSessionExpireTime"}


@pytest.mark.requirement("tokens.defaults")
@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_what_is_not_asked_for(http, store, clock, body):
    token = await store.tokens.look(await name_of(await http.post(PATH, content=body)))
    assert (token.uses, token.setup, token.mask) == (1, None, "")
    assert (token.expires, token.new_session_expires) == (clock.now + 30 * MINUTE, clock.now + MINUTE)


@pytest.mark.requirement("tokens.minted")
@pytest.mark.parametrize("path", ["/v1beta/auth_tokens", "//v1//auth_tokens/", "/some/prefix/v1alpha/auth_tokens"])
async def test_any_version_prefix_and_doubled_slash(server, path):
    async with httpx.AsyncClient() as http:
        name = await name_of(await http.post(f"http://127.0.0.1:{server.port}{path}", json={}))
    assert name.startswith("auth_tokens/")


async def test_other_paths_and_methods_are_not_there(http):
    assert fault_of(await http.post("/v1/models", json={}))[:2] == (404, "NOT_FOUND")
    assert (await http.get(PATH)).status_code == 404
    assert (await http.get("/nowhere")).status_code == 404


BAD = {
    "not JSON": (b"{nonsense", "JSON"),
    "not UTF-8": (b'"\xff"', "message"),
    "unknown field": (b'{"sausage": 1}', 'Unknown name "sausage"'),
    "setup": (
        b'{"bidiGenerateContentSetup": {"generationConfig": {"sausage": 1}}}',
        "'bidi_generate_content_setup.generation_config'",
    ),
    "mask": (b'{"fieldMask": "model,sausage"}', 'field_mask: "sausage" is not a field'),
    "empty mask": (b'{"fieldMask": ","}', "field_mask: lists no path"),
    "uses": (b'{"uses": -1}', "uses:"),
    "time": (b'{"expireTime": "tomorrow"}', "expire_time:"),
    "past": (b'{"expireTime": "2001-01-01T00:00:00Z"}', "expire_time: must be in the future"),
    "far": (b'{"newSessionExpireTime": "2999-01-01T00:00:00Z"}', "new_session_expire_time: must be at most 20 hours"),
}


@pytest.mark.requirement("tokens.limits")
@pytest.mark.parametrize(("body", "text"), BAD.values(), ids=BAD)
async def test_what_is_wrong_is_a_400_with_its_path(http, body, text):
    code, status, message = fault_of(await http.post(PATH, content=body))
    assert (code, status) == (400, "INVALID_ARGUMENT")
    assert text in message


@pytest.mark.parametrize("server", [{"limits": {"message_bytes_max": 1_000}}], indirect=True)
async def test_a_body_too_large(http):
    code, _, message = fault_of(await http.post(PATH, content=b" " * 1_001))
    assert code == 400
    assert "1000 bytes" in message


@pytest.mark.parametrize("server", [{"limits": {"setup_wait_s": 0.05}}], indirect=True)
async def test_a_body_that_does_not_come_is_not_waited_for(server):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{".encode())
    async with asyncio.timeout(WAIT_S):
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("server", [{"tokens": {"setup_bytes_max": 100}}], indirect=True)
async def test_a_lock_too_large(http):
    setup = {"bidiGenerateContentSetup": {"model": "models/x"}}
    await name_of(await http.post(PATH, json={**setup, "fieldMask": "labels." + "x" * 40}))
    large = {"bidiGenerateContentSetup": {"model": "models/" + "x" * 100}}
    assert "bidi_generate_content_setup: holds more than 100 bytes" in fault_of(await http.post(PATH, json=large))[2]
    mask = {**setup, "fieldMask": "labels." + "x" * 90}
    code, _, message = fault_of(await http.post(PATH, json=mask))
    assert (code, message.startswith("field_mask: ")) == (400, True)


@pytest.mark.parametrize("server", [{"tokens": {"tokens_max": 1}}], indirect=True)
async def test_one_token_too_many(http):
    await name_of(await http.post(PATH, json={}))
    assert fault_of(await http.post(PATH, json={}))[:2] == (429, "RESOURCE_EXHAUSTED")


@pytest.mark.requirement("tokens.key_needed")
async def test_a_key_is_needed_where_there_are_keys(http, store):
    secret = await store.keys.add("phone")
    assert fault_of(await http.post(PATH, json={}))[:2] == (401, "UNAUTHENTICATED")
    assert fault_of(await http.post(PATH, json={}, params={"key": "ak-wrong"}))[0] == 401
    for place in ({"params": {"key": secret}}, {"headers": {"x-goog-api-key": secret}}):
        token = await store.tokens.look(await name_of(await http.post(PATH, json={}, **place)))
        assert token.owner == "phone"


@pytest.mark.requirement("tokens.key_needed")
async def test_a_token_makes_no_tokens(http, store):
    secret = await store.keys.add("phone")
    name = await name_of(await http.post(PATH, json={"uses": 0}, params={"key": secret}))
    assert fault_of(await http.post(PATH, json={}, headers={"x-goog-api-key": name}))[:2] == (403, "PERMISSION_DENIED")


async def test_pages_of_other_sites_make_none_where_no_key_protects(http, store, server):
    for origin in ("https://example.org", "null", f"http://127.0.0.1:{server.port + 1}"):
        assert fault_of(await http.post(PATH, json={}, headers={"Origin": origin}))[0] == 403
    own = {"Origin": f"http://127.0.0.1:{server.port}"}
    await name_of(await http.post(PATH, json={}, headers=own))
    key = {"x-goog-api-key": await store.keys.add("phone"), "Origin": "https://example.org"}
    await name_of(await http.post(PATH, json={}, headers=key))


@pytest.mark.requirement("transport.constrained", "transport.one_port", "tokens.constrained")
async def test_what_was_made_opens_a_session_with_what_it_locks(http, call, store):
    secret = await store.keys.add("phone")
    setup = {"model": "models/x", "generationConfig": {"responseModalities": ["TEXT"]}}
    body = {"bidiGenerateContentSetup": setup, "fieldMask": "generationConfig.responseModalities"}
    name = await name_of(await http.post(PATH, json=body, params={"key": secret}))
    caller = await call(f"{DEVELOPER}Constrained?access_token={name.replace('/', '%2F')}", setup=None)
    await caller.send(json.dumps({"setup": {"model": "models/y", "outputAudioTranscription": {}}}))
    assert "setupComplete" in await caller.read()
    await caller.send({"realtimeInput": {"text": "hello"}})
    contents = await caller.read_until("turnComplete")
    assert [content for content in contents if "text" in content.get("modelTurn", {"parts": [{}]})["parts"][0]]
