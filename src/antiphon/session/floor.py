"""Who holds the floor: the question being put, the turn that answers it, and what was said before.

Says in which order things reach the client (protocol.md 4.2, 4.3 and 4.6).
"""

from collections.abc import Callable

from antiphon.config import Limits
from antiphon.session import messages
from antiphon.session.asking import Asking
from antiphon.session.calls import Calls
from antiphon.session.drafting import Drafting
from antiphon.session.effects import CancelReply, ClearTimer, Effect, Note, Send, SetTimer, Transcribe
from antiphon.session.events import (
    ReplyAudio,
    ReplyCalls,
    ReplyEnded,
    ReplyEvent,
    ReplyFailed,
    ReplyFault,
    ReplyStarted,
    ReplyText,
    ReplyThought,
    Timer,
    Transcribed,
    TranscriptionFailed,
    TurnId,
    Weighed,
)
from antiphon.session.history import Entry, History
from antiphon.session.prompting import Prompting
from antiphon.session.snapshot import Snapshot
from antiphon.session.telling import tell, tell_end
from antiphon.session.terms import Terms
from antiphon.session.turn import Phase, Turn
from antiphon.wire.content import Content, FunctionCall, FunctionResponse, Part, Scheduling
from antiphon.wire.server import TurnCompleteReason


