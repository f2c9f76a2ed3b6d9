"""Function calls the client has not answered yet (protocol.md 2.7 and 4.6).

A blocking call holds the conversation up until it is answered; one in the background does not, and
its results come whenever they come. What is over is remembered for a while, because clients answer late.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from antiphon.config import Limits
from antiphon.errors import RemoteProtocolError
from antiphon.session import messages
from antiphon.session.effects import ClearTimer, Effect, Send, SetTimer
from antiphon.session.events import Timer
from antiphon.wire.content import Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.kinds import bytes_held
from antiphon.wire.server import TurnCompleteReason
from antiphon.wire.tools import Behavior

ROUNDS_MAX = 16
"""Calls, answers and calls again for one question; then the model is taken to be going in circles."""


@dataclass(slots=True)
class Pending:
    """One call on its way."""

    call: FunctionCall
    blocking: bool
    results: list[FunctionResponse] = field(default_factory=list)
    answered: bool = False


class Calls:
    """The calls of one session. `name_call` gives the nth call its id."""

    def __init__(self, name_call: Callable[[int], str], limits: Limits) -> None:
        self._name_call = name_call
        self._limits = limits
        self._issued = 0
        self._rounds = 0
        self._held_up = False
        self._resumed = False
        self._pending: dict[str, Pending] = {}
        self._over: deque[str] = deque(maxlen=limits.calls_remembered_max)

    @property
    def blocked(self) -> bool:
        """The model waits for an answer."""
        return any(pending.blocking and not pending.answered for pending in self._pending.values())

    @property
    def background(self) -> tuple[FunctionCall, ...]:
        """The calls that run while the conversation goes on."""
        return tuple(pending.call for pending in self._pending.values() if not pending.blocking)

    @property
    def size(self) -> int:
        """Memory of the results that wait for others, in bytes."""
        return sum(bytes_held(tuple(pending.results)) for pending in self._pending.values())

    def new_question(self) -> None:
        """The user asks something: the model may call as often as it likes again."""
        self._rounds = 0

    def issue(
        self, wanted: Iterable[FunctionCall], behavior_of: Callable[[str], Behavior | None]
    ) -> tuple[FunctionCall, ...] | TurnCompleteReason:
        """Give calls their ids and wait for their answers; or the reason why they cannot be made."""
        behaviors = [(call, behavior_of(call.name)) for call in wanted]
        known = [(call, behavior) for call, behavior in behaviors if behavior is not None]
        if not known:
            return TurnCompleteReason.MALFORMED_FUNCTION_CALL
        self._rounds += 1
        if self._rounds > ROUNDS_MAX or len(self._pending) + len(known) > self._limits.calls_max:
            return TurnCompleteReason.MAX_REGENERATION_REACHED
        return tuple(self._issue(call, behavior) for call, behavior in known)

    def restore(self, calls: Iterable[FunctionCall]) -> None:
        """Wait again for the calls that ran in the background when the session was kept.

        Others were lost with the former connection, and their answers come late.
        """
        self._resumed = True
        self._pending |= {call.id: Pending(call, blocking=False) for call in calls if call.id}

    def answer(self, responses: Iterable[FunctionResponse]) -> list[FunctionResponse]:
        """Take answers; gives those that are news by themselves: of calls in the background, or that nobody made.

        Without an id the oldest call of that name is meant, as on Vertex. Late answers are ignored.
        An id nobody knows while others are awaited is a mistake: RemoteProtocolError.
        """
        news = []
        for index, response in enumerate(responses):
            pending = self._find(response)
            if response.id in self._over or (self._resumed and response.id and pending is None):
                continue
            if pending is None and self._pending:
                called = (response.id or response.name)[:40]
                raise RemoteProtocolError(
                    f"tool_response.function_responses[{index}].id: no call {called!r} is waiting"
                )
            if pending is None or (not pending.blocking and _says_something(response)):
                news.append(response)
            if pending is not None and not pending.answered:
                self._take(pending, response)
        return news

    def take_exchange(self) -> tuple[Content, ...]:
        """The calls that blocked and their results, as the model reads them, once all are answered."""
        done = [pending for pending in self._pending.values() if pending.blocking]
        if self.blocked or not done:
            return ()
        for pending in done:
            self._end(pending)
        calls = tuple(Part(function_call=pending.call) for pending in done)
        results = tuple(Part(function_response=result) for pending in done for result in pending.results)
        return Content(role="model", parts=calls), Content(role="user", parts=results)

    def cancel_blocking(self) -> list[Effect]:
        """Forget the blocking calls, and tell the client which are not to be answered any more."""
        cancelled = [pending for pending in self._pending.values() if pending.blocking]
        for pending in cancelled:
            self._end(pending)
        ids = tuple(pending.call.id or "" for pending in cancelled if not pending.answered)
        return [ClearTimer(Timer.CALLS), Send(messages.tool_call_cancellation(ids))] if ids else []

    def hold_up(self, now: float) -> list[Effect]:
        """A user has asked something while the client's functions run: his patience is limited."""
        if self._held_up:
            return []
        self._held_up = True
        return [SetTimer(Timer.CALLS, now + self._limits.call_wait_s)]

    def _issue(self, call: FunctionCall, behavior: Behavior) -> FunctionCall:
        self._issued += 1
        id = self._name_call(self._issued)
        named = replace(call, id=id)
        self._pending[id] = Pending(named, blocking=behavior is Behavior.BLOCKING)
        return named

    def _find(self, response: FunctionResponse) -> Pending | None:
        if response.id:
            return self._pending.get(response.id)
        named = (pending for pending in self._pending.values() if pending.call.name == response.name)
        return next((pending for pending in named if not pending.answered), None)

    def _take(self, pending: Pending, response: FunctionResponse) -> None:
        if pending.blocking:
            pending.results.append(response)
        if response.will_continue:
            return
        pending.answered = True
        if not pending.blocking:
            self._end(pending)

    def _end(self, pending: Pending) -> None:
        assert pending.call.id is not None
        del self._pending[pending.call.id]
        self._over.append(pending.call.id)
        self._held_up = self._held_up and self.blocked


def _says_something(response: FunctionResponse) -> bool:
    """An empty last answer only ends a generator (protocol.md 2.7)."""
    return bool(response.response or response.parts or response.will_continue is not False)
