"""One inbox, one task group, one loop: event → session → effects → performed.

The first law: the conductor awaits only its inbox. Whatever takes time runs in a
task of the group and reports back as an event; so nothing that waits for the conductor can be
waited for by it.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import NoReturn, assert_never

from antiphon.config import Limits
from antiphon.engines.contracts import Hints
from antiphon.engines.effort import Effort, effort
from antiphon.engines.registry import Engines
from antiphon.errors import CloseCode
from antiphon.runtime.alarm import Alarm
from antiphon.runtime.budget import Budget
from antiphon.runtime.channel import Channel, ChannelClosed
from antiphon.runtime.gate import Gate
from antiphon.runtime.hearing import Hearing
from antiphon.runtime.keeper import Keeper
from antiphon.runtime.outbox import Outbox
from antiphon.runtime.sights import Sights
from antiphon.runtime.speaking import Speaking
from antiphon.runtime.trace import Report, Trace, TurnTimes
from antiphon.session.effects import (
    CancelReply,
    ClearTimer,
    Close,
    Draft,
    DrainHearing,
    Effect,
    Engage,
    Forget,
    Glimpse,
    JudgeEnd,
    Keep,
    Listen,
    Note,
    Prepare,
    Recall,
    Send,
    SetTimer,
    StartReply,
    Transcribe,
    Weigh,
    Withdraw,
)
from antiphon.session.events import Event, ReplyReached, TimerFired, TurnId, UtteranceId
from antiphon.session.session import Session

log = logging.getLogger(__name__)


class _SessionOver(Exception):
    """The session closed itself."""


class Conductor:
    """Runs one session. The connection puts events into `inbox` and takes messages from `outbox`."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a session runs on
        self,
        session: Session,
        engines: Engines,
        keeper: Keeper,
        limits: Limits,
        budget: Budget,
        report: Report | None = None,
    ) -> None:
        """`report` is told where the time of each spoken turn went, as it begins to sound."""
        self.inbox: Channel[Event] = Channel(limits.inbox_events_max)
        self.outbox = Outbox(limits.outbox_messages_high, limits.outbox_messages_max, self._report_reached)
        self.gate = Gate(limits.heard_backlog_s_high, limits.heard_backlog_s_low)
        """Shut while the ears are behind; the socket should not be read then."""
        self._session = session
        self._engines = engines
        self._keeper = keeper
        self._limits = limits
        self._budget = budget
        self._draft: UtteranceId | None = None
        """What the budget counts as ours."""
        self._hearing: Hearing | None = None
        self._speaking: Speaking | None = None
        self._turns: dict[TurnId, asyncio.Task[None]] = {}
        self._alarm = Alarm(self.inbox)
        self._clock = asyncio.get_running_loop().time
        self.sights = Sights(self._clock(), lambda: session.speech)
        self._trace = Trace(self._report_turn)
        self._report = report
        self.last_turn: TurnTimes | None = None
        """Of those that have begun to sound."""
        self.effort = Effort()
        """What the engines do for this session."""
        self._closed = False

    async def run(self) -> None:
        """Conduct until the session closes; then its tasks have ended and its streams are given back."""
        effort.set(self.effort)
        try:
            async with asyncio.TaskGroup() as self._group:
                self._group.create_task(self._keeper.stay())
                await self._conduct()
        except* (_SessionOver, ChannelClosed):
            pass
        finally:
            self.inbox.close()
            self._alarm.close()
            self.sights.close()
            self._drafted(wasted=True)
            for streams in (self._hearing, self._speaking):
                if streams:
                    streams.close()

    async def _conduct(self) -> NoReturn:
        clock = self._clock
        self._perform_all(self._session.begin(clock()), clock())
        while not self._closed:
            event = await self.inbox.get()
            if isinstance(event, TimerFired) and not self._alarm.rang(event.timer):
                continue
            now = clock()
            self._trace.event(event, now)
            effects = self._session.receive(event, now)
            if self.sights.watched:
                self.sights.event(event, now)
            self._perform_all(effects, now)
        self.inbox.close()  # a task that is about to report must not wait for a reader that is gone
        raise _SessionOver

    def _perform_all(self, effects: list[Effect], now: float) -> None:
        for effect in effects:
            self._trace.effect(effect, now)
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:  # noqa: C901 - a table: one line an effect
        match effect:  # the most frequent first
            case Listen() | DrainHearing() | JudgeEnd() | Transcribe() | Draft() | Withdraw() | Glimpse() | Forget():
                self._hear(effect)
            case Send():
                self.outbox.put(effect)
            case SetTimer(timer, at):
                self._alarm.set(timer, at)
            case ClearTimer(timer):
                self._alarm.clear(timer)
            case Note(text):
                log.warning("session=%s %s", self._session.id, text)
            case Keep(snapshot):
                self._group.create_task(self._keeper.keep(snapshot, self.inbox))
            case Recall(handle):
                self._group.create_task(self._keeper.recall(handle, self.inbox))
            case Close(code, reason):
                self._close(code, reason)
            case Engage():
                self._engage(effect)
            case Weigh() | Prepare() | StartReply() | CancelReply():
                self._speak(effect)
            case _:
                assert_never(effect)

    def _engage(self, effect: Engage) -> None:
        engines = self._engines.serving(effect.model)
        hints = Hints(effect.languages, effect.vocabulary)
        self._hearing = Hearing(engines, hints, self.inbox, self.gate)
        self._speaking = Speaking(engines, self.inbox, self.outbox.room, self._limits)
        self._hearing.begin(self._group)

    def _hear(
        self, effect: Listen | DrainHearing | JudgeEnd | Transcribe | Draft | Withdraw | Glimpse | Forget
    ) -> None:
        assert self._hearing
        match effect:
            case Listen(audio, detect):
                self._hearing.listen(audio, detect=detect)
            case DrainHearing():
                self._hearing.drain()
            case JudgeEnd():
                self._hearing.judge_end(effect)
            case Transcribe(utterance):
                self._hearing.transcribe(effect)
                self._drafted(utterance, wasted=False)
            case Draft(utterance) if self._budget.take():
                self._draft = utterance
                self.sights.drafted(self._clock())
                self._hearing.draft(effect)
            case Draft():
                pass
            case Withdraw(utterance):
                self._hearing.withdraw(effect)
                self._drafted(utterance, wasted=True)
            case Glimpse():
                self._hearing.glimpse(effect)
            case Forget(before):
                self._hearing.forget(before)

    def _drafted(self, utterance: UtteranceId | None = None, *, wasted: bool) -> None:
        """That utterance, or whatever it was, is no draft any more."""
        if self._draft is not None and utterance in (None, self._draft):
            self._draft = None
            self._budget.give_back(wasted=wasted)
            if wasted:
                self.sights.withdrawn(self._clock())

    def _speak(self, effect: Weigh | Prepare | StartReply | CancelReply) -> None:
        assert self._speaking
        match effect:
            case Weigh(turn):
                self._work(turn, self._speaking.weigh(effect))
            case Prepare():
                self._group.create_task(self._speaking.prepare(effect))
            case StartReply(turn):
                self._work(turn, self._speaking.reply(effect))
            case CancelReply(turn):
                self._cancel_reply(turn)

    def _work(self, turn: TurnId, work: Coroutine[None, None, None]) -> None:
        """Do something for a turn in a task that ends with it."""
        task = self._turns[turn] = self._group.create_task(work)
        task.add_done_callback(lambda _: self._turns.pop(turn, None) if self._turns.get(turn) is task else None)

    def _cancel_reply(self, turn: TurnId) -> None:
        if task := self._turns.get(turn):
            task.cancel()
        self.outbox.purge(turn)

    async def _report_reached(self, turn: TurnId) -> None:
        with suppress(ChannelClosed):
            await self.inbox.put(ReplyReached(turn))

    def _report_turn(self, times: TurnTimes) -> None:
        log.info("session=%s %s", self._session.id, times)
        self.last_turn = times
        if self._report is not None:
            self._report(times)
        self.sights.turn(times, self._clock())

    def _close(self, code: CloseCode, reason: str) -> None:
        self._closed = True
        self.outbox.close(code, reason)
