"""Is the user speaking? Found in the audio, or declared by the client (protocol.md 4.5).

Keeps the positions of the stream, cuts long speech into utterances that can be recognised in one
piece, and says what the session should do next. It does not know of turns or replies.
"""

from dataclasses import dataclass

from antiphon.audio.intake import Intake
from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.config import Settings
from antiphon.errors import RemoteProtocolError
from antiphon.session.effects import (
    Draft,
    DrainHearing,
    Effect,
    Forget,
    Glimpse,
    JudgeEnd,
    Listen,
    SetTimer,
    Transcribe,
)
from antiphon.session.endpointing import Endpointer, Hush, Rule, Sign
from antiphon.session.events import (
    HearingDrained,
    Timer,
    Transcribed,
    TranscriptionFailed,
    UtteranceId,
    WindowHeard,
)
from antiphon.session.patience import samples
from antiphon.wire.content import Blob
from antiphon.wire.setup import RealtimeInputConfig, TurnCoverage

FORGET_EVERY_MS = 1_000
"""How often silence that was heard is forgotten."""

WINDOW_MS_MAX = 100
"""No engine judges longer pieces than that."""

BEGINNING_MS_MAX = 250
"""What lasts longer without counting as speech is taken for noise, whatever the client asks of a beginning."""

SEGMENT_PAUSE_MS = 200
"""A pause at which speech that has grown long is cut for recognition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What is made of the user's voice: whether he speaks, and where he began, or ended; in all that was sent."""

    going_on: bool
    boundary: int


