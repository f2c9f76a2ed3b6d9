"""Messages on their way to the socket: ordered, bounded, purgeable by turn.

`interrupted` must overtake the audio of its turn but nothing else, hence a queue that can be purged
and not a priority queue.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from antiphon.errors import CloseCode
from antiphon.runtime.gate import Gate
from antiphon.session.effects import Send
from antiphon.session.events import TurnId
from antiphon.wire.server import ServerMessage


@dataclass(frozen=True, slots=True)
class Farewell:
    """The last thing taken from an outbox: how to close the socket."""

    code: CloseCode
    reason: str


class Outbox:
    """Filled by the conductor without waiting, drained by the connection's writer."""

    def __init__(self, messages_high: int, messages_max: int, reached: Callable[[TurnId], Awaitable[None]]) -> None:
        """`reached` is told of each turn once, when the first of it is taken."""
        self._messages_max = messages_max
        self._reached = reached
        self._latest: TurnId | None = None
        self._waiting: deque[Send] = deque()
        self._farewell: Farewell | None = None
        self._readable = asyncio.Event()
        self.room = Gate(high=messages_high, low=messages_high // 2)
        """Open while a reply may go on."""

    def put(self, send: Send) -> None:
        """Append a message; when too many wait already, drop it and give the connection up."""
        if len(self._waiting) >= self._messages_max:
            self.close(CloseCode.TRY_AGAIN_LATER, f"{self._messages_max} messages wait: the client does not read")
            return
        self._waiting.append(send)
        self._changed()

    def purge(self, turn: TurnId) -> None:
        """Throw away what of a turn has not left yet."""
        self._waiting = deque(send for send in self._waiting if send.turn != turn)
        self._changed()

    def close(self, code: CloseCode, reason: str) -> None:
        """Close after what is waiting. The first reason stands."""
        self._farewell = self._farewell or Farewell(code, reason)
        self._changed()

    async def take(self) -> ServerMessage | Farewell:
        """The next message, waiting for one; the farewell after the last."""
        while not self._waiting:
            if self._farewell is not None:
                return self._farewell
            await self._readable.wait()  # what it woke up for may have been purged before it runs
        send = self._waiting.popleft()
        self._changed()
        if send.turn is not None and send.turn != self._latest:
            self._latest = send.turn
            await self._reached(send.turn)
        return send.message

    def _changed(self) -> None:
        self.room.level(len(self._waiting))
        if self._waiting or self._farewell:
            self._readable.set()
        else:
            self._readable.clear()
