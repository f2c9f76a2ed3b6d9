"""Writes a prompt as the messages of a chat completion, the form every chat model is asked in."""

import base64
import json
from collections.abc import Iterable, Iterator
from itertools import chain, count, groupby, takewhile
from typing import Literal, TypeAlias, TypedDict

from msgspec.structs import replace

from antiphon.engines.contracts import Prompt, Sampling
from antiphon.engines.schema import parameters_schema
from antiphon.wire.content import Blob, Content, FileData, FunctionCall, FunctionResponse, Part
from antiphon.wire.kinds import JsonObject
from antiphon.wire.tools import FunctionDeclaration

ChatRole = Literal["system", "user", "assistant", "tool"]


class ChatMessage(TypedDict, total=False):
    """One message of a chat completion."""

    role: ChatRole
    content: str | list[JsonObject] | None
    tool_calls: list[JsonObject]
    tool_call_id: str


Piece: TypeAlias = str | JsonObject
"""Text, or a picture as a content part."""
Exchange: TypeAlias = tuple[FunctionCall, FunctionResponse | None]
"""A call and its result; none while it still runs."""

_ROLES: dict[str | None, ChatRole] = {"model": "assistant", "system": "system"}
"""Whatever else a client writes, or nothing, is the user (protocol.md 2.5)."""
_UNSEEN = {"image": "an image, which you cannot see", "video": "a video, which you cannot see",
           "audio": "a recording, which you cannot hear"}  # fmt: skip
_PENDING = {"status": "still running; its result will follow"}


def chat_messages(prompt: Prompt, *, vision: bool = False, native_tools: bool = True) -> list[ChatMessage]:
    """The system text, if any, then the conversation.

    Neighbours of one role become one message: many chat templates refuse two in a row. A part the
    model cannot take in is named in brackets, so that it knows there was something. Without
    `native_tools`, calls and their results are told in messages of the user's own, for models that
    make nothing of tool messages.
    """
    return list(_Writing(prompt, vision=vision, native_tools=native_tools).messages())


def chat_tools(functions: Iterable[FunctionDeclaration]) -> list[JsonObject]:
    """The functions as a chat completion declares them."""
    return [
        {
            "type": "function",
            "function": {
                "name": function.name,
                "description": function.description,
                "parameters": parameters_schema(function),
            },
        }
        for function in functions
    ]


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


def compact_json(value: object) -> str:
    """As text for a model: every script as it is."""
    return json.dumps(value, ensure_ascii=False)


def result_of(response: FunctionResponse) -> object:
    """What a function gave: of an `error` and an `output` that, else the whole response (protocol.md 2.7)."""
    whole = response.response or {}
    if "error" in whole:
        return {"error": whole["error"]}
    return whole.get("output", whole)


