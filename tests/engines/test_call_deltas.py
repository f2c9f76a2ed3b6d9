"""Function calls put together from the pieces they are streamed in."""

import pytest
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall, ChoiceDeltaToolCallFunction

from antiphon.engines.call_deltas import CallDeltas
from antiphon.errors import MalformedCall
from antiphon.wire.content import FunctionCall

Piece = tuple[int, str | None, str | None]


def put_together(*pieces: Piece) -> list[FunctionCall]:
    calls = CallDeltas()
    for index, name, arguments in pieces:
        function = ChoiceDeltaToolCallFunction(name=name, arguments=arguments)
        calls.feed(ChoiceDeltaToolCall(index=index, function=function))
    whole = list(calls.finish())
    assert list(calls.finish()) == []
    return whole


F1, G = FunctionCall(name="f", args={"a": 1}), FunctionCall(name="g", args={})


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        ([], []),
        ([(0, "f", '{"a": 1}')], [F1]),
        ([(0, "f", ""), (0, None, '{"a"'), (0, None, ": 1}")], [F1]),
        ([(0, "f", '{"a"'), (1, "g", "{"), (0, None, ": 1}"), (1, None, "}")], [F1, G]),
        ([(1, "g", ""), (0, "f", '{"a": 1}')], [F1, G]),
        ([(0, "f", '{"a"'), (0, "f", ": 1}"), (0, "f", "")], [F1]),
        ([(0, "f", '{"a": 1}'), (0, "g", "{}")], [F1, G]),
        ([(0, "g", None)], [G]),
    ],
)
def test_calls(pieces: list[Piece], calls: list[FunctionCall]) -> None:
    assert put_together(*pieces) == calls


def test_a_piece_may_have_no_function() -> None:
    calls = CallDeltas()
    calls.feed(ChoiceDeltaToolCall(index=0, function=ChoiceDeltaToolCallFunction(name="g")))
    calls.feed(ChoiceDeltaToolCall(index=0))
    assert list(calls.finish()) == [G]


@pytest.mark.parametrize("arguments", ['{"a": ', "[1]", "null", "a=1"])
def test_arguments_that_are_no_object(arguments: str) -> None:
    with pytest.raises(MalformedCall, match=r"^malformed function call: f "):
        put_together((0, "f", arguments))


def test_a_call_without_a_name() -> None:
    with pytest.raises(MalformedCall, match="without a name"):
        put_together((0, None, "{}"))
