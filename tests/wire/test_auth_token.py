"""Bodies as google-genai 3.4.0 and @google/genai send them; see also tests/clients/test_tokens.py."""

import pytest

from antiphon.errors import RemoteProtocolError
from antiphon.wire.auth_token import AuthToken
from antiphon.wire.codec import decode_auth_token, encode_auth_token
from antiphon.wire.content import Content, Part
from antiphon.wire.kinds import Timestamp
from antiphon.wire.setup import GenerationConfig, SessionResumptionConfig, Setup, ThinkingConfig

PYTHON = """{"expireTime": "2026-11-22T15:41:02.460734+00:00", "newSessionExpireTime": "2026-12-01T00:00:00+00:00",
"uses": 2, "bidiGenerateContentSetup": {"model": "models/x", "generationConfig": {"thinkingConfig":
{"thinking_budget": 0}}, "systemInstruction": {"parts": [{"text": "hi"}], "role": "user"}, "sessionResumption": {}},
"fieldMask": "model,generationConfig.thinkingConfig,generationConfig.top_p"}"""
SETUP = Setup(
    model="models/x",
    generation_config=GenerationConfig(thinking_config=ThinkingConfig(thinking_budget=0)),
    system_instruction=Content(role="user", parts=(Part(text="hi"),)),
    session_resumption=SessionResumptionConfig(),
)


@pytest.mark.requirement("tokens.bare_setup")
def test_what_an_sdk_asks_for():
    assert decode_auth_token(PYTHON) == AuthToken(
        uses=2,
        expire_time=Timestamp(1795362062.460734),
        new_session_expire_time=Timestamp(1796083200),
        bidi_generate_content_setup=SETUP,
        field_mask="model,generationConfig.thinkingConfig,generationConfig.top_p",
    )


@pytest.mark.requirement("tokens.bare_setup")
def test_a_setup_may_come_in_its_message():
    wrapped = decode_auth_token('{"bidi_generate_content_setup": {"setup": {"model": "x"}}}')
    assert wrapped.bidi_generate_content_setup == Setup(model="x")


def test_nothing_asked_for():
    assert decode_auth_token("{}") == AuthToken()


BAD = {
    "unknown": ('{"sausage": 1}', 'Unknown name "sausage"'),
    "in the setup": (
        '{"bidiGenerateContentSetup": {"generationConfig": {"temperature": "hot"}}}',
        "bidi_generate_content_setup.generation_config.temperature",
    ),
    "no offset": ('{"expireTime": "2027-01-01T00:00:00"}', "expire_time"),
    "many values": ("[" + "1," * 60_000 + "1]", "values"),
    "not an object": ("[]", "not an object"),
}


@pytest.mark.parametrize(("body", "text"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_named_with_its_path(body, text):
    with pytest.raises(RemoteProtocolError, match=text):
        decode_auth_token(body)


def test_what_is_answered():
    assert encode_auth_token(AuthToken(name="auth_tokens/x", expire_time=Timestamp(10))) == (
        b'{"name":"auth_tokens/x","expireTime":"1970-01-01T00:00:10Z"}'
    )
