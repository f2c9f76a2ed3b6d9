"""How a session goes on after its connection: what the server has kept, and what it must be told again. Pure.

A handle leads to what the server knew when it gave it. In transparent mode it says to which of our messages that
reaches. Elsewhere it follows a turn, and the question of that turn was complete when its answer began: what was sent
before that is known, what was sent later may not be, and is sent again (protocol.md 4.7). What was on its way when
the answer began is in doubt; it is sent again if the server hears it as something else, and told as lost if nobody
can know any more.
"""

from collections.abc import Collection
from dataclasses import dataclass

from antiphon.client.course import Call, Course, Typed, new_course
from antiphon.client.doubt import Doubt, doubt_about
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
    """Follows a session's events and knows at each moment how it could go on elsewhere.

    `now` is the caller's clock, in seconds. `in_doubt_s_max` is how long something may be on its way to the server, and
    how long after a turn the server may take to show that it heard it.
    """

    def __init__(
        self,
        journal: Journal,
        speech: Speech,
        recalled_bytes_max: int,
        in_doubt_s_max: float,
        background: Collection[str] = (),
    ) -> None:
        self._journal = journal
        self._speech = speech
        self._words_bytes_max = recalled_bytes_max
        self._in_doubt_s_max = in_doubt_s_max
        self._recall = Recall(recalled_bytes_max)
        self._background = set(background)
        self._course = new_course(recalled_bytes_max)
        self._before: Course | None = None
        """The exchange before, on this connection."""
        self._doubt: Doubt | None = None
        self._reached = 0
        """The number of the last message that was answered on this connection."""
        self._calls: dict[str, Call] = {}
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
        in_doubt = self._doubt is not None and not self._doubt.over
        return self._resumable and not (self._course.under_way or self._blocked or in_doubt)

    def typed(self, text: str, number: int) -> None:
        """The caller put something in writing, in the message of that number."""
        course = self._course
        (course.upcoming if course.begun else course.typed).append(Typed(number, text))

    def happened(self, event: Event, now: float) -> None:
        """Take one event, in order."""
        if self._doubt:
            self._doubt.passes(now)
        self._follow(event, now)

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
        if number is not None:
            self._doubt = None
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
        if self._doubt and not self._doubt.heard_apart:
            self._journal.pass_over(self._doubt.first, self._doubt.last, told=not self._doubt.over)
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
        self._course = new_course(self._words_bytes_max, [each for each in typed if each.number > self._journal.sent])
        self._before = self._doubt = None
        self._reached = 0
        self._resumable = self._turned = False
        self._finished = 0
        self._told = bool(going_on.told)
        if fresh:
            self.handle = None
            self._recall.know_nothing()
        return going_on

    def _follow(self, event: Event, now: float) -> None:
        match event:
            case Heard(text, finished):
                self._hears(text, finished=finished)
            case HearingSoFar(text):
                self._course.interim = text
            case Said(text) | Wrote(text):
                self._replies(now, text)
                self._amend(self._course)
            case Sound() | Thought():
                self._replies(now)
            case ToolCalled() | ToolCallsCancelled():
                self._calls_change(event, now)
            case UserActivity(speaking, offset_s):
                self._tells_activity = True
                if not speaking and offset_s is not None:
                    self._finished = self._journal.number_at(offset_s)
            case Generated():
                self._record()
            case Interrupted() | TurnEnded():
                self._ends(event, now)
            case _:
                pass

    @property
    def _blocked(self) -> bool:
        return any(not call.answered and call.call.name not in self._background for call in self._calls.values())

    def _calls_change(self, event: ToolCalled | ToolCallsCancelled, now: float) -> None:
        match event:
            case ToolCalled(call):
                self._replies(now)
                self._calls[str(call.id)] = Call(call)
            case ToolCallsCancelled(ids):
                for id in ids:
                    self._calls.pop(id, None)

    def _hears(self, text: str, *, finished: bool) -> None:
        course, doubt = self._course, self._doubt
        if self._before and not (self._before.understood or course.under_way or doubt) and self._speech.all_answered:
            self._before.heard(text, finished=finished)  # it comes behind the end of the turn
            self._amend(self._before)
            return
        if doubt and (course.understood or not course.begun):
            doubt.heard_apart = True
        course.heard(text, finished=finished)
        self._speech.heard(self._journal.sent)
        ends = self._journal.activity_ends(max(self._finished, self._reached), self._journal.sent)
        if finished and ends:
            self._finished = ends[0]
        self._amend(course)

    def _replies(self, now: float, text: str = "") -> None:
        course = self._course
        if course.replied_at is None:
            course.replied_at = self._question_ends(now)
            self._reached = max(self._reached, course.replied_at)
            self._finished = 0
            if self._doubt:
                course.leave_upcoming(self._doubt.first)
        course.begun = True
        course.model.add(text)

    def _question_ends(self, now: float) -> int:
        """Give the number of the last message that what is said from now on can be about.

        By what the server says where it does, else by the loudness of what was sent.
        """
        before, self._doubt = self._doubt, None
        numbers = [self._finished, *(typed.number for typed in self._course.typed)]
        numbers += [number for call in self._calls.values() for number in call.results]
        if self._tells_activity and any(numbers):
            return max(numbers)
        further = self._speech.further
        last = self._journal.sent if further is None else min(self._journal.sent, further - 1)
        if self._course.begun:
            return last  # it has heard what the functions gave since
        later = self._said_later(last, now, behind_first=before is None or before.over)
        self._doubt = doubt_about(later, self._finished, last)
        return self._doubt.first - 1 if self._doubt else last

    def _said_later(self, last: int, now: float, *, behind_first: bool) -> list[int]:
        """Give the numbers with which things begin that may have been on their way when a reply begins now.

        What was said or typed first is what it answers, unless something was in doubt before.
        """
        said, typed = self._speech.answered, self._course.typed
        if behind_first and said and not (typed and typed[0].number < said[0].first):
            said = said[1:]
        firsts = [each.first for each in said if now - each.began_at <= self._in_doubt_s_max]
        return firsts + [end + 1 for end in self._journal.activity_ends(self._reached, last)[:-1]]

    def _amend(self, course: Course) -> None:
        """Words may come after the reply was complete, and after its turn (protocol.md 4.2)."""
        if course.recorded:
            self._recall.amend(course.question, course.model.text)

    def _ends(self, event: Interrupted | TurnEnded, now: float) -> None:
        """The turn is over; one that called functions goes on with what the model makes of their results."""
        course, ended = self._course, isinstance(event, TurnEnded)
        self._turned = self._turned or ended
        if self._doubt and ended:
            self._doubt.until = min(self._doubt.until, now + self._in_doubt_s_max)
        elif self._doubt:
            self._doubt.heard_apart = True
        if course.begun and course.replied_at is not None and not self._blocked:
            self._record()
            self._before = course
            self._course = new_course(self._words_bytes_max, course.upcoming, course.later.text)

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
