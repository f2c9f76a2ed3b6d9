"""When a session is kept for later connections, and what the client is told of it (protocol.md 4.7)."""

from collections import deque
from collections.abc import Callable

from antiphon.config import Resumption
from antiphon.session import messages
from antiphon.session.effects import Effect, Keep, Send
from antiphon.session.snapshot import Snapshot
from antiphon.session.terms import Terms


class Consumed:
    """Which of the client's messages are part of what a snapshot holds; the setup is number 0.

    A message is consumed when the audio up to its end can no longer become part of an utterance.
    """

    def __init__(self) -> None:
        self._received = 0
        self._waiting: deque[tuple[int, int]] = deque()
        self.index = 0
        """The last one consumed."""

    def received(self, position: int) -> None:
        """One more message came; the audio ends at this position now."""
        self._received += 1
        if self._waiting and self._waiting[-1][1] == position:
            self._waiting.pop()
        self._waiting.append((self._received, position))

    def settled(self, position: int) -> None:
        """Nothing is going on, and audio before this position is done with."""
        while self._waiting and self._waiting[0][1] <= position:
            self.index, _ = self._waiting.popleft()


class Keeping:
    """Keeps a session whenever it rests and has changed."""

    def __init__(self, terms: Terms, limits: Resumption) -> None:
        self.on = terms.resumable
        """The client asked for handles."""
        self._transparent = terms.transparent
        self._limits = limits
        self._handle: str | None = None
        self._told_index = 0
        self._told_resumable = False
        self._kept_revision: int | None = None
        self._on_its_way: int | None = None

    def rests(self, revision: int, consumed: int, snapshot: Callable[[], Snapshot]) -> list[Effect]:
        """Between turns: keep what has changed, one snapshot at a time."""
        if self._on_its_way is not None:
            return []
        if revision != self._kept_revision:
            self._kept_revision, self._on_its_way = revision, consumed
            return [Keep(snapshot())]
        if self._handle and self._transparent and consumed - self._told_index >= self._limits.consumed_messages:
            return self._tell(self._handle, consumed)
        return []

    def busy(self) -> list[Effect]:
        """A turn is under way: what is made of it is lost with the connection."""
        if not self._told_resumable:
            return []
        self._told_resumable = False
        return [Send(messages.not_resumable())]

    def kept(self, handle: str | None) -> list[Effect]:
        """The snapshot is safe."""
        consumed, self._on_its_way = self._on_its_way, None
        if handle is None or consumed is None:
            return []
        self._handle = handle
        return self._tell(handle, consumed)

    def _tell(self, handle: str, consumed: int) -> list[Effect]:
        self._told_index = consumed
        self._told_resumable = True
        return [Send(messages.resumable(handle, consumed if self._transparent else None))]
