import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.wire import codec
from antiphon.wire.client import ClientMessage
from antiphon.wire.server import ServerMessage
from antiphon.wire.sound import read_sound, read_spoken

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


def spoken(blob: object, outer: str = "realtimeInput", **others: object) -> str:
    return json.dumps({outer: {"audio": blob, **others}})


def read_spoken_otherwise(text: str) -> ClientMessage:
    return codec._read(codec._read_client, text, codec.DEPTH_MAX)


@given(st.binary(), st.text(), st.booleans())
def test_what_a_client_says_is_read_to_the_same_value(data: bytes, mime: str, snake: bool) -> None:
    standard, url_safe = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()
    if snake:
        text = spoken({"data": url_safe, "mime_type": mime}, "realtime_input")
    else:
        text = spoken({"data": standard, "mimeType": mime})
    assert (read := read_spoken(text)) is not None
    assert read == read_spoken(text.encode()) == read_spoken_otherwise(text) == codec.decode_client(text)
    assert read.realtime_input.audio.data == data


@pytest.mark.parametrize(
    "text",
    [
        spoken({"mimeType": MIME, "data": "-_8AAQ=="}),
        spoken({"mimeType": MIME, "data": DATA.rstrip("=")}),
        spoken({"mime_type": MIME, "data": DATA}),
        spoken({"mimeType": MIME, "data": DATA}, "realtime_input"),
        spoken({"mimeType": MIME, "data": DATA, "displayName": "voice"}),
        spoken({"mimeType": MIME, "data": None}),
        spoken({"data": DATA}),
        spoken({"mimeType": MIME, "data": DATA}, text="Hi"),
        spoken({"mimeType": MIME, "data": DATA}, audioStreamEnd=True),
        json.dumps({"realtimeInput": {"mediaChunks": [{"mimeType": MIME, "data": DATA}]}}),
        '{"realtime_input":{"activity_start":{}}}',
        '{"setup":{}}',
    ],
)
def test_everything_else_of_a_client_is_left_to_others_and_read_by_them(text: str) -> None:
    assert read_spoken(text) is None
    assert codec.decode_client(text) == read_spoken_otherwise(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        "[" * 100_000,
        "nonsense",
        "{}",
        spoken({"mimeType": 1, "data": DATA}),
        spoken({"mime_type": MIME, "data": "not base64!"}, "realtime_input"),
        b'{"realtimeInput":{"audio":{"mimeType":"\xff","data":""}}}',
        '{"realtimeInput":{"audio":{"mimeType":"\ud800","data":""}}}',
    ],
)
def test_what_is_nothing_spoken_is_none(text: bytes | str) -> None:
    assert read_spoken(text) is None
