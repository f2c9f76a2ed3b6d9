"""A session that was set up: routes an event to the machine it concerns and collects the effects."""

from typing import assert_never

from antiphon.config import Settings
from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.session import messages
from antiphon.session.activity import Activity, Speech
from antiphon.session.effects import Close, Draft, Effect, Engage, Keep, Note, Send, SetTimer, Transcribe
from antiphon.session.endpointing import Sign
from antiphon.session.events import (
    EndJudged,
    Event,
    Garbled,
    Glimpsed,
    HearingDrained,
    HearingEvent,
    HearingFailed,
    Kept,
    Leave,
    Recalled,
    Received,
    ReplyEvent,
    ReplyReached,
    Superseded,
    Timer,
    TimerFired,
    Transcribed,
    TranscriptionFailed,
    Weighed,
    WindowHeard,
)
from antiphon.session.floor import Floor
from antiphon.session.identity import Identity
from antiphon.session.keeping import Consumed, Keeping
from antiphon.session.snapshot import Snapshot
from antiphon.session.terms import Terms
from antiphon.wire.client import ClientContent, ClientMessage, ContextUpdate, RealtimeInput
from antiphon.wire.content import Blob
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import VoiceActivityType

DEPARTED = "Connection aborted because the client failed to close the connection after receiving a GoAway signal."
SUPERSEDED = "The operation was aborted: another connection resumed this session."


