"""How a session goes on after its connection: what the server has kept, and what it must be told again. Pure.

A handle leads to what the server knew when it gave it. In transparent mode it says to which of our messages that
reaches. Elsewhere it follows a turn, and the question of that turn was complete when its answer began: what was sent
before that is known, what was sent later may not be, and is sent again (protocol.md 4.7).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from antiphon.client.events import (
    Continuation,
    Event,
    Generated,
    Heard,
    HearingSoFar,
    Interrupted,
    Said,
    Sound,
    Thought,
    ToolCalled,
    ToolCallsCancelled,
    TurnEnded,
    UserActivity,
    Wrote,
)
from antiphon.client.journal import Journal
from antiphon.client.recall import Exchange, Recall
from antiphon.client.speech import Speech
from antiphon.wire.content import Content, FunctionCall
from antiphon.wire.server import SessionResumptionUpdate

_TOLD_INDEX = 1
"""What was said before is told to a connection behind its setup, which is number 0."""


@dataclass(frozen=True, slots=True)
class _Typed:
    number: int
    text: str


class _Words:
    """Words as they come, up to a number of characters."""

    def __init__(self, length_max: int) -> None:
        self._room = length_max
        self._parts: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._parts)

    def add(self, text: str) -> None:
        """More words; what there is no room for is left out."""
        if part := text[: self._room]:
            self._parts.append(part)
            self._room -= len(part)

    @property
    def text(self) -> str:
        """All of them."""
        return "".join(self._parts).strip()


@dataclass(slots=True)
class _Course:
    """The exchange under way."""

    user: _Words
    model: _Words
    interim: str = ""
    begun: bool = False
    """Something of the reply came."""
    replied_at: int | None = None
    """The number of the last message that belongs to the question, or of what the caller's functions gave since."""
    recorded: bool = False
    typed: list[_Typed] = field(default_factory=list)
    upcoming: list[_Typed] = field(default_factory=list)
    """What was typed after the reply began, and belongs to the exchange after this one."""

    @property
    def under_way(self) -> bool:
        """It is not over: no handle that comes now can have been given with it."""
        return bool(self.user or self.interim or self.typed or self.begun)

    @property
    def question(self) -> str:
        """All that the user said and typed."""
        return " ".join(filter(None, [*(typed.text for typed in self.typed), self.user.text or self.interim.strip()]))


