"""The failures of protocol.md section 5, each with the reason the vendor gives, cut where it is cut."""

import pytest

from antiphon.client.verdict import Verdict, When, judge
from antiphon.errors import AntiphonError, ConnectionClosed, ConnectionRefused, NoAnswer, SettingsError, Step

CLOSES = [
    (1008, "Method doesn't allow unregistered callers (callers without established identity). Pleas", Verdict.STOP),
    (1007, "API key not valid. Please pass a valid API key.", Verdict.STOP),
    (1007, "API key expired. Please renew the API key.", Verdict.STOP),
    (1007, "User location is not supported for the API us", Verdict.STOP),
    (1008, "models/X is not found for API version v1beta, or is not supported for", Verdict.STOP),
    (1008, "Publisher Model `projects/p/locations/l/publishers/google/models/x` ", Verdict.STOP),
    (1007, "gemini-2.0-flash-live is not supported in the live api.", Verdict.STOP),
    (1007, 'Invalid JSON payload received. Unknown name "x" at \'setup\': Cannot find field.', Verdict.STOP),
    (1007, "Request contains an invalid argument.", Verdict.STOP),
    (1007, "Cannot extract voices from a non-audio request.", Verdict.STOP),
    (1008, "Operation is not implemented, or supported, or enabled.", Verdict.STOP),
    (1008, "Requested entity was not found.", Verdict.STOP),
    (1008, "The operation was aborted.", Verdict.RECONNECT),
    (1008, "Connection aborted because the client failed to close it after a GoAway signal", Verdict.RECONNECT),
    (1011, "Deadline expired before operation could complete.", Verdict.RECONNECT),
    (1011, "RPC::DEADLINE_EXCEEDED", Verdict.RECONNECT),
    (1011, "Resource has been exhausted: RESOURCE_EXHAUSTED: Maximum concurrent se", Verdict.STOP),
    (1011, "You exceeded your current quota, please check your plan and billing details.", Verdict.STOP),
    (1011, "The service is currently unavailable.", Verdict.RECONNECT),
    (1011, "The model is overloaded. You are mos", Verdict.RECONNECT),
    (1011, "Internal error encountered.", Verdict.RECONNECT),
    (1006, "the connection was lost", Verdict.RECONNECT),
    (1001, "", Verdict.RECONNECT),
    (1012, "", Verdict.RECONNECT),
    (1013, "too busy", Verdict.RECONNECT),
    (1000, "", Verdict.END),
    (1009, "message too big", Verdict.STOP),
    (1003, "text only", Verdict.STOP),
    (1008, "The operation was aborted: another connection resumed this session.", Verdict.STOP),
]  # fmt: skip


@pytest.mark.parametrize(("code", "reason", "verdict"), CLOSES)
def test_the_close_of_an_open_connection(code: int, reason: str, verdict: Verdict) -> None:
    assert judge(ConnectionClosed(code, reason), When.OPEN) is verdict


NOT_FOUND = ConnectionClosed(1008, "BidiGenerateContent session not found")


@pytest.mark.parametrize(
    ("when", "verdict"),
    [
        (When.RESUMING, Verdict.FRESH),
        (When.FIRST, Verdict.STOP),
        (When.AGAIN, Verdict.STOP),
        (When.OPEN, Verdict.STOP),
    ],
)
def test_a_handle_that_is_gone(when: When, verdict: Verdict) -> None:
    assert judge(NOT_FOUND, when) is verdict


@pytest.mark.parametrize("code", [1007, 1008])
def test_a_setup_that_was_good_before_is_good_without_the_handle(code: int) -> None:
    error = ConnectionClosed(code, "Request contains an invalid argument.")
    assert judge(error, When.RESUMING) is Verdict.FRESH
    assert judge(error, When.AGAIN) is Verdict.STOP
    assert judge(ConnectionClosed(code, "API key not valid."), When.RESUMING) is Verdict.STOP


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(401, Verdict.RENEW), (403, Verdict.STOP), (404, Verdict.STOP), (301, Verdict.STOP), (400, Verdict.STOP),
     (429, Verdict.RECONNECT), (500, Verdict.RECONNECT), (502, Verdict.RECONNECT), (503, Verdict.RECONNECT)],
)  # fmt: skip
@pytest.mark.parametrize("when", [When.FIRST, When.RESUMING])
def test_an_http_status(status: int, verdict: Verdict, when: When) -> None:
    assert judge(ConnectionRefused(status, f"HTTP {status}"), when) is verdict


@pytest.mark.parametrize(
    ("step", "first", "later"),
    [
        (Step.NAME, Verdict.STOP, Verdict.RECONNECT),
        (Step.REACH, Verdict.STOP, Verdict.RECONNECT),
        (Step.CERTIFICATE, Verdict.STOP, Verdict.STOP),
        (Step.TLS, Verdict.STOP, Verdict.RECONNECT),
        (Step.UPGRADE, Verdict.RECONNECT, Verdict.RECONNECT),
    ],
)
def test_a_server_that_cannot_be_reached(step: Step, first: Verdict, later: Verdict) -> None:
    error = ConnectionRefused(1006, "cannot be reached", step)
    assert judge(error, When.FIRST) is first
    assert judge(error, When.RESUMING) is later


@pytest.mark.parametrize(
    ("error", "first", "later"),
    [
        (NoAnswer("nothing within 20 s"), Verdict.STOP, Verdict.RECONNECT),
        (SettingsError("no credentials"), Verdict.STOP, Verdict.STOP),
    ],
)
def test_what_is_no_close(error: AntiphonError, first: Verdict, later: Verdict) -> None:
    assert judge(error, When.FIRST) is first
    assert judge(error, When.RESUMING) is later
