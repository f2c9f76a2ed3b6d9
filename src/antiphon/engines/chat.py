"""Writes a prompt as the messages of a chat completion, the form every chat model is asked in."""

import json
from collections.abc import Iterator
from typing import Literal, TypedDict

from antiphon.engines.contracts import Prompt, Sampling
from antiphon.wire.content import Blob, Content, FileData, FunctionCall, FunctionResponse, Part

ChatRole = Literal["system", "user", "assistant"]


class ChatMessage(TypedDict):
    """One message of a chat completion."""

    role: ChatRole
    content: str


_ROLES: dict[str | None, ChatRole] = {"model": "assistant", "system": "system"}
"""Whatever else a client writes, or nothing, is the user (protocol.md 2.5)."""
_UNSEEN = {"image": "an image, which you cannot see", "video": "a video, which you cannot see",
           "audio": "a recording, which you cannot hear"}  # fmt: skip


def chat_messages(prompt: Prompt) -> list[ChatMessage]:
    """The system text, if any, then the conversation.

    Neighbours of one role become one message: many chat templates refuse two in a row. A part this
    model cannot take in is named in brackets, so that it knows there was something.
    """
    messages: list[ChatMessage] = []
    for role, text in _said(prompt):
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += "\n" + text
        else:
            messages.append({"role": role, "content": text})
    return messages


def sampling_parameters(sampling: Sampling) -> dict[str, float]:
    """What was asked for and nothing else, so that the model's own defaults hold."""
    asked = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "max_tokens": sampling.max_output_tokens,
        "seed": sampling.seed,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _said(prompt: Prompt) -> Iterator[tuple[ChatRole, str]]:
    if prompt.system:
        yield "system", prompt.system
    for content in prompt.contents:
        role = _ROLES.get(content.role, "user")
        if text := _text(content, "you" if role == "assistant" else "the user"):
            yield role, text


def _text(content: Content, sender: str) -> str:
    pieces = (_piece(part, sender) for part in content.parts)
    return "\n".join(piece for piece in pieces if piece)


def _piece(part: Part, sender: str) -> str:
    match part:
        case Part(thought=True):
            return ""
        case Part(text=str(text)):
            return text
        case Part(inline_data=Blob(mime_type=mime_type)) | Part(file_data=FileData(mime_type=mime_type)):
            unseen = _UNSEEN.get(mime_type.partition("/")[0].lower(), "a file, which you cannot open")
            return f"[{sender} sent {unseen}]"
        case Part(function_call=FunctionCall(name=name, args=args)):
            return f"[you called the function {name} with {_json(args)}]"
        case Part(function_response=FunctionResponse(name=name, response=response)):
            return f"[the function {name} returned {_json(response)}]"
        case _:
            return f"[{sender} sent something you cannot read]"


def _json(value: dict[str, object] | None) -> str:
    return json.dumps(value or {}, ensure_ascii=False)
