import re

from antiphon.engines.contracts import Prompt
from antiphon.engines.function_names import FunctionNames
from antiphon.wire.content import Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.tools import FunctionDeclaration


def prompt(*names: str) -> Prompt:
    parts = (Part(function_call=FunctionCall(name=names[0])), Part(function_response=FunctionResponse(name=names[0])))
    return Prompt("", (Content(parts=parts),), tuple(FunctionDeclaration(name=name) for name in names))


def test_names_it_takes_stay():
    asked = prompt("light", "set_light-2")
    assert FunctionNames(asked).there(asked) is asked


def test_names_it_refuses_go_there_and_come_back():
    asked = prompt("home.light:set", "home_light_set", "x" * 128, "x" * 127 + "y")
    names = FunctionNames(asked)
    sent = [function.name for function in names.there(asked).tools]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in sent)
    assert len(set(sent)) == 4
    assert [names.back(name) for name in sent] == [function.name for function in asked.tools]


def test_what_was_called_before_is_called_the_same():
    asked = prompt("home.light")
    call, result = FunctionNames(asked).there(asked).contents[0].parts
    assert call.function_call.name == result.function_response.name == "home_light"
    assert FunctionNames(asked).back("invented") is None