class Activity:
    """The user's speaking span: its beginning, its utterances, its end."""

    def __init__(self, asked: RealtimeInputConfig, settings: Settings, *, vertex: bool, interim: bool = False) -> None:
        detection = asked.automatic_activity_detection
        self.automatic = not (detection and detection.disabled)
        self._settings = settings.endpointing
        self._limits = settings.limits
        self._speculation = settings.speculation
        hush = Hush(
            samples(self._speculation.draft_after_ms),
            self._speculation.draft_probability,
            samples(self._speculation.sound_after_ms),
        )
        hush_wanted = hush if self._speculation.enabled else None
        self._endpointer = Endpointer(Rule.of(detection, self._settings, vertex=vertex, hush=hush_wanted))
        self._drafts = 0
        self._draft: Draft | None = None
        """What was drafted in this pause."""
        self._intake = Intake()
        self._keeps_all = asked.turn_coverage is TurnCoverage.TURN_INCLUDES_ALL_INPUT
        self._interim = samples(self._settings.interim_ms) if interim and self._settings.interim_ms else None
        self._glimpsed = 0
        self.boundary = 0
        """Where speech began or ended last."""
        self.told_boundary = 0
        """... as a position in all the audio the client sent."""
        self.received = 0
        """Where the audio ends that came so far."""
        self._heard = 0
        self._remembered = 0
        self._utterances = 0
        self._begun: int | None = None
        self._cut = 0
        self._arrived_at = 0.0
        self._draining = 0
        self._passed_over = 0
        """Samples between declared activities, which are not listened to and no position counts."""

    @property
    def speaking(self) -> bool:
        """A committed activity is going on."""
        return self._begun is not None

    @property
    def speech(self) -> Speech:
        """The latest committed speech."""
        return Speech(going_on=self.speaking, boundary=self.told_boundary)

    def about_to_speak(self, now: float) -> bool:
        """Somebody may be beginning to speak, or going on after all; soon it is known, or taken for noise."""
        started = self._endpointer.started
        if self.speaking:
            return False
        if started is None:
            return self._endpointer.revocable and now < self._revocable_until()
        return self._heard - started < samples(BEGINNING_MS_MAX)

    @property
    def quiet(self) -> bool:
        """Nothing that was heard may yet turn out to be speech."""
        return not self._draining and self._endpointer.quiet

    @property
    def settled(self) -> int | None:
        """Audio before this position will be part of no utterance any more; None while that is open."""
        if self.speaking:
            return None
        if not self.quiet:
            return self._cut
        if self._keeps_all and not self.automatic:
            return self._cut
        return max(self._cut, self._heard - samples(self._settings.preroll_ms))

    @property
    def heard(self) -> int:
        """How far the audio was listened to; less than one window may wait for its end."""
        return self.received if self.received - self._heard < samples(WINDOW_MS_MAX) else self._heard

    def is_current(self, start: int) -> bool:
        """The utterance that began there is still going on."""
        return self.speaking and start == self._cut

    # What the client does

    def audio(self, blob: Blob, now: float) -> tuple[Sign | None, list[Effect]]:
        """Take audio from the client; raises RemoteProtocolError when it cannot be heard.

        Tells whether declared speech ended by it, because it has gone on for too long.
        """
        chunk = self._intake.feed(blob.data, blob.mime_type, self._limits.heard_backlog_s_max)
        self._arrived_at = now
        if not self.automatic and not self.speaking and not self._keeps_all:
            self._passed_over += chunk.samples
            return None, []
        effects = self._listen(chunk)
        if not self.automatic and self._longer_than(self._limits.speech_s_max):
            return Sign.ENDED, effects + self._finish(self.received)
        return None, effects

    def start(self) -> None:
        """The client declares that its user speaks."""
        self._begun = self._glimpsed = self.received
        self._mark(self.received)
        if not self._keeps_all:
            self._cut = self.received

    def end(self) -> list[Effect]:
        """The client declares that its user has finished."""
        effects = self._listen(self._intake.end())
        return [*effects, *self._finish(self.received)]

    def pause_stream(self) -> list[Effect]:
        """No more audio for now: have the rest of it judged. HearingDrained will follow."""
        effects = self._listen(self._intake.end())
        self._draining += 1
        return [*effects, DrainHearing()]

    # What the ears say

    def window(self, event: WindowHeard, now: float) -> tuple[Sign | None, list[Effect]]:
        """One window was judged; tells whether speech started or ended by it."""
        was_quiet = self._endpointer.quiet
        sign = self._endpointer.window(event.position, event.probability)
        self._heard = event.position
        if self._endpointer.quiet:
            return sign, self._forget_silence()
        effects = [self._starvation_timer(now)] if was_quiet else []
        match sign:
            case Sign.STARTED:
                self._begin()
            case Sign.ENDED:
                effects += self._finish(self._pause_end())
            case Sign.PAUSED:
                effects.append(self._question(event.position))
            case Sign.HUSHED:
                effects += self._sketch(event.position)
            case Sign.RESUMED:
                self._draft = None
            case None if self.speaking and self._longer_than(self._limits.speech_s_max):
                return Sign.ENDED, self._finish(event.position, deaf=True)
        return sign, effects + self._cut_long(event.position) + self._glimpse(event.position)

    def judged(self, pause: int, probability: float) -> list[Effect] | None:
        """The end-of-turn model answered: what to do if that ends the speech, else None."""
        if not self._endpointer.judged(pause, probability):
            return None
        return self._finish(self._pause_end())

    def read(self, event: Transcribed | TranscriptionFailed) -> list[Effect] | None:
        """Words came: what to do if they are those before the pause, and end the speech; else None."""
        if self._draft is None or self._draft.utterance != event.utterance:
            return None
        text, language = (event.text, event.language) if isinstance(event, Transcribed) else ("", None)
        if not self._endpointer.read(text, language):
            return None
        return self._finish(self._pause_end())

    def drained(self, event: HearingDrained) -> list[Effect] | None:
        """All audio before a pause of the stream was judged: what to do if speech ends there, else None."""
        self._draining -= 1
        self._heard = event.position
        ended = self._finish(event.position) if self.speaking else None
        self._endpointer.reset(event.position)  # once more: what comes next does not go on with what was said
        if ended is None:
            self._cut = event.position
        return ended

    def starved(self, now: float) -> list[Effect]:
        """Nothing came for a while by the wall clock; a stream that just stops is taken as paused."""
        if self._endpointer.quiet or self._draining:
            return []
        if now < self._starves_at():
            return [self._starvation_timer(now)]
        return self.pause_stream()

    def conclude(self) -> list[Effect]:
        """Speech is over by somebody's decision, at what has been heard so far."""
        return self._finish(self._heard if self.automatic else self.received)

    # Within

    def _listen(self, chunk: AudioChunk) -> list[Effect]:
        if not chunk.data:
            return []
        self.received += chunk.samples
        waiting_s = (self.received - self._heard) / HEARING.rate_hz
        if self.automatic and waiting_s > self._limits.heard_backlog_s_max:
            raise RemoteProtocolError(
                f"{waiting_s:.0f} s of audio are waiting; at most {self._limits.heard_backlog_s_max:.0f} s can"
            )
        if self.automatic:
            return [Listen(chunk)]
        self._heard = self.received
        listen = Listen(chunk, detect=False)
        if not self.speaking:
            return [listen, *self._forget_between()]
        return [listen, *self._cut_longest(self.received), *self._glimpse(self.received)]

    def _begin(self) -> None:
        assert self._endpointer.started is not None
        self._begun = self._glimpsed = self._endpointer.started
        self._mark(self._begun)
        self._cut = max(self._cut, self._begun - samples(self._settings.preroll_ms))
        self._drafts = 0

    def _finish(self, end: int, *, deaf: bool = False) -> list[Effect]:
        if self._begun is None:
            return []
        effects = self._cut_longest(end)
        effects += self._utterance(end) if end > self._cut else []
        self._mark(end if self._endpointer.pause is None else self._endpointer.pause)
        self._begun = self._draft = None
        self._endpointer.reset(self._heard, deaf=deaf)
        if self._endpointer.revocable:
            effects.append(SetTimer(Timer.STARVATION, self._revocable_until()))
        return effects

    def _mark(self, boundary: int) -> None:
        """Speech begins or ends there; what is passed over afterwards does not move it."""
        self.boundary = boundary
        self.told_boundary = boundary + self._passed_over

    def _utterance(self, end: int) -> list[Effect]:
        start, self._cut, self._remembered = self._cut, end, end
        draft, self._draft = self._draft, None
        utterance = draft.utterance if draft and draft.start == start else self._next_utterance()
        return [Transcribe(utterance, start, end), Forget(end)]

    def _next_utterance(self) -> UtteranceId:
        self._utterances += 1
        return UtteranceId(self._utterances)

    def _sketch(self, position: int) -> list[Effect]:
        """Have what was said so far recognised, in case it was all; not again and again for who hesitates."""
        if self._drafts >= self._speculation.drafts_max or position <= self._cut:
            return []
        self._drafts += 1
        self._draft = Draft(self._next_utterance(), self._cut, position)
        self._endpointer.reading()
        return [self._draft]

    def _pause_end(self) -> int:
        """A little of the silence belongs to the utterance: recognisers want the last sound to fade."""
        assert self._endpointer.pause is not None
        return min(self._heard, self._endpointer.pause + samples(self._settings.tail_ms))

    def _question(self, position: int) -> Effect:
        assert self._endpointer.pause is not None
        return JudgeEnd(self._endpointer.pause, self._cut, position)

    def _longer_than(self, seconds: float) -> bool:
        return self._begun is not None and self._heard - self._begun > seconds * HEARING.rate_hz

    def _cut_long(self, position: int) -> list[Effect]:
        if not self.speaking:
            return []
        pause = self._endpointer.pause
        paused = pause is not None and position - pause >= samples(SEGMENT_PAUSE_MS)
        if paused and position - self._cut >= self._limits.utterance_s_soft * HEARING.rate_hz:
            return self._utterance(position)
        return self._cut_longest(position)

    def _cut_longest(self, position: int) -> list[Effect]:
        """Cut off what is too long to be recognised in one piece, however much came at once."""
        longest = int(self._limits.utterance_s_max * HEARING.rate_hz)
        effects: list[Effect] = []
        while position - self._cut >= longest:
            effects += self._utterance(self._cut + longest)
        return effects

    def _glimpse(self, position: int) -> list[Effect]:
        """Have a look at the words so far, now and then; not in a pause, which may be the end."""
        if self._interim is None or not self.speaking or self._endpointer.pause is not None:
            return []
        if position - self._glimpsed < self._interim:
            return []
        self._glimpsed = position
        return [Glimpse(self._cut, position)]

    def _forget_between(self) -> list[Effect]:
        """Of what comes between declared activities, keep what one utterance can hold."""
        keep_from = self.received - int(self._limits.utterance_s_max * HEARING.rate_hz)
        if keep_from <= self._cut:
            return []
        self._cut = keep_from
        return [Forget(keep_from)]

    def _forget_silence(self) -> list[Effect]:
        keep_from = self._heard - samples(self._settings.preroll_ms)
        if keep_from - self._remembered < samples(FORGET_EVERY_MS):
            return []
        self._remembered = keep_from
        return [Forget(keep_from)]

    def _revocable_until(self) -> float:
        """Who goes on does so in what comes next; a stream that just stops does not."""
        return self._arrived_at + self._speculation.sound_after_ms / 1000

    def _starves_at(self) -> float:
        return self._arrived_at + self._settings.starvation_ms / 1000

    def _starvation_timer(self, now: float) -> Effect:
        return SetTimer(Timer.STARVATION, max(now, self._starves_at()))
