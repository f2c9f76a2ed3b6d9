"""A prompt becomes the messages of a chat completion."""

import pytest

from antiphon.engines.chat import ChatMessage, chat_messages, chat_tools, sampling_parameters
from antiphon.engines.contracts import Prompt, Sampling
from antiphon.wire.content import (
    Blob,
    Content,
    ExecutableCode,
    FileData,
    FunctionCall,
    FunctionResponse,
    FunctionResponsePart,
    Part,
)
from antiphon.wire.tools import FunctionDeclaration


def said(role: str | None, *parts: Part) -> Content:
    return Content(role=role, parts=parts)


def text(value: str) -> Part:
    return Part(text=value)


def test_the_conversation_follows_the_system_text() -> None:
    contents = (said("user", text("Hi.")), said("model", text("Hello.")), said(None, text("Bye.")))
    assert chat_messages(Prompt("Be kind.", contents)) == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi."},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Bye."},
    ]


def test_no_system_text_is_no_message() -> None:
    assert chat_messages(Prompt("", (said("user", text("Hi.")),))) == [{"role": "user", "content": "Hi."}]


def test_neighbours_of_one_role_and_parts_of_one_content_become_one_message() -> None:
    contents = (said("user", text("One."), text("Two.")), said("user", text("Three.")))
    assert chat_messages(Prompt("", contents)) == [{"role": "user", "content": "One.\nTwo.\nThree."}]


def test_a_system_content_is_the_systems() -> None:
    messages = chat_messages(Prompt("Be kind.", (said("system", text("Be brief.")), said("user", text("Hi.")))))
    assert messages[0] == {"role": "system", "content": "Be kind.\nBe brief."}


def test_thoughts_and_empty_contents_are_left_out() -> None:
    contents = (said("model", Part(text="Hm, a greeting.", thought=True)), said("user"), said("user", text("Hi.")))
    assert chat_messages(Prompt("", contents)) == [{"role": "user", "content": "Hi."}]


@pytest.mark.parametrize(
    ("role", "part", "note"),
    [
        ("user", Part(inline_data=Blob(mime_type="image/png", data=b"x")),
         "[the user sent an image, which you cannot see]"),
        ("model", Part(inline_data=Blob(mime_type="image/png")), "[you sent an image, which you cannot see]"),
        ("user", Part(inline_data=Blob(mime_type="Audio/WAV")), "[the user sent a recording, which you cannot hear]"),
        ("user", Part(file_data=FileData(mime_type="video/mp4")), "[the user sent a video, which you cannot see]"),
        ("user", Part(inline_data=Blob(mime_type="application/pdf")), "[the user sent a file, which you cannot open]"),
        ("user", Part(function_call=FunctionCall(name="find", args={"city": "Zürich"})),
         '[you called the function find with {"city": "Zürich"}]'),
        ("user", Part(function_response=FunctionResponse(name="find")), "[the function find returned {}]"),
        ("model", Part(executable_code=ExecutableCode(code="1")), "[you sent something you cannot read]"),
    ],
)  # fmt: skip
def test_a_part_the_model_cannot_take_in_is_named(role: str, part: Part, note: str) -> None:
    (message,) = chat_messages(Prompt("", (said(role, part),)))
    assert message["content"] == note


def test_only_what_was_asked_for_is_a_parameter() -> None:
    assert sampling_parameters(Sampling()) == {}
    asked = Sampling(temperature=0.0, top_k=3, max_output_tokens=9)
    assert sampling_parameters(asked) == {"temperature": 0.0, "top_k": 3, "max_tokens": 9}


# Functions

ASK = said("user", text("Weather?"))


def called(name: str, call_id: str | None = None, **args: object) -> Part:
    return Part(function_call=FunctionCall(id=call_id, name=name, args=args))


def returned(name: str, call_id: str | None = None, **response: object) -> Part:
    return Part(function_response=FunctionResponse(id=call_id, name=name, response=response))


def written(*contents: Content, vision: bool = False, native_tools: bool = True) -> list[ChatMessage]:
    return chat_messages(Prompt("", contents), vision=vision, native_tools=native_tools)


def tool_call(name: str, call_id: str, arguments: str) -> dict[str, object]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_calls_at_once_and_their_results() -> None:
    calls = said("model", text("Let me see."), called("weather", "a", city="Zürich"), called("time", "b"))
    results = said("user", returned("time", "b", error="no clock"), returned("weather", "a", output="sunny"))
    assert written(ASK, calls, results, said("user", text("And?"))) == [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [tool_call("weather", "a", '{"city": "Zürich"}'), tool_call("time", "b", "{}")],
        },
        {"role": "tool", "tool_call_id": "a", "content": "sunny"},
        {"role": "tool", "tool_call_id": "b", "content": '{"error": "no clock"}'},
        {"role": "user", "content": "And?"},
    ]


