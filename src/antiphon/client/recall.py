"""What was said so far, as text: told to a connection that does not know it. Pure."""

from collections import deque
from dataclasses import dataclass, replace

from antiphon.wire.content import Content, Part


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what was answered."""

    user: str
    model: str
    reached: int
    """The number of the last message that belongs to it."""
    typed: int = 0
    """The number of the newest message typed for it; 0 when it was only spoken."""

    @property
    def size(self) -> int:
        """Bytes of text, in UTF-8."""
        return len(self.user.encode()) + len(self.model.encode())

    def contents(self) -> tuple[Content, ...]:
        """As turns of a conversation."""
        said = (("user", self.user), ("model", self.model))
        return tuple(Content(role=role, parts=(Part(text=text),)) for role, text in said if text)


class Recall:
    """The exchanges of a session, the oldest left out beyond `bytes_max`; a prefix of them is known to the server."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._exchanges: deque[Exchange] = deque()
        self._known = 0
        self._size = 0

    def add(self, exchange: Exchange) -> None:
        """One more came to its end."""
        self._exchanges.append(exchange)
        self._size += exchange.size
        while self._size > self._bytes_max and len(self._exchanges) > 1:
            self._size -= self._exchanges.popleft().size
            self._known = max(0, self._known - 1)

    def amend(self, user: str, model: str) -> None:
        """More of the words of the last exchange came, behind its end."""
        before = self._exchanges[-1]
        self._exchanges[-1] = replace(before, user=user, model=model)
        self._size += self._exchanges[-1].size - before.size

    def know(self, index: int | None, *, but_last: bool) -> None:
        """The server has kept them, save the last where that is not over, and what was typed behind `index`."""
        over = len(self._exchanges) - but_last
        while self._known < over and (index is None or self._exchanges[self._known].typed <= index):
            self._known += 1

    def know_nothing(self) -> None:
        """It is another session on the server's side."""
        self._known = 0

    def forget_unknown(self) -> None:
        """They will come about again."""
        while len(self._exchanges) > self._known:
            self._size -= self._exchanges.pop().size

    @property
    def reached(self) -> int:
        """The number of the last message that belongs to an exchange the server has kept; 0 without any."""
        return self._exchanges[self._known - 1].reached if self._known else 0

    def all(self) -> tuple[Exchange, ...]:
        """For a server that knows nothing."""
        return tuple(self._exchanges)

    def unknown(self) -> tuple[Exchange, ...]:
        """For a server that has kept what it told us it had."""
        return tuple(self._exchanges)[self._known :]
