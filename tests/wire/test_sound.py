import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.wire import codec
from antiphon.wire.server import ServerMessage
from antiphon.wire.sound import read_sound

MIME, DATA = "audio/pcm;rate=24000", base64.b64encode(b"\xfb\xff\x00\x01").decode()


def message(blob: object, **turn: object) -> str:
    return json.dumps({"serverContent": {"modelTurn": {**turn, "parts": [{"inlineData": blob}]}}}, indent=2)


def read_otherwise(text: str) -> ServerMessage:
    """As if there were no quicker way."""
    return codec._read(codec._read_server, text, codec.DEPTH_MAX)


@given(st.binary(), st.text(), st.none() | st.sampled_from(["model", "MODEL", "user", ""]))
def test_sound_is_read_to_the_same_value(data: bytes, mime: str, role: str | None) -> None:
    blob = {"mimeType": mime, "data": base64.b64encode(data).decode()}
    text = message(blob, **({} if role is None else {"role": role}))
    assert read_sound(text) == read_otherwise(text)
    assert read_sound(text.encode()) == read_otherwise(text)


@pytest.mark.parametrize(
    "text",
    [
        message({"mimeType": MIME, "data": "-_8AAQ=="}),
        message({"mimeType": MIME, "data": DATA.rstrip("=")}),
        message({"mime_type": MIME, "data": DATA}),
        message({"mimeType": MIME, "data": DATA, "brandNew": 1}),
        message({"mimeType": MIME}),
        '{"serverContent":{"modelTurn":{"parts":[]}}}',
        '{"serverContent":{"modelTurn":{"parts":[{"text":"Hi"}]}}}',
        '{"serverContent":{"turnComplete":true}}',
        '{"setupComplete":{}}',
    ],
)
def test_everything_else_is_left_to_others_and_read_by_them(text: str) -> None:
    assert read_sound(text) is None
    assert codec.decode_server(text) == read_otherwise(text)


@pytest.mark.parametrize(
    "text", [b"", b"\xff", "[" * 100_000, "nonsense", "{}", message({"mimeType": 1, "data": DATA})]
)
def test_what_is_no_sound_is_none(text: bytes | str) -> None:
    assert read_sound(text) is None
