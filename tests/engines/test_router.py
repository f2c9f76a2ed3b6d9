"""A small model is asked for a function, and doubted."""

import json

import pytest

from antiphon.engines.contracts import Prompt
from antiphon.engines.router import Router, with_functions
from antiphon.wire.content import Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.kinds import JsonObject
from antiphon.wire.tools import FunctionDeclaration

WEATHER = FunctionDeclaration(
    name="get_weather",
    description="Get the weather",
    parameters={
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING", "description": "The city"},
                       "unit": {"type": "STRING", "enum": ["celsius", "kelvin"]}},
        "required": ["city"],
    },
)  # fmt: skip


def function(name: str, **types: str) -> FunctionDeclaration:
    properties = {key: {"type": value} for key, value in types.items()}
    return FunctionDeclaration(
        name=name, parameters={"type": "OBJECT", "properties": properties, "required": list(types)}
    )


TIMER, STOP, LAMP = function("set_timer", minutes="INTEGER"), function("stop"), function("lamp", on="BOOLEAN")
ROUTE = function("route", stops="ARRAY", by="OBJECT")
TOOLS = (WEATHER, TIMER, STOP, LAMP, ROUTE)


def user(*texts: str) -> Content:
    return Content(role="user", parts=tuple(Part(text=text) for text in texts))


def prompt(*contents: Content, tools: tuple[FunctionDeclaration, ...] = TOOLS) -> Prompt:
    return Prompt("Be brief.", contents, tools)


def called(said: str, name: str, written: object) -> JsonObject | None:
    text = written if isinstance(written, str) else json.dumps(written)
    call = Router(prompt(user(said))).call(name, text)
    assert call is None or call.name == name
    return call.args if call else None


def test_the_functions_stand_in_the_system_text() -> None:
    told = with_functions(prompt(user("Hi."), tools=(WEATHER, STOP)))
    assert told.system == (
        "Be brief.\n\nFunctions you can use:\n"
        "- get_weather(city: The city, unit: string (celsius/kelvin)): Get the weather\n- stop(): "
    )


def test_a_prompt_without_functions_stays_as_it_is() -> None:
    plain = prompt(user("Hi."), tools=())
    assert with_functions(plain) is plain


def test_the_question_is_put_behind_the_users_words() -> None:
    router = Router(prompt(user("Hi.")))
    system, asked, begun = router.messages()
    assert system["role"] == "system"
    assert str(asked["content"]).startswith("Hi.\n\n(Which function")
    assert begun == {"role": "assistant", "content": '{"tool": "'}
    assert router.messages("stop")[-1]["content"] == '{"tool": "stop", "args": '


def test_only_a_declared_name_is_one() -> None:
    router = Router(prompt(user("Hi."), tools=(STOP, function("none"))))
    assert router.names_grammar == 'root ::= "none" | "stop"'
    assert [router.names(written) for written in ("stop", "none", "sto", "")] == ["stop", None, None, None]


def test_a_model_that_spoke_last_is_asked_all_the_same() -> None:
    router = Router(prompt(user("Hi."), Content(role="model", parts=(Part(text="Hello."),))))
    assert [message["role"] for message in router.messages()] == ["system", "user", "assistant", "user", "assistant"]


@pytest.mark.parametrize(
    ("said", "name", "args"),
    [
        ("Weather in New York?", "get_weather", {"city": "New York"}),
        ("Weather for Roman towns?", "get_weather", {"city": "Town of Romans"}),
        ("北京天气怎么样", "get_weather", {"city": "北京"}),
        ("Half an hour, please.", "set_timer", {"minutes": 30}),
        ("Set 10 minutes.", "set_timer", {"minutes": 10}),
        ("Whatever.", "stop", {}),
        ("It is dark.", "lamp", {"on": True}),
        ("To Rome by car", "route", {"stops": ["Rome", "Paris"], "by": {"way": "x"}}),
        ("To Rome by car", "route", {"stops": ["x"], "by": {"way": "car"}}),
    ],
)
def test_a_call_that_was_asked_for(said: str, name: str, args: JsonObject) -> None:
    assert called(said, name, args) == args


@pytest.mark.parametrize(
    ("said", "name", "written"),
    [
        ("How are you?", "get_weather", {"city": "London"}),
        ("I love the rain.", "get_weather", {"city": "The Beatles"}),
        ("Set a timer.", "set_timer", {"minutes": 10}),
        ("Weather in Rome?", "get_weather", {"city": ""}),
        ("Weather in Rome?", "get_weather", {"unit": "Rome"}),
        ("Weather in Rome?", "get_weather", '{"city": "Ro'),
        ("Weather in Rome?", "get_weather", '"Rome"'),
        ("Rome, in fahrenheit?", "get_weather", {"city": "Rome", "unit": "fahrenheit"}),
    ],
)
def test_a_call_that_nobody_asked_for(said: str, name: str, written: object) -> None:
    assert called(said, name, written) is None


def test_the_grammar_is_made_of_a_looser_schema() -> None:
    wild = {"type": "ARRAY", "items": {"type": "STRING", "pattern": "(a{1000}){1000}"}, "minItems": "100000000"}
    parameters: JsonObject = {"type": "OBJECT", "properties": {"names": wild}, "required": ["names"]}
    greedy = FunctionDeclaration(name="greet", parameters=parameters)
    router = Router(prompt(user("Greet Anna."), tools=(greedy, STOP)))
    assert router.schema("greet") == {
        "type": "object",
        "properties": {"names": {"type": "array", "items": {"type": "string"}, "minItems": 8}},
        "required": ["names"],
        "additionalProperties": False,
    }
    assert router.schema("stop") == {"type": "object", "properties": {}, "additionalProperties": False}
    assert router.call("greet", '{"names": ["Anna"]}') is None


def test_an_optional_argument_that_was_not_said_is_left_out() -> None:
    assert called("Rome?", "get_weather", {"city": "Rome", "unit": "kelvin"}) == {"city": "Rome"}
    both = {"city": "Rome", "unit": "kelvin"}
    assert called("Rome, in kelvin?", "get_weather", both) == both


def test_a_call_is_made_once_in_a_turn() -> None:
    call = FunctionCall(id="a", name="get_weather", args={"city": "Rome", "unit": "kelvin"})
    result = FunctionResponse(id="a", name="get_weather", response={"sky": "blue"})
    contents = (
        user("Rome and Paris?"),
        Content(role="model", parts=(Part(function_call=call),)),
        Content(role="user", parts=(Part(function_response=result),)),
    )
    router = Router(prompt(*contents))
    assert router.call("get_weather", '{"city": "Rome"}') is None
    assert router.call("get_weather", '{"city": "Paris"}') is not None
    again = Router(prompt(*contents, user("Rome again?")))
    assert again.call("get_weather", '{"city": "Rome"}') is not None
