"""Has faults strike where a plan wants them."""

import asyncio
from contextlib import suppress

import httpx

from antiphon.client.events import Event, Generated, Heard, Sound, TurnEnded, Wrote
from tests.faults.caller import Answer, Ear
from tests.faults.plan import GoAway, Happening, Kill, Moment, Plan, Restart, Strike
from tests.faults.proxy import Break, Fault, FaultProxy
from tests.faults.server import Server

HOLD_S = 0.6
"""How long a line passes nothing on after the server has closed it."""
SOUND_MESSAGES = 16
"""Of a usual answer."""


class Director:
    """Has each fault strike at its moment."""

    def __init__(self, plan: Plan, server: Server, proxy: FaultProxy, group: asyncio.TaskGroup, ear: Ear) -> None:
        self.exchange = 0
        """The one under way."""
        self.struck = 0
        """Faults so far."""
        self.busy: set[asyncio.Task[None]] = set()
        self._strikes = list(plan.strikes)
        self._server = server
        self._proxy = proxy
        self._group = group
        self._ear = ear
        self._sounds = 0

    def voice(self, share: float) -> None:
        """That much of the utterance was sent."""
        self._reach(Moment.QUESTION, share)
        if share >= 1.0:
            self._reach(Moment.ASKED, 0.7)

    def event(self, event: Event, answer: Answer) -> None:
        """Something came."""
        match event:
            case Heard():
                self._sounds = 0
                self._reach(Moment.ASKED, 1.0)
            case Sound() | Wrote():
                self._sounds += 1
                self._reach(Moment.ANSWER, self._sounds / SOUND_MESSAGES)
            case Generated():
                self._reach(Moment.ANSWER, 1.0)
                self._later(Moment.PLAYBACK, answer.sound_s)
            case TurnEnded():
                self._later(Moment.IDLE, 0.4)
            case _:
                pass

    def settle(self) -> None:
        """The exchange is over: what is still to strike in it does so now."""
        for moment in Moment:
            self._reach(moment, 1.0)

    def _later(self, moment: Moment, span_s: float) -> None:
        for strike in self._due(moment, 1.0):
            delay_s = 0.0 if strike.share < 0.2 else strike.share * span_s
            self._strikes.remove(strike)
            self._run(strike, delay_s)

    def _reach(self, moment: Moment, share: float) -> None:
        for strike in self._due(moment, share):
            self._strikes.remove(strike)
            self._run(strike, 0.0)

    def _due(self, moment: Moment, share: float) -> list[Strike]:
        return [
            strike
            for strike in self._strikes
            if strike.exchange == self.exchange and strike.moment is moment and strike.share <= share
        ]

    def _run(self, strike: Strike, delay_s: float) -> None:
        if isinstance(strike.what, Fault) and not delay_s:
            self._ear.says(f"* {strike}")
            self.struck += 1
            self._proxy.strike(strike.what)
            return
        self.busy.add(task := self._group.create_task(self._perform(strike, delay_s)))
        task.add_done_callback(self.busy.discard)

    async def _perform(self, strike: Strike, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        self._ear.says(f"* {strike}")
        self.struck += 1
        await self._happen(strike.what)

    async def _happen(self, what: Happening) -> None:
        match what:
            case Fault():
                self._proxy.strike(what)
            case Kill(down_s, forgets):
                self._server.kill()
                if forgets:
                    self._server.forget()
                await asyncio.sleep(down_s)
                await self._server.start()
            case Restart():
                await self._server.stop()
                await self._server.start()
            case GoAway(time_left_s, ignored):
                if ignored:
                    self._proxy.strike(Fault(Break.FREEZE, seconds=time_left_s + HOLD_S))
                with suppress(httpx.TransportError):  # it may be down at the time
                    await self._server.go_away(time_left_s)