class Conversation:
    """The rules and the state between the setup and the close. `receive` may raise RemoteProtocolError."""

    def __init__(self, terms: Terms, identity: Identity, settings: Settings, snapshot: Snapshot | None = None) -> None:
        vertex = identity.dialect is Dialect.VERTEX
        self._settings = settings
        self._activity = Activity(terms.realtime, settings, vertex=vertex, interim=terms.tells_input)
        self._floor = Floor(terms, settings.limits, identity.name_call, vertex=vertex)
        self._keeping = Keeping(terms, settings.resumption)
        self._consumed = Consumed() if terms.transparent else None
        self._departs_at: float | None = None
        self._kept_after = 0
        """The turns that were over when the newest snapshot was taken."""
        if snapshot is not None:
            self._floor.restore(snapshot)

    @property
    def speech(self) -> Speech:
        """What is made of the user's voice."""
        return self._activity.speech

    def begin(self, now: float) -> list[Effect]:
        """What an agreed setup brings about, before setupComplete."""
        terms = self._floor.terms
        effects: list[Effect] = [
            Engage(model=terms.setup.model, languages=terms.languages, vocabulary=terms.vocabulary),
            *self._remarks(terms),
        ]
        if self._settings.server.go_away_after_s is not None:
            effects.append(SetTimer(Timer.AGE, now + self._settings.server.go_away_after_s))
        return effects

    def receive(self, event: Event, now: float) -> list[Effect]:
        """Take one event."""
        effects = self._route(event, now)
        if self._consumed is not None and isinstance(event, Received):
            self._consumed.received(self._activity.received, typed=_is_typed(event.message))
        return [*effects, *self.settle(now)]

    def settle(self, now: float) -> list[Effect]:
        """Answer what is ready to be answered, and keep what has come to rest."""
        effects = self._release(now)
        effects += self._floor.advance(now, speaking=self._activity.speaking)
        effects += self._release(now)  # what was drafted comes with the turn that was opened
        if not self._keeping.on:
            return effects
        if not self._floor.idle or self._activity.speaking:
            return [*effects, *self._keeping.busy()]
        return [*effects, *self._rest()]

    def _rest(self) -> list[Effect]:
        consumed = self._consumed
        if consumed is not None and (settled := self._activity.settled) is not None:
            consumed.settled(settled, self._activity.heard if self._activity.quiet else settled)
        if consumed is not None and not consumed.complete:
            return []
        effects = self._keeping.rests(self._floor.revision, consumed.index if consumed else 0, self._floor.snapshot)
        if any(isinstance(effect, Keep) for effect in effects):
            self._kept_after = self._floor.turns_over
        return effects

    def _route(self, event: Event, now: float) -> list[Effect]:
        if isinstance(event, ReplyEvent):
            self._floor.waiting.append(event)
            return []  # settling looks at it
        if isinstance(event, HearingEvent):
            return self._ears(event, now)
        match event:
            case Received(message):
                return self._message(message, now)
            case Garbled(error):
                raise error
            case Weighed():
                return self._floor.weighed(event)
            case ReplyReached(turn):
                return self._floor.reached(turn)
            case TimerFired(timer):
                return self._timer(timer, now)
            case Recalled() | Kept() | Leave() | Superseded():
                return self._connection(event, now)
        assert_never(event)

    def _release(self, now: float) -> list[Effect]:
        """Take what came of a reply; but none begins while somebody may be about to speak."""
        if not self._floor.waiting:
            return []
        if self._activity.about_to_speak(now) and not self._floor.replying:
            return []
        waiting, self._floor.waiting = self._floor.waiting, []
        return [effect for event in waiting for effect in self._floor.reply(event, now)]

    def _connection(self, event: Recalled | Kept | Leave | Superseded, now: float) -> list[Effect]:
        match event:
            case Kept(handle):
                # Behind a turn's end a client takes a handle to hold that turn; one that does is about to come.
                return self._keeping.kept(handle if self._kept_after == self._floor.turns_over else None)
            case Leave(time_left_s):
                return self._leave(time_left_s, now)
            case Superseded():
                raise RemoteProtocolError(SUPERSEDED, CloseCode.POLICY)
            case Recalled():
                return []

    def _timer(self, timer: Timer, now: float) -> list[Effect]:
        match timer:
            case Timer.STARVATION:
                return self._activity.starved(now)
            case Timer.TRANSCRIPT:
                self._floor.asking.question.give_up()
            case Timer.REPLY:
                return self._floor.reply_stalled(now)
            case Timer.PLAYBACK:
                return self._floor.played_out(now)
            case Timer.CALLS:
                return self._floor.calls_late(now)
            case Timer.AGE:
                return self._leave(self._settings.server.go_away_notice_s, now)
            case Timer.DEPARTURE:
                return [Close(CloseCode.POLICY, DEPARTED)]
            case Timer.SETUP:
                pass
        return []

    def _leave(self, time_left_s: float, now: float) -> list[Effect]:
        """Say so, and close in time: a notice does not put off an earlier one."""
        departs_at = now + time_left_s if self._departs_at is None else min(self._departs_at, now + time_left_s)
        self._departs_at = departs_at
        return [Send(messages.go_away(departs_at - now)), SetTimer(Timer.DEPARTURE, departs_at)]

    # What the client sends

    def _message(self, message: ClientMessage, now: float) -> list[Effect]:
        match message:
            case ClientMessage(realtime_input=RealtimeInput() as realtime):  # nearly all there is
                return self._realtime(realtime, now)
            case ClientMessage(client_content=ClientContent() as content):
                return self._client_content(content, now)
            case ClientMessage(context_update=ContextUpdate() as update):
                self._floor.terms = self._floor.terms.updated(update)
                return self._remarks(self._floor.terms) if update.tools else []
        if message.tool_response is not None:
            responses = message.tool_response.function_responses
            return self._floor.answered(responses, now, speaking=self._activity.speaking)
        raise RemoteProtocolError("setup: was sent already. Request contains an invalid argument.")

    def _client_content(self, content: ClientContent, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if self._activity.speaking and content.turn_complete:
            effects = self._speech_over(self._activity.conclude(), now)
        return [*effects, *self._floor.content(content.turns, now, complete=content.turn_complete)]

    def _realtime(self, realtime: RealtimeInput, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if realtime.activity_start is not None:
            effects += self._activity_start(now)
        for path, blob in _blobs(realtime):
            effects += self._media(path, blob, now)
        if realtime.text is not None:
            effects += self._text(realtime.text, now)
        if realtime.audio_stream_end:
            effects += self._stream_end()
        if realtime.activity_end is not None:
            effects += self._activity_end(now)
        return effects

    def _media(self, path: str, blob: Blob, now: float) -> list[Effect]:
        try:
            if path == "video" or blob.mime_type.lower().startswith(("image/", "video/")):
                self._floor.asking.shown(blob, speaking=self._activity.speaking)
                return []
            sign, effects = self._activity.audio(blob, now)
        except RemoteProtocolError as error:
            raise RemoteProtocolError(f"realtime_input.{path}: {error.reason}", error.code) from None
        return self._speech_over(effects, now) if sign is Sign.ENDED else self._heard(effects, now)

    def _text(self, text: str, now: float) -> list[Effect]:
        if text.strip():
            return self._floor.typed(text, now)
        self._floor.nudged()
        return []

    def _stream_end(self) -> list[Effect]:
        if not self._activity.automatic:
            raise RemoteProtocolError("realtime_input.audio_stream_end: needs automatic activity detection")
        return self._activity.pause_stream()

    def _activity_start(self, now: float) -> list[Effect]:
        self._manual("activity_start")
        if self._activity.speaking:
            return []
        self._activity.start()
        return self._speech_starts(now)

    def _activity_end(self, now: float) -> list[Effect]:
        self._manual("activity_end")
        if not self._activity.speaking:
            return []
        return self._speech_over(self._activity.end(), now)

    def _manual(self, member: str) -> None:
        if self._activity.automatic:
            raise RemoteProtocolError(f"realtime_input.{member}: automatic activity detection is on")

    # What the ears hear

    def _ears(self, event: HearingEvent, now: float) -> list[Effect]:
        match event:
            case WindowHeard():
                return self._window(event, now)
            case EndJudged():
                return self._speech_over(self._activity.judged(event.pause, event.probability), now)
            case HearingDrained():
                return self._speech_over(self._activity.drained(event), now)
            case Glimpsed(start, text):
                return self._glimpsed(text) if self._activity.is_current(start) and text else []
            case HearingFailed():
                raise RemoteProtocolError("Internal error encountered.", CloseCode.INTERNAL)
            case Transcribed() | TranscriptionFailed():
                heard = self._floor.recognised(event)
                return [*heard, *self._speech_over(self._activity.read(event), now)]

    def _window(self, event: WindowHeard, now: float) -> list[Effect]:
        sign, effects = self._activity.window(event, now)
        match sign:
            case Sign.STARTED:
                return [*self._heard(effects, now), *self._speech_starts(now)]
            case Sign.ENDED:
                return self._speech_over(effects, now)
            case Sign.RESUMED:
                return [*self._floor.speaks_on(), *self._heard(effects, now)]
        return self._heard(effects, now)

    def _glimpsed(self, text: str) -> list[Effect]:
        told = [Send(messages.heard_so_far(text))] if self._floor.terms.tells_input else []
        return [*told, *(self._floor.foresee(text) if self._settings.speculation.enabled else [])]

    def _speech_starts(self, now: float) -> list[Effect]:
        told = self._tell_activity(VoiceActivityType.ACTIVITY_START)
        yielded = self._floor.speech_starts(now)
        return [*told, *yielded, *(self._floor.foresee() if self._settings.speculation.enabled else [])]

    def _speech_over(self, effects: list[Effect] | None, now: float) -> list[Effect]:
        if effects is None:
            return []
        self._floor.asking.question.ask(spoken=True)
        return [*self._tell_activity(VoiceActivityType.ACTIVITY_END), *self._heard(effects, now)]

    def _heard(self, effects: list[Effect], now: float) -> list[Effect]:
        """Tell the floor of speech that goes to the recogniser."""
        told: list[Effect] = []
        for effect in effects:
            match effect:
                case Transcribe():
                    told += [effect, *self._floor.spoken(effect, now)]
                case Draft():
                    told += self._floor.drafting.begin(effect)
                case _:
                    told.append(effect)
        return told

    def _tell_activity(self, kind: VoiceActivityType) -> list[Effect]:
        if not self._floor.terms.tells_activity:
            return []
        return [Send(messages.voice_activity(kind, self._activity.told_boundary))]

    def _remarks(self, terms: Terms) -> list[Effect]:
        """What the operator should know of this setup."""
        notes = [f"{name} is not available here; the model was told so" for name in terms.missing_tools]
        notes += [f"{name} is accepted, and nothing comes of it here" for name in terms.ignored]
        return [Note(note) for note in notes]


def _is_typed(message: ClientMessage) -> bool:
    """Everything but sound: it is part of the session at once."""
    return not (message.realtime_input and any(path != "video" for path, _ in _blobs(message.realtime_input)))


def _blobs(realtime: RealtimeInput) -> list[tuple[str, Blob]]:
    """The media in a message, wherever they stand; sound and pictures are told apart by type (protocol.md 2.6)."""
    blobs = [(f"media_chunks[{index}]", blob) for index, blob in enumerate(realtime.media_chunks)]
    if realtime.audio is not None:
        blobs.append(("audio", realtime.audio))
    if realtime.video is not None:
        blobs.append(("video", realtime.video))
    return blobs