def test_a_call_without_words_has_no_content_and_one_without_an_id_gets_one() -> None:
    _, call, result = written(ASK, said("model", called("time")), said("user", returned("time", hour=9)))
    assert call == {"role": "assistant", "content": None, "tool_calls": [tool_call("time", "call_1", "{}")]}
    assert result == {"role": "tool", "tool_call_id": "call_1", "content": '{"hour": 9}'}


def test_a_result_that_comes_apart_from_its_call() -> None:
    _, _, pending, meanwhile, _, late = written(
        ASK,
        said("model", called("weather", "a")),
        said("user", text("Hurry.")),
        said("model", text("Soon.")),
        said("user", returned("weather", "a", sky="blue")),
    )
    assert pending == {
        "role": "tool", "tool_call_id": "a", "content": '{"status": "still running; its result will follow"}'
    }  # fmt: skip
    assert meanwhile == {"role": "user", "content": "Hurry."}
    assert late == {"role": "user", "content": '[the function weather returned {"sky": "blue"}]'}


def test_a_call_at_the_end_is_pending() -> None:
    assert [message["role"] for message in written(ASK, said("model", called("weather", "a")))] == [
        "user", "assistant", "tool",
    ]  # fmt: skip


def test_a_second_result_of_a_call_is_told() -> None:
    results = said("user", returned("weather", "a", part=1), returned("weather", "a", part=2))
    messages = written(ASK, said("model", called("weather", "a")), results)
    assert [message["content"] for message in messages[2:]] == [
        '{"part": 1}', '[the function weather returned {"part": 2}]',
    ]  # fmt: skip


def test_without_native_tools_everything_is_told_in_words() -> None:
    messages = written(
        ASK,
        said("model", called("weather", "a", city="Rome"), called("time", "b")),
        said("user", returned("weather", "a", sky="blue")),
        said("model", text("Blue.")),
        said("user", returned("time", "b", output=9)),
        native_tools=False,
    )
    assert messages == [
        {"role": "user", "content": "Weather?"},
        {
            "role": "user",
            "content": '[You called weather with {"city": "Rome"}, and it returned {"sky": "blue"}. Answer me with it.]'
            "\n[You called time with {}; its result will follow.]",
        },
        {"role": "assistant", "content": "Blue."},
        {"role": "user", "content": "[You called time with {}, and it returned 9. Answer me with it.]"},
    ]


def test_a_function_that_returned_nothing_has_been_called() -> None:
    (message,) = written(said("model", called("f", "a")), said("user", returned("f", "a")), native_tools=False)
    assert message["content"] == '[You called f with {}, and it returned "done". Answer me with it.]'


def test_a_function_that_returned_nothing_is_done() -> None:
    (message,) = written(said("model", called("f", "a")), said("user", returned("f", "a")), native_tools=False)
    assert message["content"] == '[You called f with {}, and it returned "done". Answer me with it.]'


def test_functions_are_declared_with_json_schema() -> None:
    function = FunctionDeclaration(name="find", description="Find.", parameters={"type": "OBJECT"})
    assert chat_tools([function]) == [
        {
            "type": "function",
            "function": {
                "name": "find", "description": "Find.", "parameters": {"type": "object", "properties": {}},
            },
        }
    ]  # fmt: skip


# Pictures

PICTURE = Part(inline_data=Blob(mime_type="image/png", data=b"\x89PNG"))
SHOWN = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}


def test_a_model_that_sees_is_shown_the_picture() -> None:
    (message,) = written(said("user", text("What is this?"), PICTURE), vision=True)
    assert message["content"] == [{"type": "text", "text": "What is this?"}, SHOWN]


@pytest.mark.parametrize("uri", ["https://x/y.jpg", "http://169.254.169.254/", "gs://x/y.jpg", "data:image/png,x"])
def test_an_address_is_never_passed_on(uri: str) -> None:
    """The endpoint would fetch it, from inside the network it stands in."""
    there = FileData(mime_type="image/jpeg", file_uri=uri)
    look = FunctionResponse(id="a", name="look", response={}, parts=(FunctionResponsePart(file_data=there),))
    call = said("model", called("look", "a"))
    messages = written(
        said("user", Part(file_data=there)), call, said("user", Part(function_response=look)), vision=True
    )
    assert messages[0]["content"] == "[the user sent an image, which you cannot see]"
    assert messages[-1]["content"] == "[the function look sent an image, which you cannot see]"


def test_only_the_users_pictures_are_shown() -> None:
    (message,) = written(said("model", PICTURE), vision=True)
    assert message["content"] == "[you sent an image, which you cannot see]"


@pytest.mark.parametrize(
    ("vision", "shown"), [(True, [SHOWN]), (False, "[the function look sent an image, which you cannot see]")]
)
def test_a_picture_that_a_function_gave(vision: bool, shown: object) -> None:
    media = (FunctionResponsePart(inline_data=PICTURE.inline_data),)
    result = Part(function_response=FunctionResponse(id="a", name="look", response={}, parts=media))
    messages = written(ASK, said("model", called("look", "a")), said("user", result), vision=vision)
    assert messages[2:] == [
        {"role": "tool", "tool_call_id": "a", "content": "{}"},
        {"role": "user", "content": shown},
    ]
