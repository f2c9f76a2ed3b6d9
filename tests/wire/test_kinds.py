import pytest

from antiphon.wire.client import ClientMessage, ContextUpdate
from antiphon.wire.codec import encode_client, encode_server
from antiphon.wire.content import Blob, Content, ExecutableCode, Part
from antiphon.wire.dialect import Dialect
from antiphon.wire.kinds import Int64, Seconds, Timestamp, bytes_held, wire_scalar
from antiphon.wire.server import GoAway, ServerMessage


@pytest.mark.requirement("wire.int64_out", "wire.durations")
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Int64(0), "0"),
        (Int64(-(1 << 63)), "-9223372036854775808"),
        (Seconds(50), "50s"),
        (Seconds(9.5), "9.5s"),
        (Seconds(0), "0s"),
        (Seconds(100), "100s"),
        (Seconds(0.000_000_001), "0.000000001s"),
        (Timestamp(10), "1970-01-01T00:00:10Z"),
        (Timestamp(10.5), "1970-01-01T00:00:10.500000Z"),
    ],
)
def test_scalars_are_written_as_proto3_json_does(value: object, text: str) -> None:
    assert wire_scalar(value) == text


def test_what_no_message_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="a set cannot"):
        wire_scalar({1})


@pytest.mark.requirement("wire.defaults")
def test_defaults_are_left_out_and_presence_is_kept() -> None:
    assert encode_client(ClientMessage(context_update=ContextUpdate())) == '{"contextUpdate":{}}'
    assert encode_server(ServerMessage(go_away=GoAway(time_left=Seconds(0))), Dialect.VERTEX) == (
        b'{"goAway":{"timeLeft":"0s"}}'
    )


def test_messages_are_values() -> None:
    assert Content(role="user") == Content(role="user")
    with pytest.raises(AttributeError):
        Content().role = "model"  # type: ignore[misc]


def test_media_are_not_shown() -> None:
    assert repr(Blob(mime_type="audio/pcm", data=b"secret")) == "Blob(mime_type='audio/pcm', data=<6 bytes>)"


def test_memory_is_counted_by_all_that_is_held():
    content = Content(parts=(Part(text="x" * 500), Part(executable_code=ExecutableCode(code="y" * 300))))
    assert 800 <= bytes_held(content) <= 1_500
    assert bytes_held({"a": ["b" * 100, 1.5, None]}) >= 100
