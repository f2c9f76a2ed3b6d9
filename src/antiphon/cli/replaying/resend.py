"""A recorded session's input, sent to a server once more with its timing, and what became of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.client.events import Event, ToolCalled, TurnEnded
from antiphon.client.pace import Pace, RealTime, Time
from antiphon.recording.inputs import Input, Results, inputs_of, setup_of
from antiphon.recording.media import spoken
from antiphon.recording.reader import Recorded
from antiphon.wire.client import ClientMessage
from antiphon.wire.content import FunctionCall

SILENCE = AudioChunk(bytes(HEARING.bytes_for(0.02)))
"""Behind the input, as from a microphone that stays open."""


class Session(Protocol):
    """What is needed of an open session."""

    async def send_audio(self, audio: AudioChunk) -> None: ...

    async def send(self, message: ClientMessage) -> None: ...

    async def send_tool_result(self, call: FunctionCall, result: Mapping[str, object]) -> None: ...

    def __aiter__(self) -> AsyncIterator[Event]: ...


class Resending:
    """Puts a recording's input to a session; `turns` says how many turns have ended.

    It is over when as many turns ended as in the recording, or when nothing has come for `wait_s` since all
    was sent.
    """

    def __init__(self, recorded: Recorded, turns_awaited: int, *, wait_s: float, time: Time | None = None) -> None:
        self._inputs = inputs_of(recorded)
        self._results = Results(recorded)
        self._open_microphone = _microphone_stays_open(recorded, self._inputs)
        self._turns_awaited = turns_awaited
        self._wait_s = wait_s
        self._time = time or RealTime()
        self._all_sent = False
        self._limit = asyncio.timeout(None)
        self.turns = 0

    async def put_to(self, session: Session) -> None:
        """Send, listen, and return when the answers are there; raises what ends the session before."""
        try:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send(session))
                await self._listen(session)
                sending.cancel()
        except ExceptionGroup as several:
            raise several.exceptions[0] from several

    async def _send(self, session: Session) -> None:
        began_s = self._time.now()
        for item in self._inputs:
            wait_s = began_s + item.at_s - self._time.now()
            if wait_s > 0:
                await self._time.sleep(wait_s)
            await _send_one(session, item.message)
        self._all_sent = True
        self._extend()
        pace = Pace(self._time)
        while self._open_microphone:
            await pace.record(SILENCE)
            await session.send_audio(SILENCE)

    async def _listen(self, session: Session) -> None:
        try:
            async with self._limit:
                async for event in session:
                    if isinstance(event, ToolCalled):
                        await session.send_tool_result(event.call, self._results.result_of(event.call))
                    self.turns += isinstance(event, TurnEnded)
                    if self._all_sent and self.turns >= self._turns_awaited:
                        return
                    self._extend()
        except TimeoutError:
            return

    def _extend(self) -> None:
        """Give the server time anew, once all is sent."""
        if self._all_sent:
            wait_s = self._wait_s if self.turns < self._turns_awaited else 0.0
            self._limit.reschedule(asyncio.get_running_loop().time() + wait_s)


async def _send_one(session: Session, message: ClientMessage) -> None:
    """Sound goes the way of a microphone's, so that the client counts it; all else as it was."""
    realtime = message.realtime_input
    chunks = list(spoken(realtime)) if realtime is not None else []
    for chunk in chunks:
        await session.send_audio(chunk)
    if not chunks:
        await session.send(message)


def _microphone_stays_open(recorded: Recorded, inputs: tuple[Input, ...]) -> bool:
    """Where the server is to find the end of speech it needs to hear silence, unless the stream was ended."""
    config = setup_of(recorded).realtime_input_config
    detection = config.automatic_activity_detection if config is not None else None
    realtime = [item.message.realtime_input for item in inputs if item.message.realtime_input is not None]
    spoke = any(any(spoken(item)) for item in realtime)
    ended = bool(realtime) and realtime[-1].audio_stream_end
    return spoke and not ended and not (detection is not None and detection.disabled)
