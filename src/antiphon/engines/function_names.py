"""Function names as OpenAI's API takes them: the Live API allows more letters and twice the length."""

import re

from msgspec.structs import replace

from antiphon.engines.contracts import Prompt
from antiphon.wire.content import Content, Part

NAME_CHARACTERS_MAX = 64
_REFUSED = re.compile(r"[^A-Za-z0-9_-]")


class FunctionNames:
    """The names of one prompt's functions, there and back."""

    def __init__(self, prompt: Prompt) -> None:
        self._there: dict[str, str] = {}
        for function in prompt.tools:
            self._there[function.name] = self._free(_REFUSED.sub("_", function.name)[:NAME_CHARACTERS_MAX])
        self._back = {there: name for name, there in self._there.items()}

    def there(self, prompt: Prompt) -> Prompt:
        """The prompt with names the API takes."""
        if all(name == there for name, there in self._there.items()):
            return prompt
        tools = tuple(replace(function, name=self._there[function.name]) for function in prompt.tools)
        return Prompt(prompt.system, tuple(map(self._content, prompt.contents)), tools)

    def back(self, name: str) -> str | None:
        """The name the client declared; None for one that it did not."""
        return self._back.get(name)

    def _free(self, wanted: str) -> str:
        """That name, or if another function has it already, one made of it."""
        taken, name, number = set(self._there.values()), wanted, 1
        while name in taken:
            number += 1
            ending = f"_{number}"
            name = wanted[: NAME_CHARACTERS_MAX - len(ending)] + ending
        return name

    def _content(self, content: Content) -> Content:
        return replace(content, parts=tuple(map(self._part, content.parts)))

    def _part(self, part: Part) -> Part:
        if (call := part.function_call) is not None:
            return replace(part, function_call=replace(call, name=self._there.get(call.name, call.name)))
        if (result := part.function_response) is not None:
            return replace(part, function_response=replace(result, name=self._there.get(result.name, result.name)))
        return part
