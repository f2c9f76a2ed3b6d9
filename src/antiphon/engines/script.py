"""What the scripted LLM answers: a pure function of the prompt, promised in `scripted`."""

import json
import re
from collections.abc import Iterator
from itertools import islice, takewhile

from antiphon.engines.chat import compact_json, result_of
from antiphon.engines.contracts import LlmOutput, Prompt, TextDelta, ThoughtDelta
from antiphon.errors import EngineFailed
from antiphon.wire.content import Content, FunctionCall
from antiphon.wire.kinds import JsonObject

_COUNT_MAX = 1_000
_COUNT = re.compile(r"\bcount to (\d{1,9})\b", re.IGNORECASE)
_FAIL = re.compile(r"\bfail\b", re.IGNORECASE)
_SILENCE = re.compile(r"\bsilence\b", re.IGNORECASE)
_THINK = re.compile(r"\bthink\b", re.IGNORECASE)
_SAY = re.compile(r"\bsay (.+?),? then call\b", re.IGNORECASE)
_CALL = re.compile(r"\bcall ([\w.:-]*\w)(?: with (.+?))?(?=,? (?:and|then) call |[.!?]?$)", re.IGNORECASE)
_ARGUMENT = re.compile(r"(\w+)=(.*?)(?=, *\w+=|$)")


def outputs(prompt: Prompt, words_max: int | None = None) -> Iterator[LlmOutput]:
    """The answer: a thought, then at most `words_max` words, then calls. Raises EngineFailed when told to fail."""
    last = prompt.contents[-1] if prompt.contents else Content()
    if returned := _returned(last):
        yield from _spoken(returned, words_max)
        return
    asked = _asked(prompt.contents)
    if _THINK.search(asked):
        yield ThoughtDelta(f"Thinking about: {asked}")
    calls = [call for call in _calls(asked) if call.name in {tool.name for tool in prompt.tools}]
    yield from _spoken(_said_before(asked) if calls else _answer(asked, _pictures(prompt.contents)), words_max)
    if _FAIL.search(asked):
        raise EngineFailed("scripted LLM: told to fail")
    yield from calls


def _spoken(text: str, words_max: int | None) -> Iterator[TextDelta]:
    return map(TextDelta, islice(re.findall(r"\S+\s*", text), words_max))


def _returned(last: Content) -> str:
    """What functions gave, or that they are running, when that is the last thing that happened."""
    responses = [part.function_response for part in last.parts if part.function_response]
    if responses:
        return " ".join(f"{response.name} returned {_plain(result_of(response))}." for response in responses)
    calls = [part.function_call for part in last.parts if part.function_call]
    return " ".join(f"{call.name} is running." for call in calls)


def _plain(result: object) -> str:
    return result if isinstance(result, str) else compact_json(result)


def _asked(contents: tuple[Content, ...]) -> str:
    """The text of the last content the user said."""
    for content in reversed(contents):
        if content.role != "model":
            return " ".join(part.text for part in content.parts if part.text)
    return ""


def _pictures(contents: tuple[Content, ...]) -> int:
    """How many the user has shown since the model last spoke."""
    shown = takewhile(lambda content: content.role != "model", reversed(contents))
    media = [part.inline_data or part.file_data for content in shown for part in content.parts]
    return sum(1 for each in media if each and each.mime_type.lower().startswith("image/"))


def _calls(asked: str) -> list[FunctionCall]:
    return [FunctionCall(name=found[1], args=_arguments(found[2] or "")) for found in _CALL.finditer(asked)]


def _arguments(written: str) -> JsonObject:
    return {name: _value(value.strip()) for name, value in _ARGUMENT.findall(written)}


def _value(written: str) -> object:
    """JSON where it is some, else the text itself."""
    try:
        return json.loads(written)
    except ValueError:
        return written


def _said_before(asked: str) -> str:
    said = _SAY.search(asked)
    return f"{said[1]}." if said else ""


def _answer(asked: str, pictures: int) -> str:
    if _SILENCE.search(asked):
        return ""
    if _FAIL.search(asked):
        return "This will"
    if count := _COUNT.search(asked):
        return ", ".join(str(number) for number in range(1, min(int(count[1]), _COUNT_MAX) + 1)) + "."
    shown = f"You showed {pictures} picture{'s' if pictures > 1 else ''}." if pictures else ""
    if shown and not asked:
        return shown
    said = f"You said: {asked}" if asked.endswith((".", "!", "?")) else f"You said: {asked}."
    return f"{said} {shown}" if shown else said
