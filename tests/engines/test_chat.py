"""A prompt becomes the messages of a chat completion."""

import pytest

from antiphon.engines.chat import chat_messages, sampling_parameters
from antiphon.engines.contracts import Prompt, Sampling
from antiphon.wire.content import Blob, Content, ExecutableCode, FileData, FunctionCall, FunctionResponse, Part


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
        ("model", Part(function_call=FunctionCall(name="find", args={"city": "Zürich"})),
         '[you called the function find with {"city": "Zürich"}]'),
        ("user", Part(function_response=FunctionResponse(name="find")), "[the function find returned {}]"),
        ("model", Part(executable_code=ExecutableCode(code="1")), "[you sent something you cannot read]"),
    ],
)  # fmt: skip
def test_a_part_the_model_cannot_take_in_is_named(role: str, part: Part, note: str) -> None:
    (message,) = chat_messages(Prompt("", (said(role, part),)))
    assert message["content"] == note


def test_only_what_was_asked_for_is_a_parameter():
    assert sampling_parameters(Sampling()) == {}
    asked = Sampling(temperature=0.0, top_k=3, max_output_tokens=9)
    assert sampling_parameters(asked) == {"temperature": 0.0, "top_k": 3, "max_tokens": 9}