@dataclass(slots=True)
class _Call:
    call: FunctionCall
    kept: bool = False
    """A handle was given since: the server knows of it on another connection too."""
    answered: bool = False
    results: set[int] = field(default_factory=set)
    """The numbers of the messages with what it gave."""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What another connection begins with."""

    told: tuple[Content, ...]
    """What was said and the server does not know."""
    replayed_s: float
    reply_lost: bool
    turn_over: bool
    """A reply was complete; that its turn ended was lost with the connection, and will not be said again."""
    calls_lost: tuple[str, ...]


class Continuity:
    """Follows a session's events and knows at each moment how it could go on elsewhere."""

    def __init__(
        self, journal: Journal, speech: Speech, recalled_bytes_max: int, background: Collection[str] = ()
    ) -> None:
        self._journal = journal
        self._speech = speech
        self._words_max = recalled_bytes_max
        self._recall = Recall(recalled_bytes_max)
        self._background = set(background)
        self._course = self._new_course()
        self._calls: dict[str, _Call] = {}
        self._spent: set[int] = set()
        """The numbers of messages with results that exchanges are told without."""
        self._resumable = False
        self._tells_activity = False
        """The server says when the user began and finished speaking."""
        self._finished = 0
        """The number of the last message with speech that is not answered yet, by what the server says."""
        self._told = False
        """This connection was told what was said, and has not kept it yet."""
        self._turned = False
        """A turn has ended on this connection."""
        self.handle: str | None = None
        """The newest one; None before the first."""

    @property
    def at_rest(self) -> bool:
        """Another connection could take over, and would have nothing to do again."""
        return self._resumable and not (self._course.under_way or self._blocked)

    def typed(self, text: str, number: int) -> None:
        """The caller put something in writing, in the message of that number."""
        course = self._course
        (course.upcoming if course.begun else course.typed).append(_Typed(number, text))

    def happened(self, event: Event) -> None:
        """Take one event, in order."""
        match event:
            case Heard(text):
                self._course.user.add(text)
                self._course.interim = ""
                self._speech.heard(self._journal.sent)
                self._amend()
            case HearingSoFar(text):
                self._course.interim = text
            case Said(text) | Wrote(text):
                self._replies(text)
                self._amend()
            case Sound() | Thought():
                self._replies()
            case ToolCalled() | ToolCallsCancelled():
                self._calls_change(event)
            case UserActivity(speaking, offset_s):
                self._tells_activity = True
                if not speaking and offset_s is not None:
                    self._finished = self._journal.number_at(offset_s)
            case Generated():
                self._record()
            case Interrupted() | TurnEnded():
                self._turned = self._turned or isinstance(event, TurnEnded)
                self._ends()
            case _:
                pass

    def updated(self, update: SessionResumptionUpdate) -> None:
        """The server told how it could be resumed, or that it could not be now."""
        self._resumable = bool(update.new_handle)
        index = update.last_consumed_client_message_index
        if not update.new_handle or (self._told and not (self._turned if index is None else index >= _TOLD_INDEX)):
            return  # one given before the server had heard what it was told leads to less than the one we have
        self.handle = update.new_handle
        self._told = False
        number = None if index is None else self._journal.number_of(index)
        # The server writes a handle down before it gives it: one that comes now may be older than what is going on.
        self._recall.know(number, but_last=self._course.recorded)
        settled = self._recall.reached if number is None else number
        self._journal.settle(settled)
        self._spent = {each for each in self._spent if each > settled}
        for call in self._calls.values():
            call.kept = call.kept or not self._course.under_way

    def is_open(self, call: FunctionCall) -> bool:
        """Somebody still waits for the answer to this call."""
        known = self._calls.get(str(call.id))
        return known is not None and known.call is call and not known.answered

    def answered(self, call: FunctionCall, number: int, *, more: bool) -> None:
        """The caller answered a call, in the message of that number; `more` answers follow."""
        known = self._calls[str(call.id)]
        known.results.add(number)
        known.answered = not more
        if not self._blocked:
            self._course.replied_at = None  # what the model says now has heard of the result

    def goes_on(self, how: Continuation, *, tells_late: bool) -> GoingOn:
        """Another connection was opened: say what it begins with, and make the journal ready to be sent again.

        `tells_late` says that a resumed session can be told what was said, too.
        """
        fresh = how is Continuation.FRESH
        exchanges = self._recall.all() if fresh else self._recall.unknown()
        if fresh or (tells_late and all(exchange.user for exchange in exchanges)):
            self._journal.settle(max((exchange.reached for exchange in exchanges), default=0))
        else:  # without the words of a question only its sound can tell the server what was asked
            self._recall.forget_unknown()
            exchanges = ()
        complete = self._course.recorded and bool(exchanges)
        lost = {id: call for id, call in self._calls.items() if fresh or not call.kept}
        useless = self._spent.union(*(call.results for call in lost.values()))
        going_on = GoingOn(
            told=tuple(content for exchange in exchanges for content in exchange.contents()),
            replayed_s=self._journal.rewind(useless),
            reply_lost=self._course.begun and not complete,
            turn_over=complete,
            calls_lost=tuple(lost),
        )
        self._calls = {id: call for id, call in self._calls.items() if id not in lost}
        typed = [*self._course.typed, *self._course.upcoming]
        self._course = self._new_course([each for each in typed if each.number > self._journal.sent])
        self._resumable = self._turned = False
        self._finished = 0
        self._told = bool(going_on.told)
        if fresh:
            self.handle = None
            self._recall.know_nothing()
        return going_on

    @property
    def _blocked(self) -> bool:
        return any(not call.answered and call.call.name not in self._background for call in self._calls.values())

    def _calls_change(self, event: ToolCalled | ToolCallsCancelled) -> None:
        match event:
            case ToolCalled(call):
                self._replies()
                self._calls[str(call.id)] = _Call(call)
            case ToolCallsCancelled(ids):
                for id in ids:
                    self._calls.pop(id, None)

    def _new_course(self, typed: Iterable[_Typed] = ()) -> _Course:
        return _Course(_Words(self._words_max), _Words(self._words_max), typed=list(typed))

    def _replies(self, text: str = "") -> None:
        course = self._course
        course.begun = True
        course.model.add(text)
        if course.replied_at is None:
            course.replied_at = self._question_ends()
            self._finished = 0

    def _question_ends(self) -> int:
        """Give the number of the last message that what is said from now on can be about.

        By what the server says where it does, else by the loudness of what was sent.
        """
        numbers = [self._finished, *(typed.number for typed in self._course.typed)]
        numbers += [number for call in self._calls.values() for number in call.results]
        if self._tells_activity and any(numbers):
            return max(numbers)
        further = self._speech.further
        return self._journal.sent if further is None else min(self._journal.sent, further - 1)

    def _amend(self) -> None:
        """Words may come after the reply was complete, before its turn ends (protocol.md 4.2)."""
        if self._course.recorded:
            self._recall.amend(self._course.question, self._course.model.text)

    def _ends(self) -> None:
        """The turn is over; one that called functions goes on with what the model makes of their results."""
        course = self._course
        if course.begun and course.replied_at is not None and not self._blocked:
            self._record()
            self._course = self._new_course(self._course.upcoming)

    def _record(self) -> None:
        """The reply is as complete as it will be, unless functions are to be answered first."""
        course = self._course
        if course.recorded or course.replied_at is None or self._blocked:
            return
        course.recorded = True
        typed = max((each.number for each in course.typed), default=0)
        self._recall.add(Exchange(course.question, course.model.text, course.replied_at, typed))
        for id in [id for id, call in self._calls.items() if call.answered]:
            self._spent |= self._calls.pop(id).results
