"""Function calls the client has not answered yet (protocol.md 2.7 and 4.6).

A blocking call holds the conversation up until it is answered; one in the background does not, and
its results come whenever they come. What is over is remembered for a while, because clients answer late.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from antiphon.errors import RemoteProtocolError
from antiphon.wire.content import FunctionCall, FunctionResponse
from antiphon.wire.kinds import bytes_held
from antiphon.wire.tools import Behavior


@dataclass(slots=True)
class Pending:
    """One call on its way."""

    call: FunctionCall
    blocking: bool
    results: list[FunctionResponse] = field(default_factory=list)
    answered: bool = False


class Calls:
    """The calls of one session. `name_call` gives the nth call its id."""

    def __init__(self, name_call: Callable[[int], str], remembered_max: int) -> None:
        self._name_call = name_call
        self._issued = 0
        self._pending: dict[str, Pending] = {}
        self._over: deque[str] = deque(maxlen=remembered_max)

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def blocked(self) -> bool:
        """The model waits for an answer."""
        return any(pending.blocking and not pending.answered for pending in self._pending.values())

    @property
    def background(self) -> tuple[FunctionCall, ...]:
        """The calls that run while the conversation goes on."""
        return tuple(pending.call for pending in self._pending.values() if not pending.blocking)

    def issue(self, calls: Iterable[tuple[FunctionCall, Behavior]]) -> tuple[FunctionCall, ...]:
        """Give calls their ids and wait for their answers."""
        issued = []
        for call, behavior in calls:
            self._issued += 1
            named = replace(call, id=self._name_call(self._issued))
            assert named.id is not None
            self._pending[named.id] = Pending(named, blocking=behavior is Behavior.BLOCKING)
            issued.append(named)
        return tuple(issued)

    def restore(self, calls: Iterable[FunctionCall]) -> None:
        """Wait again for the calls that ran in the background when the session was kept."""
        self._pending |= {call.id: Pending(call, blocking=False) for call in calls if call.id}

    @property
    def size(self) -> int:
        """Memory of the results that wait for others, in bytes."""
        return sum(bytes_held(tuple(pending.results)) for pending in self._pending.values())

    def unclaimed(self, response: FunctionResponse) -> bool:
        """Nothing is waited for, and this does not answer a call that is over."""
        return not self._pending and response.id not in self._over

    def answer(self, response: FunctionResponse, path: str) -> Pending | None:
        """Find the call a response belongs to; None when that was answered or cancelled before.

        An id nobody knows is a mistake: RemoteProtocolError. Without an id the oldest call of that
        name is meant, as on Vertex.
        """
        if response.id in self._over:
            return None
        pending = self._find(response)
        if pending is None:
            raise RemoteProtocolError(f"{path}.id: no call {(response.id or response.name)[:40]!r} is waiting")
        if pending.answered:
            return None
        if pending.blocking:
            pending.results.append(response)
        if not response.will_continue:
            pending.answered = True
            if not pending.blocking:
                self._end(pending)
        return pending

    def take_answered(self) -> list[Pending]:
        """The blocking calls, once all of them are answered."""
        done = [pending for pending in self._pending.values() if pending.blocking]
        for pending in done:
            self._end(pending)
        return done

    def cancel_blocking(self) -> tuple[str, ...]:
        """Forget the blocking calls: the ids the client should not answer any more."""
        cancelled = [pending for pending in self._pending.values() if pending.blocking]
        for pending in cancelled:
            self._end(pending)
        return tuple(pending.call.id or "" for pending in cancelled if not pending.answered)

    def _find(self, response: FunctionResponse) -> Pending | None:
        if response.id:
            return self._pending.get(response.id)
        named = (pending for pending in self._pending.values() if pending.call.name == response.name)
        return next((pending for pending in named if not pending.answered), None)

    def _end(self, pending: Pending) -> None:
        assert pending.call.id is not None
        del self._pending[pending.call.id]
        self._over.append(pending.call.id)
