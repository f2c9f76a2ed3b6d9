"""What the scripted LLM promises of functions, thoughts and pictures. Its other promises: `test_scripted`."""

import pytest

from antiphon.engines.contracts import LlmOutput, Prompt, TextDelta, ThoughtDelta
from antiphon.engines.script import outputs
from antiphon.wire.content import Blob, Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.kinds import JsonObject
from antiphon.wire.tools import FunctionDeclaration

TOOLS = tuple(FunctionDeclaration(name=name) for name in ("get_weather", "lamp.on"))
PICTURE = Part(inline_data=Blob(mime_type="image/jpeg", data=b"x"))


def user(*parts: Part | str) -> Content:
    return Content(role="user", parts=tuple(Part(text=part) if isinstance(part, str) else part for part in parts))


def answered(*contents: Content) -> list[LlmOutput]:
    """The outputs, the words joined."""
    joined: list[LlmOutput] = []
    for output in outputs(Prompt("", contents, TOOLS)):
        last = joined[-1] if joined else None
        if isinstance(output, TextDelta) and isinstance(last, TextDelta):
            joined[-1] = TextDelta(last.text + output.text)
        else:
            joined.append(output)
    return joined


def weather(**args: object) -> FunctionCall:
    return FunctionCall(name="get_weather", args=args)


LAMP = FunctionCall(name="lamp.on", args={})


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("call get_weather", [weather()]),
        ("Please call get_weather.", [weather()]),
        ("call get_weather with city=New York, days=3.", [weather(city="New York", days=3)]),
        ('call get_weather with city=Rome, hours=[1, 2], x={"a": null}', [weather(city="Rome", hours=[1, 2],
                                                                                  x={"a": None})]),
        ("call get_weather with city=Rome and call lamp.on", [weather(city="Rome"), LAMP]),
        ("call lamp.on, then call get_weather with city=Rome", [LAMP, weather(city="Rome")]),
        ("call nobody and call lamp.on", [LAMP]),
    ],
)  # fmt: skip
def test_calls(text: str, calls: list[FunctionCall]) -> None:
    assert answered(user(text)) == calls


def test_words_before_a_call() -> None:
    assert answered(user("say one moment then call lamp.on")) == [TextDelta("one moment."), LAMP]


def test_a_function_that_is_not_declared_is_answered_in_words() -> None:
    assert answered(user("call nobody")) == [TextDelta("You said: call nobody.")]


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ({"output": "sunny"}, "sunny"),
        ({"output": 3}, "3"),
        ({"sky": "blau"}, '{"sky": "blau"}'),
        ({"error": "no"}, '{"error": "no"}'),
        (None, "{}"),
    ],
)
def test_what_a_function_gave_is_said(response: JsonObject | None, said: str) -> None:
    result = Part(function_response=FunctionResponse(name="get_weather", response=response))
    call = Content(role="model", parts=(Part(function_call=weather()),))
    contents = (user("call get_weather"), call, user(result))
    assert answered(*contents) == [TextDelta(f"get_weather returned {said}.")]


def test_a_call_without_an_answer_is_not_made_again() -> None:
    call = Content(role="model", parts=(Part(function_call=weather()),))
    assert answered(user("call get_weather"), call) == [TextDelta("get_weather is running.")]


def test_a_thought_comes_first() -> None:
    thought, said = answered(user("Think hard."))
    assert thought == ThoughtDelta("Thinking about: Think hard.")
    assert said == TextDelta("You said: Think hard.")


def test_pictures_are_counted() -> None:
    assert answered(user(PICTURE)) == [TextDelta("You showed 1 picture.")]
    assert answered(user(PICTURE), Content(role="model"), user(PICTURE), user(PICTURE, "So?")) == [
        TextDelta("You said: So? You showed 2 pictures.")
    ]
    sound = Part(inline_data=Blob(mime_type="audio/wav"))
    assert answered(user(sound, "So?")) == [TextDelta("You said: So?")]
