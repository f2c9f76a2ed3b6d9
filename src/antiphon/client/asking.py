"""One question put to a session, as a microphone would put it or in writing, and the answer awaited.

In real time the microphone stays open: behind the recording comes silence, until the answer is
complete. So the server finds the end of speech as it does with a person, and the time from the end
of speech in the recording to the first sound that arrives is the time a person would wait.
"""

import asyncio
from contextlib import suppress

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.client.audio_file import CHUNK_S, AudioFile
from antiphon.client.live import LiveSession
from antiphon.client.pace import Pace, RealTime, Time
from antiphon.client.reply import Reply, Turn
from antiphon.config import Client
from antiphon.errors import AntiphonError, CloseCode, ConnectionClosed, NoAnswer

_SILENCE = AudioChunk(bytes(HEARING.bytes_for(CHUNK_S)))


class Asking:
    """One question on its way, a recording or a text; may be looked at (`sent_s`, `reply`) while `put_to` runs.

    `whole_turn` waits for turnComplete, which brings the usage but on most servers comes only after
    the answer would have been played; otherwise generationComplete is enough.
    """

    def __init__(
        self,
        question: AudioFile | str,
        *,
        paced: bool = True,
        whole_turn: bool = False,
        limits: Client | None = None,
        time: Time | None = None,
    ) -> None:
        self.question = question
        self._paced = paced
        self._whole_turn = whole_turn
        self._limits = limits or Client()
        self._time = time or RealTime()
        self._spoken_at: float | None = None
        self._sent_at: float | None = None
        self.sent_s = 0.0
        self.reply = Reply(self._limits.reply_s_max)

    @property
    def seconds(self) -> float:
        """The question's length; 0 for a text."""
        return 0.0 if isinstance(self.question, str) else self.question.seconds

    @property
    def speech_end_s(self) -> float:
        """Where in it the speech ends."""
        return 0.0 if isinstance(self.question, str) else self.question.speech_end_s

    @property
    def waited_s(self) -> float | None:
        """Since the end of speech was sent; None before."""
        waited = self._since_spoken(self._time.now())
        return waited if waited is not None and waited >= 0 else None

    @property
    def first_sound_s(self) -> float | None:
        """From the end of speech to the first sound of the answer."""
        return self._since_spoken(self.reply.latest.first_sound_at)

    @property
    def first_text_s(self) -> float | None:
        """From the end of speech to the first word of the answer in writing."""
        return self._since_spoken(self.reply.latest.first_text_at)

    async def put_to(self, session: LiveSession) -> None:
        """Ask, and return when `reply` holds the answer.

        Raises NoAnswer when there is none in time, ConnectionClosed when the server closes before.
        """
        limit = asyncio.timeout(None)
        try:
            async with asyncio.TaskGroup() as group:
                microphone = group.create_task(self._speak(session, limit))
                await self._listen(session, limit)
                microphone.cancel()
        except BaseException as error:
            with suppress(AntiphonError):
                await session.stop_talking()  # or what it still says would be taken for the next answer
            if isinstance(error, ExceptionGroup):
                raise error.exceptions[0] from None
            raise

    async def _speak(self, session: LiveSession, limit: asyncio.Timeout) -> None:
        try:
            if isinstance(self.question, str):
                self._spoken_at = self._time.now()
                await session.send_text(self.question)
                self._finish_sending(limit)
            elif self._paced:
                await self._speak_in_real_time(session, self.question, limit)
            else:
                await self._speak_at_once(session, self.question, limit)
        except AntiphonError:
            return  # the listener meets the same, after what the server said before it

    async def _speak_in_real_time(self, session: LiveSession, question: AudioFile, limit: asyncio.Timeout) -> None:
        pace = Pace(self._time)
        self._spoken_at = pace.started_s + question.speech_end_s
        for chunk in question.chunks():
            await pace.record(chunk)
            await self._send(session, chunk)
        self._finish_sending(limit)
        while True:
            await pace.record(_SILENCE)
            await session.send_audio(_SILENCE)

    async def _speak_at_once(self, session: LiveSession, question: AudioFile, limit: asyncio.Timeout) -> None:
        for chunk in question.chunks():
            await self._send(session, chunk)
            await session.drain()
            if self._spoken_at is None and self.sent_s >= question.speech_end_s:
                self._spoken_at = self._time.now()
        await session.end_audio()
        self._finish_sending(limit)

    async def _send(self, session: LiveSession, chunk: AudioChunk) -> None:
        await session.send_audio(chunk)
        self.sent_s += chunk.seconds

    def _finish_sending(self, limit: asyncio.Timeout) -> None:
        self._sent_at = asyncio.get_running_loop().time()
        self._extend(limit)

    async def _listen(self, session: LiveSession, limit: asyncio.Timeout) -> None:
        try:
            async with limit:
                async for event in session:
                    if self.reply.take(event, self._time.now()):
                        self._extend(limit)
                    if self._is_answer(self.reply.latest):
                        return
        except TimeoutError:
            if not (self.reply.settling and self.reply.latest.complete):
                raise NoAnswer(self._missing()) from None
            return
        raise session.ended or ConnectionClosed(CloseCode.NORMAL, "")

    def _is_answer(self, turn: Turn) -> bool:
        """A turn that began before the speech had ended may answer only a part of it."""
        if self._spoken_at is None or turn.begun_at is None or turn.begun_at < self._spoken_at:
            return False
        return turn.complete or (turn.generated and not self._whole_turn and bool(self.reply.heard))

    def _extend(self, limit: asyncio.Timeout) -> None:
        """Give the server time anew, as long as the question is out and the reply not endless."""
        if self._sent_at is None:
            return
        wait_s = self._limits.settle_s if self.reply.settling else self._limits.answer_wait_s
        now = asyncio.get_running_loop().time()
        limit.reschedule(min(now + wait_s, self._sent_at + self._limits.answer_wait_s + self._limits.reply_s_max))

    def _missing(self) -> str:
        if self.reply.settling:
            why = f" ({self.reply.end_reason})" if self.reply.end_reason else ""
            return f"the server ended its turn without an answer{why}"
        if self.reply.latest.begun_at is not None:
            return f"the answer stopped in the middle: nothing more for {self._limits.answer_wait_s:g} s"
        return f"no answer within {self._limits.answer_wait_s:g} s of the end of the question"

    def _since_spoken(self, at: float | None) -> float | None:
        return None if at is None or self._spoken_at is None else at - self._spoken_at
