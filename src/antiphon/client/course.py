"""The exchange under way: what was asked and answered so far, which functions were called. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from antiphon.wire.content import FunctionCall


@dataclass(frozen=True, slots=True)
class Typed:
    """Something the caller put in writing, in the message of that number."""

    number: int
    text: str


class Words:
    """Words as they come, up to a number of bytes of UTF-8."""

    def __init__(self, bytes_max: int) -> None:
        self._room = bytes_max
        self._parts: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    def add(self, text: str) -> None:
        """More words; what there is no room for is left out, and all that follows."""
        size = len(text.encode())
        if size > self._room:
            text = text.encode()[: self._room].decode(errors="ignore")
            size = self._room
        self._room -= size
        if text:
            self._parts.append(text)

    @property
    def text(self) -> str:
        """All of them."""
        return "".join(self._parts).strip()


@dataclass(slots=True)
class Course:
    """A question and what is answered to it, while they come."""

    user: Words
    model: Words
    later: Words
    """What the user said after the words of the question were complete: of the exchange after this one."""
    interim: str = ""
    understood: bool = False
    """The server said that the words of the question are complete."""
    begun: bool = False
    """Something of the reply came."""
    replied_at: int | None = None
    """The number of the last message that belongs to the question, or of what the caller's functions gave since."""
    recorded: bool = False
    typed: list[Typed] = field(default_factory=list)
    upcoming: list[Typed] = field(default_factory=list)
    """What was typed after the reply began, and belongs to the exchange after this one."""

    @property
    def under_way(self) -> bool:
        """It is not over: no handle that comes now can have been given with it."""
        return bool(self.user or self.interim or self.typed or self.begun)

    @property
    def question(self) -> str:
        """All that the user said and typed."""
        return " ".join(filter(None, [*(typed.text for typed in self.typed), self.user.text or self.interim.strip()]))

    def leave_upcoming(self, first: int) -> None:
        """What was typed from that message on is not of this exchange."""
        self.upcoming = [each for each in self.typed if each.number >= first]
        self.typed = [each for each in self.typed if each.number < first]

    def heard(self, text: str, *, finished: bool) -> None:
        """Words of the user came, which complete an utterance or do not."""
        following = self.begun and self.understood
        (self.later if following else self.user).add(text)
        self.interim = ""
        self.understood = self.understood or finished


@dataclass(slots=True)
class Call:
    """A function the model called."""

    call: FunctionCall
    kept: bool = False
    """A handle was given since: the server knows of it on another connection too."""
    answered: bool = False
    results: set[int] = field(default_factory=set)
    """The numbers of the messages with what it gave."""


def new_course(bytes_max: int, typed: Iterable[Typed] = (), said: str = "") -> Course:
    """Begin one with what belongs to it already; of the words of each side as many bytes are kept."""
    course = Course(Words(bytes_max), Words(bytes_max), Words(bytes_max), typed=list(typed))
    course.user.add(said)
    return course
