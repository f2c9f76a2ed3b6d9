"""Audio in, events out: voice activity, ends of turns and words.

Voice activity runs window by window in order. Questions to the slower engines run beside it, so
that a user who speaks while an utterance is being recognised is still heard.
"""

import asyncio
import logging
from collections import deque

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.audio.recording import Recording
from antiphon.engines.contracts import Hints, Transcript
from antiphon.engines.registry import EngineSet
from antiphon.errors import EngineError
from antiphon.runtime.channel import Channel
from antiphon.runtime.gate import Gate
from antiphon.session.effects import Draft, Glimpse, JudgeEnd, Transcribe, Withdraw
from antiphon.session.events import (
    EndJudged,
    Event,
    Glimpsed,
    HearingDrained,
    HearingFailed,
    Transcribed,
    TranscriptionFailed,
    UtteranceId,
    WindowHeard,
)

WINDOWS_AT_ONCE = 8
"""Judged in one call; more would hold back the first of them."""

log = logging.getLogger(__name__)


class Hearing:
    """One session's ears. Call `begin` first; no method waits."""

    def __init__(self, engines: EngineSet, hints: Hints, inbox: Channel[Event], gate: Gate) -> None:
        self._engines = engines
        self._hints = hints
        self._inbox = inbox
        self._gate = gate
        self._vad = engines.vad.open()
        self._recording = Recording()
        self._judged = 0
        self._stream_ends: list[int] = []
        self._news = asyncio.Event()
        self._utterances: deque[tuple[Transcribe | Draft, AudioChunk]] = deque()
        self._drafted: UtteranceId | None = None
        self._spoken = asyncio.Event()
        self._recognition: tuple[UtteranceId, asyncio.Task[None]] | None = None
        """Under way."""
        self._glimpse: asyncio.Task[None] | None = None

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Judge windows as they fill, and answer questions, in tasks of this group."""
        self._group = group
        group.create_task(self._watch())
        group.create_task(self._recognise())

    def listen(self, audio: AudioChunk, *, detect: bool) -> None:
        """Record audio and, if asked, have its windows judged."""
        self._recording.append(audio)
        if not detect:
            self._judged = self._recording.end
        self._level()
        if self._recording.end - self._judged >= self._engines.vad.window_samples:
            self._news.set()

    def drain(self) -> None:
        """The stream ends here: judge its last, incomplete window, then start afresh."""
        self._stream_ends.append(self._recording.end)
        self._news.set()

    def forget(self, before: int) -> None:
        """Free the recording before a position, unless its windows are still to be judged."""
        self._recording.forget(min(before, self._judged))

    def judge_end(self, effect: JudgeEnd) -> None:
        """Ask whether the speaker has finished."""
        audio = self._recording.slice(effect.start, effect.end)
        self._group.create_task(self._judge_end(effect, audio))

    def draft(self, effect: Draft) -> None:
        """Have an utterance recognised before it is sure that it is over."""
        self._drafted = effect.utterance
        self._queue(effect)

    def withdraw(self, effect: Withdraw) -> None:
        """Do not recognise what was drafted; what runs already ends by itself, and nobody waits for it."""
        if self._recognition and self._recognition[0] == effect.utterance:
            self._recognition[1].cancel()
        self._utterances = deque(each for each in self._utterances if each[0].utterance != effect.utterance)

    def transcribe(self, effect: Transcribe) -> None:
        """Have an utterance recognised; utterances come back in the order they were given."""
        if effect.utterance != self._drafted:
            self._queue(effect)

    def _queue(self, effect: Transcribe | Draft) -> None:
        if self._glimpse:
            self._glimpse.cancel()
        self._utterances.append((effect, self._recording.slice(effect.start, effect.end)))
        self._level()
        self._spoken.set()

    def glimpse(self, effect: Glimpse) -> None:
        """Recognise what was said so far, unless the recogniser has anything else to do for this session."""
        if self._recognition or self._utterances or self._glimpse:
            return
        audio = self._recording.slice(effect.start, effect.end)
        self._glimpse = self._group.create_task(self._glimpsed(effect, audio))

    def close(self) -> None:
        """Give back the engines' streams."""
        self._vad.close()

    async def _watch(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                await self._judge_windows()
        except EngineError as error:
            log.error("voice activity detection broke: %s", error)
            await self._inbox.put(HearingFailed())

    async def _recognise(self) -> None:
        while True:
            await self._spoken.wait()
            self._spoken.clear()
            while self._utterances:
                effect, audio = self._utterances.popleft()
                self._level()
                task = self._group.create_task(self._transcribed(effect, audio))
                self._recognition = effect.utterance, task
                await asyncio.wait([task])
            self._recognition = None

    async def _glimpsed(self, effect: Glimpse, audio: AudioChunk) -> None:
        try:
            heard = await self._recognised(audio)
        except EngineError as error:
            log.info("no interim transcript: %s", error)
        else:
            await self._inbox.put(Glimpsed(effect.start, heard.text.strip()))
        finally:
            self._glimpse = None

    async def _judge_windows(self) -> None:
        window = self._engines.vad.window_samples
        while True:
            end = self._stream_ends[0] if self._stream_ends else self._recording.end
            count = min((end - self._judged) // window, WINDOWS_AT_ONCE)
            if count:
                await self._judge(self._recording.slice(self._judged, self._judged + count * window), window)
            elif self._stream_ends:
                await self._end_stream(self._stream_ends.pop(0), window)
            else:
                return

    async def _judge(self, audio: AudioChunk, window: int) -> None:
        for probability in await self._vad.probabilities(audio.int16()):
            self._judged += window
            await self._inbox.put(WindowHeard(self._judged, probability))
        self._level()

    async def _end_stream(self, end: int, window: int) -> None:
        rest = self._recording.slice(self._judged, end)
        if rest.samples:
            padded = rest.data.ljust(window * HEARING.frame_bytes, b"\0")
            probability = (await self._vad.probabilities(AudioChunk(padded).int16()))[0]
            self._judged = end
            await self._inbox.put(WindowHeard(end, probability))
        self._vad.reset()
        await self._inbox.put(HearingDrained(end))

    async def _judge_end(self, effect: JudgeEnd, audio: AudioChunk) -> None:
        try:
            probability = await self._engines.eot.probability(audio)
        except EngineError as error:
            log.warning("end of turn not judged, silence decides: %s", error)
        else:
            await self._inbox.put(EndJudged(effect.pause, probability))

    async def _transcribed(self, effect: Transcribe | Draft, audio: AudioChunk) -> None:
        event: Transcribed | TranscriptionFailed
        try:
            heard = await self._recognised(audio)
            event = Transcribed(effect.utterance, heard.text, heard.language)
        except EngineError as error:
            log.error("utterance %d not recognised: %s", effect.utterance, error)
            event = TranscriptionFailed(effect.utterance)
        await self._inbox.put(event)

    async def _recognised(self, audio: AudioChunk) -> Transcript:
        stream = self._engines.asr.open(self._hints)
        try:
            stream.feed(audio)
            return await stream.transcript()
        finally:
            stream.close()

    def _level(self) -> None:
        """Shut the gate while windows wait to be judged, or utterances behind the one being recognised."""
        unjudged = self._recording.end - self._judged
        unrecognised = sum(audio.samples for _, audio in self._utterances) if self._utterances else 0
        self._gate.level((unjudged + unrecognised) / HEARING.rate_hz)
