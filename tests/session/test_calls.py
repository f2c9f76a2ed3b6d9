import pytest

from antiphon.config import load_settings
from antiphon.errors import RemoteProtocolError
from antiphon.session.calls import Calls
from antiphon.wire.content import FunctionCall, FunctionResponse
from antiphon.wire.server import TurnCompleteReason
from antiphon.wire.tools import Behavior

BEHAVIORS = {"wait": Behavior.BLOCKING, "run": Behavior.NON_BLOCKING}


def calls(**limits: int) -> Calls:
    return Calls(lambda number: f"call-{number}", load_settings(limits=limits).limits)


def issue(ledger: Calls, *names: str) -> object:
    return ledger.issue([FunctionCall(name=name) for name in names], BEHAVIORS.get)


def answer(id: str, **members: object) -> FunctionResponse:
    return FunctionResponse(id=id, name="wait", response={"output": 1}, **members)


def test_only_blocking_calls_block():
    ledger = calls()
    assert [call.id for call in issue(ledger, "wait", "run")] == ["call-1", "call-2"]
    assert ledger.blocked
    assert [call.name for call in ledger.background] == ["run"]
    assert ledger.answer([answer("call-1")]) == []
    assert not ledger.blocked
    assert [content.role for content in ledger.take_exchange()] == ["model", "user"]
    assert ledger.take_exchange() == ()


def test_what_was_not_declared_is_not_called():
    ledger = calls()
    assert issue(ledger, "nobody") is TurnCompleteReason.MALFORMED_FUNCTION_CALL
    assert [call.name for call in issue(ledger, "nobody", "run")] == ["run"]


def test_there_are_limits():
    ledger = calls(calls_max=2)
    assert issue(ledger, "run", "run", "run") is TurnCompleteReason.MAX_REGENERATION_REACHED
    issue(ledger, "run", "run")
    assert issue(ledger, "run") is TurnCompleteReason.MAX_REGENERATION_REACHED


def test_a_new_question_may_call_again():
    ledger = calls()
    for _ in range(16):
        issue(ledger, "wait")
        ledger.cancel_blocking()
    assert issue(ledger, "wait") is TurnCompleteReason.MAX_REGENERATION_REACHED
    ledger.new_question()
    assert len(issue(ledger, "wait")) == 1


@pytest.mark.requirement("tools.late")
def test_late_answers_are_remembered_for_a_while():
    ledger = calls(calls_remembered_max=1)
    issue(ledger, "wait", "run")
    ledger.cancel_blocking()
    assert ledger.answer([answer("call-1")]) == []
    assert len(ledger.answer([answer("call-2")])) == 1
    assert len(ledger.answer([answer("call-1")])) == 1, "by now it is nobody's, and nothing else is waited for"


@pytest.mark.requirement("tools.generators")
def test_an_empty_last_answer_only_ends_a_generator():
    ledger = calls()
    issue(ledger, "run")
    assert ledger.answer([FunctionResponse(id="call-1", will_continue=False)]) == []
    assert ledger.background == ()


@pytest.mark.requirement("tools.unknown_id")
def test_the_index_of_a_wrong_answer_is_named():
    ledger = calls()
    issue(ledger, "wait", "wait")
    with pytest.raises(RemoteProtocolError, match=r"function_responses\[1\]\.id: no call 'x' is waiting"):
        ledger.answer([answer("call-1"), answer("x")])


def test_results_that_wait_count_as_memory():
    ledger = calls()
    issue(ledger, "wait")
    assert ledger.size < 100
    ledger.answer([FunctionResponse(id="call-1", response={"output": "x" * 1_000}, will_continue=True)])
    assert ledger.size > 1_000
