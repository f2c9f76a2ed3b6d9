"""A whole session in virtual time: a recording is spoken to it, real ears answer, a voice without an engine replies.

Nothing of the session is replaced, so whatever decides the end of a turn is what is measured. Time passes only as the
recording does.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, pcm_mime
from antiphon.bench.ears import Costs, Ears
from antiphon.bench.questions import Question
from antiphon.config import Settings
from antiphon.session.effects import ClearTimer, Draft, Effect, JudgeEnd, Send, SetTimer, StartReply, Transcribe, Weigh
from antiphon.session.events import (
    EndJudged,
    Event,
    Received,
    ReplyAudio,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    Timer,
    TimerFired,
    Transcribed,
    Weighed,
    WindowHeard,
)
from antiphon.session.session import Session
from antiphon.wire.client import ClientMessage, RealtimeInput
from antiphon.wire.content import Blob
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import VoiceActivityType
from antiphon.wire.setup import Setup

REPLY_S = 0.2
"""From the words to the first sound of an answer: what brain and voice take on two cores (docs/performance.md)."""

_SOUND = AudioChunk(bytes(SPEAKING.bytes_for(0.1)), SPEAKING)


@dataclass(slots=True)
class Course:
    """When the session told what, in seconds from the beginning of the recording."""

    ends_s: list[float] = field(default_factory=list)
    """The user was taken to have finished."""
    sounds_s: list[float] = field(default_factory=list)
    """The first sound of each answer."""


class Stage:
    """Drives one session through one recording. May be used once."""

    def __init__(self, question: Question, ears: Ears, costs: Costs, settings: Settings) -> None:
        self._question = question
        self._ears = ears
        self._costs = costs
        self._session = Session("bench", Dialect.DEVELOPER, settings)
        self._now = 0.0
        self._due: list[tuple[float, int, Event]] = []
        self._numbers = count()
        self._timers: dict[Timer, float] = {}
        self._sounding: set[int] = set()
        self._drafted: set[int] = set()
        self.course = Course()

    async def play(self) -> Course:
        """Speak the recording from beginning to end."""
        await self._perform(self._session.begin(0.0))
        await self._happen(Received(ClientMessage(setup=Setup(model="m", explicit_vad_signal=True))))
        probabilities, judged, position = await self._ears.speech(self._question), 0, 0
        for chunk in self._question.audio.chunks():
            position += chunk.samples
            await self._pass(position / HEARING.rate_hz)
            blob = Blob(mime_type=pcm_mime(HEARING), data=chunk.data)
            await self._happen(Received(ClientMessage(realtime_input=RealtimeInput(audio=blob))))
            while judged < len(probabilities) and (judged + 1) * self._ears.window <= position:
                judged += 1
                await self._happen(WindowHeard(judged * self._ears.window, probabilities[judged - 1]))
        return self.course

    async def _pass(self, until: float) -> None:
        """Let time pass: what is due on the way happens in its order."""
        while True:
            timer = min(self._timers, key=self._timers.__getitem__, default=None)
            timer_at = self._timers[timer] if timer is not None else until
            event_at = self._due[0][0] if self._due else until
            if min(timer_at, event_at) >= until:
                break
            self._now = max(self._now, min(timer_at, event_at))
            if timer is not None and timer_at <= event_at:
                del self._timers[timer]
                await self._happen(TimerFired(timer))
            else:
                await self._happen(heappop(self._due)[2])
        self._now = until

    async def _happen(self, event: Event) -> None:
        await self._perform(self._session.receive(event, self._now))

    def _expect(self, event: Event, after_s: float = 0.0) -> None:
        heappush(self._due, (self._now + after_s, next(self._numbers), event))

    async def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            await self._do(effect)

    async def _do(self, effect: Effect) -> None:
        match effect:
            case SetTimer(timer, at):
                self._timers[timer] = at
            case ClearTimer(timer):
                self._timers.pop(timer, None)
            case JudgeEnd(pause, start, end):
                verdict = await self._ears.finished(self._question, start, end)
                self._expect(EndJudged(pause, verdict), self._costs.verdict_s)
            case Draft(utterance, start, end):
                self._drafted.add(utterance)
                words = await self._ears.words(self._question, start, end)
                self._expect(Transcribed(utterance, words), self._costs.words_s)
            case Transcribe(utterance, start, end) if utterance not in self._drafted:
                words = await self._ears.words(self._question, start, end)
                self._expect(Transcribed(utterance, words), self._costs.words_s)
            case Weigh(turn, texts):
                self._expect(Weighed(turn, tuple(1 for _ in texts), None))
            case StartReply(turn):
                self._expect(ReplyStarted(turn), REPLY_S)
                self._expect(ReplyText(turn, "Yes.", 1), REPLY_S)
                self._expect(ReplyAudio(turn, _SOUND), REPLY_S)
                self._expect(ReplyEnded(turn), REPLY_S)
            case Send():
                self._told(effect)

    def _told(self, effect: Send) -> None:
        activity, content = effect.message.voice_activity, effect.message.server_content
        if activity is not None and activity.type is VoiceActivityType.ACTIVITY_END:
            self.course.ends_s.append(self._now)
        sounds = content is not None and content.model_turn is not None
        if sounds and effect.turn is not None and effect.turn not in self._sounding:
            self._sounding.add(effect.turn)
            self.course.sounds_s.append(self._now)
