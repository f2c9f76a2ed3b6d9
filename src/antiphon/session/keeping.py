"""When a session is kept for later connections, and what the client is told of it (protocol.md 4.7)."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from antiphon.audio.pcm import HEARING
from antiphon.config import Resumption
from antiphon.session import messages
from antiphon.session.effects import Effect, Keep, Send
from antiphon.session.snapshot import Snapshot
from antiphon.session.terms import Terms

STEP = HEARING.rate_hz // 5
"""Audio messages are told apart to this many samples; a client that replays a little more loses nothing."""

STEPS_MAX = 2_000
"""Then they are told apart no more: six minutes of audio while a function runs or somebody speaks."""


@dataclass(slots=True)
class _Step:
    index: int
    begins: int
    ends: int
    typed: bool


class Consumed:
    """Which of the client's messages are part of what a snapshot holds; the setup is number 0.

    Audio is consumed when it can no longer become part of an utterance. What is typed is part of a
    snapshot at once, and nothing before it may be open then.
    """

    def __init__(self) -> None:
        self._received = 0
        self._waiting: deque[_Step] = deque()
        self.index = 0
        """The last one consumed."""

    def received(self, position: int, *, typed: bool) -> None:
        """One more message came; the audio ends at this position now."""
        self._received += 1
        last = self._waiting[-1] if self._waiting else None
        if last and (len(self._waiting) >= STEPS_MAX or (last.typed == typed and position - last.begins < STEP)):
            last.index, last.ends, last.typed = self._received, position, last.typed or typed
        else:
            self._waiting.append(_Step(self._received, position, position, typed))

    @property
    def complete(self) -> bool:
        """Nothing typed is ahead of what was heard: a snapshot would hold what the index says, and no more."""
        return not any(step.typed for step in self._waiting)

    def settled(self, safe: int, heard: int) -> None:
        """Nothing is going on: audio before `safe` is done with, and up to `heard` nobody was found speaking."""
        typed = [number for number, step in enumerate(self._waiting, 1) if step.typed and step.ends <= heard]
        for _ in range(typed[-1] if typed else 0):
            self.index = self._waiting.popleft().index
        while self._waiting and self._waiting[0].ends <= safe:
            self.index = self._waiting.popleft().index


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
        if self._handle is None:
            return []
        many = self._transparent and consumed - self._told_index >= self._limits.consumed_messages
        return self._tell(self._handle, consumed) if many or not self._told_resumable else []

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
