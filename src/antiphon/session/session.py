"""One conversation: routes an event to the machine it concerns and collects the effects."""

from typing import assert_never

from antiphon.config import Settings
from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.session.activity import Activity
from antiphon.session.effects import ClearTimer, Close, Effect, Send, SetTimer, Transcribe
from antiphon.session.endpointing import Sign
from antiphon.session.events import (
    EndJudged,
    Event,
    Garbled,
    HearingDrained,
    HearingFailed,
    Received,
    ReplyAudio,
    ReplyEnded,
    ReplyFailed,
    ReplyStarted,
    ReplyText,
    Timer,
    TimerFired,
    Transcribed,
    TranscriptionFailed,
    WindowHeard,
)
from antiphon.session.floor import Floor
from antiphon.session.terms import Terms
from antiphon.wire.client import ClientContent, ClientMessage, RealtimeInput
from antiphon.wire.content import Blob
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import ServerMessage, SetupComplete
from antiphon.wire.setup import Setup


class Session:
    """The rules and the state of one conversation. Pure: `receive` never waits and never fails.

    Call `begin` once, then `receive` for each event in order, and perform the effects in order.
    A peer's mistake becomes a Close; after a Close nothing has any effect.
    """

    def __init__(self, id: str, dialect: Dialect, settings: Settings) -> None:
        self.id = id
        self._dialect = dialect
        self._settings = settings
        self._open: _Open | None = None
        self._closed = False

    def begin(self, now: float) -> list[Effect]:
        """The socket is there; the setup must follow."""
        return [SetTimer(Timer.SETUP, now + self._settings.limits.setup_wait_s)]

    def receive(self, event: Event, now: float) -> list[Effect]:
        """Take one event at a time on a clock in seconds that never goes back."""
        if self._closed:
            return []
        try:
            return self._open.receive(event, now) if self._open else self._before_setup(event)
        except RemoteProtocolError as error:
            self._closed = True
            return [Close(error.code, error.reason)]

    def _before_setup(self, event: Event) -> list[Effect]:
        match event:
            case Received(ClientMessage(setup=Setup() as setup)):
                self._open = _Open(setup, self._settings, vertex=self._dialect is Dialect.VERTEX)
                return [ClearTimer(Timer.SETUP), Send(ServerMessage(setup_complete=SetupComplete(session_id=self.id)))]
            case Garbled(error):
                raise error
            case Received():
                raise RemoteProtocolError("setup: must be the first message")
            case TimerFired(Timer.SETUP):
                wait = self._settings.limits.setup_wait_s
                raise RemoteProtocolError(f"setup: did not come within {wait:g} s", CloseCode.POLICY)
        return []


class _Open:
    """A session that was set up."""

    def __init__(self, setup: Setup, settings: Settings, *, vertex: bool) -> None:
        terms = Terms.of(setup, settings.system_prompt)
        self._activity = Activity(terms.realtime, settings.endpointing, settings.limits, vertex=vertex)
        self._floor = Floor(terms, settings.limits)

    def receive(self, event: Event, now: float) -> list[Effect]:
        effects = self._route(event, now)
        return [*effects, *self._floor.advance(now, speaking=self._activity.speaking)]

    def _route(self, event: Event, now: float) -> list[Effect]:
        match event:
            case Received(message):
                return self._message(message, now)
            case Garbled(error):
                raise error
            case WindowHeard():
                return self._window(event, now)
            case EndJudged():
                return self._speech_over(self._activity.judged(event.pause, event.probability), now)
            case HearingFailed():
                raise RemoteProtocolError("Internal error encountered.", CloseCode.INTERNAL)
            case HearingDrained():
                return self._speech_over(self._activity.drained(event), now)
            case Transcribed() | TranscriptionFailed():
                return self._floor.recognised(event)
            case ReplyStarted() | ReplyText() | ReplyAudio() | ReplyEnded() | ReplyFailed():
                return self._floor.reply(event, now)
            case TimerFired(timer):
                return self._timer(timer, now)
        assert_never(event)

    def _timer(self, timer: Timer, now: float) -> list[Effect]:
        match timer:
            case Timer.STARVATION:
                return self._activity.starved(now)
            case Timer.TRANSCRIPT:
                self._floor.recogniser_late()
            case Timer.REPLY:
                return self._floor.reply_stalled(now)
            case Timer.PLAYBACK:
                return self._floor.played_out(now)
            case Timer.SETUP:
                pass
        return []

    # What the client sends

    def _message(self, message: ClientMessage, now: float) -> list[Effect]:
        if message.setup is not None:
            raise RemoteProtocolError("setup: was sent already. Request contains an invalid argument.")
        if message.client_content is not None:
            return self._client_content(message.client_content, now)
        if message.realtime_input is not None:
            return self._realtime(message.realtime_input, now)
        return []

    def _client_content(self, content: ClientContent, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if self._activity.speaking and content.turn_complete:
            effects = self._speech_over(self._activity.conclude(), now)
        return [*effects, *self._floor.content(content.turns, now, complete=content.turn_complete)]

    def _realtime(self, realtime: RealtimeInput, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if realtime.activity_start is not None:
            effects += self._activity_start(now)
        for path, blob in _audio_blobs(realtime):
            effects += self._audio(path, blob, now)
        if realtime.text is not None:
            effects += self._text(realtime.text, now)
        if realtime.audio_stream_end:
            effects += self._stream_end()
        if realtime.activity_end is not None:
            effects += self._activity_end(now)
        return effects

    def _audio(self, path: str, blob: Blob, now: float) -> list[Effect]:
        try:
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
        return self._floor.speech_starts(now)

    def _activity_end(self, now: float) -> list[Effect]:
        self._manual("activity_end")
        if not self._activity.speaking:
            return []
        return self._speech_over(self._activity.end(), now)

    def _manual(self, member: str) -> None:
        if self._activity.automatic:
            raise RemoteProtocolError(f"realtime_input.{member}: automatic activity detection is on")

    # What the ears hear

    def _window(self, event: WindowHeard, now: float) -> list[Effect]:
        sign, effects = self._activity.window(event, now)
        match sign:
            case Sign.STARTED:
                return [*self._heard(effects, now), *self._floor.speech_starts(now)]
            case Sign.ENDED:
                return self._speech_over(effects, now)
        return self._heard(effects, now)

    def _speech_over(self, effects: list[Effect] | None, now: float) -> list[Effect]:
        if effects is None:
            return []
        self._floor.speech_ends()
        return self._heard(effects, now)

    def _heard(self, effects: list[Effect], now: float) -> list[Effect]:
        """Tell the floor of speech that goes to the recogniser."""
        handed = [effect for effect in effects if isinstance(effect, Transcribe)]
        return [*effects, *(self._floor.speech_heard(effect, now) for effect in handed)]


def _audio_blobs(realtime: RealtimeInput) -> list[tuple[str, Blob]]:
    """The sound in a message, wherever it stands; pictures are routed by their type (protocol.md 2.6)."""
    blobs = [(f"media_chunks[{index}]", blob) for index, blob in enumerate(realtime.media_chunks)]
    if realtime.audio is not None:
        blobs.append(("audio", realtime.audio))
    return [(path, blob) for path, blob in blobs if not blob.mime_type.lower().startswith(("image/", "video/"))]
