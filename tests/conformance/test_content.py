import pytest

from antiphon.engines.chat import result_of
from antiphon.session.effects import StartReply
from antiphon.wire.content import FunctionResponse
from tests.session.script import SPOKEN, Script

SEEDED = [
    {"role": "user", "parts": [{"text": "light, please"}]},
    {"role": "model", "parts": [{"functionCall": {"name": "light", "args": {"on": True}}}]},
    {"role": "user", "parts": [{"functionResponse": {"name": "light", "response": {"output": "on"}}}]},
]


@pytest.mark.requirement("content.function_parts")
def test_functions_in_seeded_turns():
    script = Script(SPOKEN)
    script.client(clientContent={"turns": SEEDED, "turnComplete": True})
    _, called, returned = script.last(StartReply).brief.contents
    assert called.parts[0].function_call.args == {"on": True}
    assert returned.parts[0].function_response.response == {"output": "on"}


@pytest.mark.requirement("tools.output_error")
@pytest.mark.parametrize(
    ("response", "result"),
    [
        ({"output": "on"}, "on"),
        ({"error": "broken"}, {"error": "broken"}),
        ({"degrees": 21}, {"degrees": 21}),
        (None, {}),
    ],
)
def test_what_a_function_gave(response, result):
    assert result_of(FunctionResponse(name="f", response=response)) == result
