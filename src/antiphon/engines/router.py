"""Decides for a small model whether the user asks for a function: first which one, then with what.

Such a model calls something at every chance, so it is held to a grammar and then doubted: a call
counts only when one of its arguments is among the words the user said (benchmarks/tool_choice.py).
The functions stand in the system text, where they are computed once; the question is put behind the
user's words and is gone again when the model answers.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from antiphon.engines.chat import ChatMessage, chat_messages
from antiphon.engines.contracts import Prompt
from antiphon.engines.grammar_schema import grammar_schema, meets
from antiphon.engines.schema import parameters_schema
from antiphon.wire.content import Content, FunctionCall
from antiphon.wire.kinds import JsonObject
from antiphon.wire.tools import FunctionDeclaration

WORDS_GRAMMAR = "root ::= [^{`<[(] [^{`<]*"
"""An answer in words: no JSON, no markup. A model that sees functions writes of them otherwise."""

_QUESTION = (
    "\n\n(Which function does this ask for? Answer with JSON "
    '{"tool": name, "args": {...}}; most messages ask for none: then {"tool": "none"}.)'
)
_NONE = "none"
_LETTERS_MIN = 3
"""Of a word that has to have been said: `at`, `am` and `of` come and go."""
_STEM_LETTERS = 4
"""Words that begin with the same letters are taken for forms of one word."""
_NUMBERS = frozenset(
    {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
     "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
     "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "half", "quarter", "dozen",
     "couple", "noon", "midnight"}
)  # fmt: skip


def with_functions(prompt: Prompt) -> Prompt:
    """The prompt with its functions in the system text."""
    if not prompt.tools:
        return prompt
    functions = "Functions you can use:\n" + "\n".join(map(_described, prompt.tools))
    return Prompt("\n\n".join(filter(None, (prompt.system, functions))), prompt.contents, prompt.tools)


class Router:
    """One decision: what to ask the model, and what to make of its answers."""

    def __init__(self, prompt: Prompt) -> None:
        self._functions = {function.name: function for function in prompt.tools if function.name != _NONE}
        self._contents = prompt.contents
        self._messages = chat_messages(with_functions(prompt), native_tools=False)
        if not self._messages or self._messages[-1]["role"] != "user":
            self._messages.append({"role": "user", "content": ""})
        self._messages[-1]["content"] = f"{self._messages[-1]['content']}{_QUESTION}"

    @property
    def names_grammar(self) -> str:
        """Of the first answer: a function's name, or `none`."""
        return "root ::= " + " | ".join(json.dumps(name) for name in (_NONE, *self._functions))

    def schema(self, name: str) -> JsonObject:
        """Of the second answer: the arguments, as far as a grammar may hold the model to them."""
        return grammar_schema({"additionalProperties": False} | parameters_schema(self._functions[name]))

    def messages(self, name: str | None = None) -> list[ChatMessage]:
        """What to ask for a name, or for the arguments of the function named. The last one is to be gone on with."""
        begun = '{"tool": "' if name is None else f'{{"tool": {json.dumps(name)}, "args": '
        return [*self._messages, {"role": "assistant", "content": begun}]

    def names(self, written: str) -> str | None:
        """The function the model has named."""
        return written if written in self._functions else None

    def call(self, name: str, written: str) -> FunctionCall | None:
        """The call, unless it is none that was declared, nobody asked for it, or it was made in this turn already.

        A required argument may not be empty and one of them has to have been said; an optional one that
        was not is left out. Yes and no, and functions that need nothing, are taken as they come.
        """
        try:
            arguments = json.loads(written)
        except ValueError:
            return None
        if not isinstance(arguments, dict):
            return None
        declared = parameters_schema(self._functions[name])
        required = _names(declared.get("required"))
        said = _Said(self._heard())
        args = {key: value for key, value in arguments.items() if key in required or said.holds(value)}
        needed = {key: args.get(key) for key in required}
        if any(value in ("", None, [], {}) for value in needed.values()) or self._was_called(name, needed):
            return None
        if not meets(declared, args):
            return None
        sayable = [value for value in needed.values() if not isinstance(value, bool)]
        if sayable and not any(map(said.holds, sayable)):
            return None
        return FunctionCall(name=name, args=args)

    def _heard(self) -> Iterator[str]:
        """What the user said last."""
        content = next(filter(_is_said, reversed(self._contents)), Content())
        return (part.text for part in content.parts if part.text)

    def _was_called(self, name: str, needed: JsonObject) -> bool:
        """Whether it was called since the user last spoke; what it does not need may have been different."""
        for content in takewhile(lambda content: not _is_said(content), reversed(self._contents)):
            for call in (part.function_call for part in content.parts if part.function_call):
                if call.name == name and {key: (call.args or {}).get(key) for key in needed} == needed:
                    return True
        return False


class _Said:
    """The words that were said."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._text = " ".join(texts).casefold()
        self._words = set(_words(self._text))
        self._number = any(word[0].isdigit() or word in _NUMBERS for word in self._words)

    def holds(self, value: object) -> bool:
        """Whether the value was named. Of figures: whether any was; they are said in too many ways."""
        match value:
            case bool() | None:
                return False
            case dict():
                return any(map(self.holds, value.values()))
            case list():
                return any(map(self.holds, value))
            case str() if words := [word for word in _words(value) if not word[0].isdigit()]:
                return all(map(self._names, [word for word in words if len(word) >= _LETTERS_MIN] or words))
            case _:
                return self._number

    def _names(self, word: str) -> bool:
        if not word.isascii() and word in self._text:  # not every script parts its words
            return True
        stem = word[:_STEM_LETTERS]
        return word in self._words or (
            len(stem) == _STEM_LETTERS and any(spoken.startswith(stem) for spoken in self._words)
        )


def _is_said(content: Content) -> bool:
    return content.role != "model" and any(part.text for part in content.parts)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _described(function: FunctionDeclaration) -> str:
    properties = parameters_schema(function)["properties"]
    parameters = properties.items() if isinstance(properties, dict) else ()
    return f"- {function.name}({', '.join(_parameter(*each) for each in parameters)}): {function.description}"


def _parameter(name: str, schema: object) -> str:
    if not isinstance(schema, dict):
        return name
    values = _names(schema.get("enum"))
    described = f"{name}: {schema.get('description') or schema.get('type') or 'anything'}"
    return f"{described} ({'/'.join(values)})" if values else described


def _names(listed: object) -> list[str]:
    return [str(each) for each in listed] if isinstance(listed, list) else []