class Floor:
    """The conversation's course: one question and at most one turn at a time."""

    def __init__(self, terms: Terms, limits: Limits, name_call: Callable[[int], str], *, vertex: bool) -> None:
        self._limits = limits
        self._vertex = vertex
        self._history = History(limits.history_bytes_max)
        self._prompting = Prompting(terms, self._history)
        self._calls = Calls(name_call, limits)
        self.asking = Asking(terms, self._history, limits)
        self.drafting = Drafting(self._prompting)
        self._turn: Turn | None = None
        self._left: Turn | None = None
        """Ended with its call, perhaps before the last of it was heard."""
        self._taken_back: Turn | None = None
        self._turns = 0
        self.turns_over = 0
        """Counts those that have ended."""
        self.waiting: list[ReplyEvent] = []
        """What came of replies and was not looked at yet."""

    @property
    def terms(self) -> Terms:
        """What the session was asked for."""
        return self._prompting.terms

    @terms.setter
    def terms(self, terms: Terms) -> None:
        self._prompting.terms = terms
        self.asking.changes += 1

    # What is kept of it

    @property
    def revision(self) -> int:
        """Counts what changes a snapshot."""
        return self.asking.changes + self._history.revision

    @property
    def idle(self) -> bool:
        """Nothing is going on that a snapshot would not hold."""
        return not (self._turn or self.asking.question.underway or self._calls.blocked)

    @property
    def replying(self) -> bool:
        """The client has something of a reply, or surely will."""
        return self._turn is not None and self._turn.phase is not Phase.THINKING

    def snapshot(self) -> Snapshot:
        """The conversation, with what was typed and is not to be answered yet."""
        return Snapshot(
            setup=self.terms.setup,
            entries=self._history.kept(self.asking.entries()),
            pinned=self._history.pinned,
            silent=self.asking.silent and bool(self._history.entries),
            calls=self._calls.background,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go on with what was kept."""
        self._history.restore(snapshot)
        self._calls.restore(snapshot.calls)
        self.asking.silent = snapshot.silent

    # The user's side

    def speech_starts(self, now: float) -> list[Effect]:
        """The user begins to speak: a reply that sounds is cut, one that does not is taken back."""
        if self._turn and not (self.terms.interrupts and self._turn.audible(now)):
            return []
        effects = self._yield_floor(now) if self._turn else self._cut_off(now)
        self.asking.question.asked = False
        return effects

    def spoken(self, effect: Transcribe, now: float) -> list[Effect]:
        """Speech is complete and goes to the recogniser; of what was drafted the words may be there."""
        words = self.drafting.confirm(effect.utterance)
        return [self.asking.spoken(effect, now), *(self.asking.recognised(words) if words else [])]

    def foresee(self, text: str = "") -> list[Effect]:
        """Somebody speaks, and this is what it sounds like: there will be something to answer."""
        if self._turn or self._calls.blocked or self.asking.question.recognising:
            return []
        return [self.drafting.foresee(self.asking.question, text)]

    def speaks_on(self) -> list[Effect]:
        """Speech goes on that might have been over."""
        return self.drafting.drop()

    def recognised(self, event: Transcribed | TranscriptionFailed) -> list[Effect]:
        """The recogniser answered; what may be the end of a question is answered beforehand."""
        if not self.drafting.recognised(event):
            return self.asking.recognised(event)
        if self._turn or self._calls.blocked or self.asking.question.recognising:
            return []
        question = self.drafting.question(self.asking.question)
        if question is None:
            return []
        turn = Turn(self._next_id(), self.asking.pictured(question), self.terms.modality)
        return self.drafting.open(turn, self.revision)

    def typed(self, text: str, now: float) -> list[Effect]:
        """The user typed something in real time; it counts as activity (protocol.md 2.6)."""
        yields = self._turn is not None and self.terms.interrupts and self._turn.audible(now)
        effects = self._yield_floor(now) if yields else []
        self.asking.add(Content(role="user", parts=(Part(text=text),)))
        self.asking.question.ask()
        return effects

    def nudged(self) -> None:
        """A blank text: a client's way to have what it said last answered, if nobody does so yet.

        Clients send one behind their initial history; it is never a turn or a barge-in of its own.
        """
        said = self._history.entries
        if not self._turn and not self.asking.silent and said and said[-1].content.role != "model":
            self.asking.question.ask()

    def content(self, turns: tuple[Content, ...], now: float, *, complete: bool) -> list[Effect]:
        """The client adds to the conversation; this always interrupts (protocol.md 4.4)."""
        effects = [*self._yield_floor(now), *self._calls.cancel_blocking()]
        self.asking.add_content(turns, complete=complete)
        return effects

    # The client's functions

    def answered(self, responses: tuple[FunctionResponse, ...], now: float, *, speaking: bool) -> list[Effect]:
        """Results of functions came (protocol.md 2.7, 4.6); RemoteProtocolError for one that nobody waits for."""
        effects = [effect for result in self._calls.answer(responses) for effect in self._result(result, now)]
        self._history.check_room(self.asking.question.size + self._calls.size)
        return [*effects, *self._go_on(now, speaking=speaking)]

    def calls_late(self, now: float) -> list[Effect]:
        """The client's functions keep a user waiting who has spoken: do without them."""
        if not self._calls.blocked:
            return []
        note = Note("functions were not answered while the user waits; the calls are cancelled")
        if self._turn is None:
            return [note, *self._calls.cancel_blocking()]
        return [note, *self._end(self._turn, now, TurnCompleteReason.GENERATED_OTHER)]

    # The model's side

    def advance(self, now: float, *, speaking: bool) -> list[Effect]:
        """Answer the question if it is ready and nobody holds the floor."""
        question = self.asking.question
        if speaking or not question.asked or question.recognising:
            return []
        if self._calls.blocked:
            return self._calls.hold_up(now) if question.from_user else []
        if self._turn:
            return []
        if question.from_user:
            self._calls.new_question()
        return self._open_turn(now)

    def weighed(self, event: Weighed) -> list[Effect]:
        """The prompt's tokens were counted: the model may reply, if it can take them."""
        turn = self._turn
        if turn is None or turn.id != event.turn:
            return self.drafting.weighed(event)
        effect = self._prompting.weighed(turn, event)
        return [effect] if effect else []

    def reply(self, event: ReplyEvent, now: float) -> list[Effect]:
        """Something of a reply; of any but the current turn it is nobody's."""
        if self.drafting.holds(event):
            return []
        turn = self._turn
        if turn is None or turn.id != event.turn or not turn.expects_reply:
            return []
        match event:
            case ReplyStarted():
                return []
            case ReplyThought() | ReplyText() | ReplyAudio():
                told = tell(turn, event, self.terms, now)
                return [*told, SetTimer(Timer.REPLY, now + self._limits.reply_wait_s)]
            case ReplyEnded():
                return self._said_all(turn, now)
            case ReplyCalls():
                return self._call(turn, event.calls, now)
            case ReplyFailed():
                return self._failed(turn, event, now)

    def reached(self, id: TurnId) -> list[Effect]:
        """The client has something of a reply now; it can be interrupted and no longer be taken back."""
        if self._turn and self._turn.id == id:
            self._turn.sounded = True
            self._enter_question(self._turn)
        elif (taken_back := self._taken_back) and taken_back.id == id:  # a moment too late
            self._taken_back = None
            return [Send(messages.interrupted()), Send(messages.turn_complete(taken_back.usage(), None))]
        return []

    def reply_stalled(self, now: float) -> list[Effect]:
        """Nothing came of a reply for too long."""
        return self._fail(self._turn, now) if self._turn else []

    def played_out(self, now: float) -> list[Effect]:
        """The client has played all of a reply."""
        return self._end(self._turn, now) if self._turn else []

    # Within: the question

    def _open_turn(self, now: float) -> list[Effect]:
        question = self.asking.take()
        if drafted := self.drafting.take(question, self.revision):
            turn, events = drafted
            turn.question, self._turn = question, turn
            if turn.load.total:
                self._prompting.load(turn)  # how long the question took to say is known only now
            self.waiting += events
            return [SetTimer(Timer.REPLY, now + self._limits.reply_wait_s)]
        dropped = self.drafting.drop()
        turn = self._turn = Turn(self._next_id(), question, self.terms.modality)
        if question.wordless:
            return [*dropped, *self._end(turn, now, TurnCompleteReason.NEED_MORE_INPUT)]
        return [*dropped, *self._ask_model(turn, now)]

    def _ask_model(self, turn: Turn, now: float) -> list[Effect]:
        return [self._prompting.put(turn), SetTimer(Timer.REPLY, now + self._limits.reply_wait_s)]

    def _next_id(self) -> TurnId:
        self._turns += 1
        return TurnId(self._turns)

    def _yield_floor(self, now: float) -> list[Effect]:
        turn = self._turn
        if turn is None:
            return []
        if turn.sounded:
            return [*self._cancel(turn), *self._end(turn, now, interrupted=True)]
        self._turn, self._taken_back = None, turn
        self.asking.put_back(turn.question)
        return self._cancel(turn)

    # Within: the reply

    def _said_all(self, turn: Turn, now: float) -> list[Effect]:
        if turn.phase is Phase.THINKING:  # it said nothing
            return self._fail(turn, now)
        effects = [ClearTimer(Timer.REPLY), *tell_end(turn, self.terms), Send(messages.generation_complete())]
        turn.said_all()
        if turn.plays_until > now:
            return [*effects, SetTimer(Timer.PLAYBACK, turn.plays_until)]
        return [*effects, *self._end(turn, now)]

    def _failed(self, turn: Turn, event: ReplyFailed, now: float) -> list[Effect]:
        """Say why there is no answer; of a context that was too long for the model, try what is left."""
        match event.fault:
            case ReplyFault.CONTEXT_FULL if turn.phase is Phase.THINKING:
                self._prompting.make_room(turn)
                turn.goes_on(self._next_id())
                return self._ask_model(turn, now)
            case ReplyFault.MALFORMED_CALL:
                return self._fail(turn, now, TurnCompleteReason.MALFORMED_FUNCTION_CALL)
            case _:
                return self._fail(turn, now)

    def _fail(
        self, turn: Turn, now: float, reason: TurnCompleteReason = TurnCompleteReason.GENERATED_OTHER
    ) -> list[Effect]:
        return [*self._cancel(turn), *self._end(turn, now, reason)]

    def _cancel(self, turn: Turn) -> list[Effect]:
        return [CancelReply(turn.id), ClearTimer(Timer.PLAYBACK if turn.said_everything else Timer.REPLY)]

    def _end(
        self, turn: Turn, now: float, reason: TurnCompleteReason | None = None, *, interrupted: bool = False
    ) -> list[Effect]:
        """Close the turn: the one place where it ends towards the client and enters the history."""
        self._enter_question(turn)
        self._history.append(*turn.heard(now), *turn.called(), *turn.results)
        self._turn = None
        self.turns_over += 1
        effects = tell_end(turn, self.terms)
        if interrupted:
            effects.append(Send(messages.interrupted()))
        if turn.phase is Phase.CALLING:
            effects += self._calls.cancel_blocking()
        return [*effects, Send(messages.turn_complete(turn.usage(), reason))]

    def _enter_question(self, turn: Turn) -> None:
        """The question can no longer be taken back: it becomes part of the history."""
        if not turn.entered:
            turn.entered = True
            self._history.append(*turn.question.entries())

    # Within: the calls

    def _call(self, turn: Turn, calls: tuple[FunctionCall, ...], now: float) -> list[Effect]:
        """The reply ends in calls: the client's turn, unless all of them run in the background."""
        issued = self._calls.issue(calls, self.terms.behavior_of)
        if isinstance(issued, TurnCompleteReason):
            return self._fail(turn, now, issued)
        self._enter_question(turn)
        running = {call.id for call in self._calls.background}
        turn.background = tuple(call for call in issued if call.id in running)
        effects = [ClearTimer(Timer.REPLY), *tell_end(turn, self.terms), Send(messages.tool_call(issued))]
        turn.calls()
        if not self._calls.blocked:
            return [*effects, *self._said_all(turn, now)]
        if self._vertex:
            effects.append(Send(messages.generation_complete()))
        return [*effects, *self._leave_call(turn, now)] if self.terms.traits.turn_completes_with_call else effects

    def _leave_call(self, turn: Turn, now: float) -> list[Effect]:
        """Older models complete the turn with its call; the answer will be another one."""
        turn.said_all()
        self._left = turn
        return self._end(turn, max(now, turn.plays_until))

    def _cut_off(self, now: float) -> list[Effect]:
        """What was said before the call of a turn that is complete may still sound."""
        if self._left is None or not self._calls.blocked or not self._left.audible(now):
            return []
        effects = [CancelReply(self._left.id), Send(messages.interrupted()), *self._calls.cancel_blocking()]
        self._left = None
        return effects

    def _take_silently(self, result: Entry) -> None:
        """A result is for the history only; of a turn under way it comes after the call."""
        if self._turn:
            self._turn.results.append(result)
        else:
            self._history.append(result)

    def _go_on(self, now: float, *, speaking: bool) -> list[Effect]:
        """If the last answer came that the model waited for, have it speak on.

        A user who has begun to say something meanwhile is answered first to last in one reply.
        """
        exchange = [Entry(content) for content in self._calls.take_exchange()]
        if not exchange:
            return []
        effects: list[Effect] = [ClearTimer(Timer.CALLS)]
        turn = self._turn
        if turn and not speaking and not self.asking.question.underway:
            self._history.append(*turn.heard(max(now, turn.plays_until)), *turn.called(), *exchange, *turn.results)
            turn.goes_on(self._next_id())
            return [*effects, *self._ask_model(turn, now)]
        if turn:
            effects += self._end(turn, max(now, turn.plays_until))
        self._history.append(*exchange)
        self.asking.question.owe()
        return effects

    def _result(self, response: FunctionResponse, now: float) -> list[Effect]:
        """Something came of a call in the background, or of one nobody here made: Vertex answers those too."""
        content = Content(role="user", parts=(Part(function_response=response),))
        if response.scheduling is Scheduling.SILENT:
            self._take_silently(Entry(content))
            return []
        effects = []
        if response.scheduling is Scheduling.INTERRUPT and self._turn and self._turn.phase is not Phase.CALLING:
            effects = self._yield_floor(now)
        self.asking.add(content)
        self.asking.question.ask()
        return effects