class _Writing:
    """One conversation being written."""

    def __init__(self, prompt: Prompt, *, vision: bool, native_tools: bool) -> None:
        self._prompt = prompt
        self._vision = vision
        self._native_tools = native_tools
        parts = chain.from_iterable(content.parts for content in prompt.contents)
        calls = (part.function_call for part in parts if part.function_call)
        self._calls = {call.id: call for call in calls if call.id}
        self._unnamed = count(1)

    def messages(self) -> Iterator[ChatMessage]:
        calls: list[FunctionCall] = []
        for role, run in self._runs():
            exchanges, parts = _exchanges(calls, run)
            if self._native_tools:
                yield from (_tool_message(call, response) for call, response in exchanges)
            told = [piece for exchange in exchanges for piece in self._told(*exchange)]
            if told and role != "user":
                yield _message("user", told)
                told = []
            calls = [self._with_id(part.function_call) for part in parts if part.function_call and role == "assistant"]
            message = _message(role, told + [piece for part in parts for piece in self._pieces(part, role)])
            if calls and self._native_tools:
                yield {**message, "content": message["content"] or None, "tool_calls": [_tool_call(c) for c in calls]}
            elif message["content"]:
                yield message

    def _runs(self) -> Iterator[tuple[ChatRole, list[Part]]]:
        """The parts of neighbours of one role; at the end the user's turn, in which open calls are told of."""
        system = (Part(text=self._prompt.system),) if self._prompt.system else ()
        contents = (Content(role="system", parts=system), *self._prompt.contents)
        said = chain((content for content in contents if content.parts), [Content(role="user")])
        for role, run in groupby(said, _role):
            yield role, [part for content in run for part in content.parts if not part.thought]

    def _with_id(self, call: FunctionCall) -> FunctionCall:
        return call if call.id else replace(call, id=f"call_{next(self._unnamed)}")

    def _told(self, call: FunctionCall, response: FunctionResponse | None) -> Iterator[Piece]:
        """What of a call and its result does not go into tool messages."""
        if not self._native_tools:
            yield _exchange_in_words(call, response)
        if response:
            yield from self._shown(response)

    def _pieces(self, part: Part, role: ChatRole) -> Iterator[Piece]:
        sender = "you" if role == "assistant" else "the user"
        match part:
            case Part(text=str(text)):
                if text:
                    yield text
            case Part(inline_data=Blob() as media) | Part(file_data=FileData() as media):
                yield self._picture(media, sender) if role == "user" else _named(media, sender)
            case Part(function_call=FunctionCall(name=name, args=args)):
                if role != "assistant":
                    yield f"[you called the function {name} with {compact_json(args or {})}]"
            case Part(function_response=FunctionResponse() as response):
                yield self._late(response)
                yield from self._shown(response)
            case _:
                yield f"[{sender} sent something you cannot read]"

    def _late(self, response: FunctionResponse) -> str:
        """A result apart from its call."""
        call = self._calls.get(response.id or "")
        if call and not self._native_tools:
            return _exchange_in_words(call, response)
        return f"[the function {response.name} returned {compact_json(result_of(response))}]"

    def _shown(self, response: FunctionResponse) -> Iterator[Piece]:
        for part in response.parts:
            if media := part.inline_data or part.file_data:
                yield self._picture(media, f"the function {response.name}")

    def _picture(self, media: Blob | FileData, sender: str) -> Piece:
        """Its bytes. An address is never passed on: the endpoint would fetch whatever a client names."""
        if not self._vision or _kind(media) != "image" or isinstance(media, FileData):
            return _named(media, sender)
        url = f"data:{media.mime_type};base64,{base64.b64encode(media.data).decode()}"
        return {"type": "image_url", "image_url": {"url": url}}


def _role(content: Content) -> ChatRole:
    return _ROLES.get(content.role, "user")


def _exchanges(calls: list[FunctionCall], run: list[Part]) -> tuple[list[Exchange], list[Part]]:
    """Each call with its result, if that is at the beginning of the run after it; and the parts left over."""
    answers = list(takewhile(lambda part: part.function_response, run)) if calls else []
    rest = run[len(answers) :]
    exchanges: list[Exchange] = []
    for call in calls:
        found = next((part for part in answers if _answers(part.function_response, call)), None)
        if found:
            answers.remove(found)
        exchanges.append((call, found.function_response if found else None))
    return exchanges, answers + rest


def _answers(response: FunctionResponse | None, call: FunctionCall) -> bool:
    if response is None:
        return False
    return response.id == call.id if response.id else response.name == call.name


def _exchange_in_words(call: FunctionCall, response: FunctionResponse | None) -> str:
    called = f"You called {call.name} with {compact_json(call.args or {})}"
    if response is None:
        return f"[{called}; its result will follow.]"
    return f"[{called}, and it returned {compact_json(result_of(response) or 'done')}. Answer me with it.]"


def _tool_call(call: FunctionCall) -> JsonObject:
    function = {"name": call.name, "arguments": compact_json(call.args or {})}
    return {"id": call.id, "type": "function", "function": function}


def _tool_message(call: FunctionCall, response: FunctionResponse | None) -> ChatMessage:
    """Also for a call that still runs: OpenAI's API refuses one without an answer."""
    result = result_of(response) if response else _PENDING
    text = result if isinstance(result, str) else compact_json(result)
    return {"role": "tool", "tool_call_id": call.id or "", "content": text}


def _message(role: ChatRole, pieces: list[Piece]) -> ChatMessage:
    """Text, or where there are pictures a list of parts."""
    if all(isinstance(piece, str) for piece in pieces):
        return {"role": role, "content": "\n".join(map(str, pieces))}
    return {"role": role, "content": [{"type": "text", "text": p} if isinstance(p, str) else p for p in pieces]}


def _kind(media: Blob | FileData) -> str:
    return media.mime_type.partition("/")[0].lower()


def _named(media: Blob | FileData, sender: str) -> str:
    return f"[{sender} sent {_UNSEEN.get(_kind(media), 'a file, which you cannot open')}]"
