"""What the end of a connection means for the session: the failures of protocol.md section 5, as a table.

Close codes alone do not tell (1008 is a lost handle, a goAway that was ignored, or a key that is not known), so
the reasons servers give are looked at too. They are cut at 123 bytes, which is why single words are looked for.
"""

import re
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from antiphon.client.connection import LOST
from antiphon.errors import AntiphonError, CloseCode, ConnectionClosed, ConnectionRefused, NoAnswer, Step


class Verdict(Enum):
    """What to do next."""

    RECONNECT = "try again, resuming the session where there is a handle"
    FRESH = "the handle is gone: begin a new session and tell it what was said"
    RENEW = "have the credentials renewed, once, and try again"
    END = "the server has ended the session in good order"
    STOP = "trying again would not help"


class When(Enum):
    """How far the session had come."""

    FIRST = "the first connection is being opened"
    AGAIN = "another one is being opened, without a handle"
    RESUMING = "another one is being opened, with a handle"
    OPEN = "the connection was open"


@dataclass(frozen=True, slots=True)
class Rule:
    """Close codes and a pattern in the reason that lead to a verdict."""

    codes: frozenset[int]
    reason: re.Pattern[str]
    verdict: Verdict


def _rule(codes: set[int], reason: str, verdict: Verdict) -> Rule:
    return Rule(frozenset(codes), re.compile(reason, re.IGNORECASE), verdict)


RULES = (
    _rule({1008}, r"session not found", Verdict.FRESH),
    _rule({1008}, r"another connection", Verdict.STOP),  # it would take the session back, and so on for ever
    _rule({1008}, r"abort|goaway|go away|deadline", Verdict.RECONNECT),
    _rule({1007, 1008, 1011}, r"quota|exhausted|maximum concurrent|credits|billing", Verdict.STOP),
    _rule({1007, 1008}, r"api key|api_key|unregistered|location is not supported|permission", Verdict.STOP),
    _rule({1000}, r"", Verdict.END),
    _rule({1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015}, r"", Verdict.RECONNECT),
)
"""The first that fits counts; what none fits is of no use to repeat."""

_LATER = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_NOT_THERE = {Step.NAME, Step.REACH}


def judge(error: AntiphonError, when: When) -> Verdict:
    """Say what an error calls for at this when of a session."""
    match error:
        case ConnectionRefused():
            return _refused(error, when)
        case ConnectionClosed():
            return _closed(error, when)
        case NoAnswer():
            return Verdict.STOP if when is When.FIRST else Verdict.RECONNECT
        case _:
            return Verdict.STOP


def _refused(error: ConnectionRefused, when: When) -> Verdict:
    if error.code == HTTPStatus.UNAUTHORIZED:
        return Verdict.RENEW
    if error.code != LOST:
        return Verdict.RECONNECT if error.code in _LATER else Verdict.STOP
    if error.step is Step.CERTIFICATE or (error.step is Step.TLS and when is When.FIRST):
        return Verdict.STOP
    # A server that was there a moment ago will come back; one that never was has probably not been started.
    return Verdict.STOP if when is When.FIRST and error.step in _NOT_THERE else Verdict.RECONNECT


def _closed(error: ConnectionClosed, when: When) -> Verdict:
    found = next(
        (rule.verdict for rule in RULES if error.code in rule.codes and rule.reason.search(error.reason)), None
    )
    if found is Verdict.FRESH and when is not When.RESUMING:
        return Verdict.STOP
    if found is Verdict.END and when is not When.OPEN:
        return Verdict.STOP
    if found is None and when is When.RESUMING and error.code in {CloseCode.INVALID_ARGUMENT, CloseCode.POLICY}:
        return Verdict.FRESH  # the same setup was good before: it is the handle that is not
    return found or Verdict.STOP
