"""Puts together the function calls that a chat completion streams in pieces."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from antiphon.errors import MalformedCall
from antiphon.wire.content import FunctionCall


@dataclass(slots=True)
class _Begun:
    """A call on its way."""

    name: str = ""
    arguments: str = ""


class CallDeltas:
    """The calls of one answer, several at once told apart by their index.

    Ids are ignored: the session gives its own, and servers repeat, change or forget theirs. A server may
    repeat the name with every piece, and put every call at index 0 where each comes whole.
    """

    def __init__(self) -> None:
        self._begun: dict[int, _Begun] = {}
        self._whole: list[_Begun] = []

    def feed(self, delta: ChoiceDeltaToolCall) -> None:
        """Take the next piece."""
        index, function = delta.index or 0, delta.function
        name, arguments = (function.name or "", function.arguments or "") if function else ("", "")
        begun = self._begun.setdefault(index, _Begun())
        if name and arguments and _json(begun.arguments) is not None:
            self._whole.append(begun)
            begun = self._begun[index] = _Begun()
        begun.name = begun.name or name
        begun.arguments += arguments

    def finish(self) -> Iterator[FunctionCall]:
        """The calls, once the answer has ended. Raises MalformedCall for one whose arguments are no JSON object."""
        calls = [*self._whole, *(self._begun[index] for index in sorted(self._begun))]
        self._whole, self._begun = [], {}
        for call in calls:
            yield FunctionCall(name=call.name, args=_arguments(call))


def _arguments(call: _Begun) -> dict[str, object]:
    arguments = _json(call.arguments or "{}")
    if not call.name or not isinstance(arguments, dict):
        raise MalformedCall(f"malformed function call: {call.name or 'one without a name'} with arguments of no object")
    return arguments


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
