"""A session on a stage: plays the client, the ears and the engines in virtual time, and keeps what was sent."""

import base64
import json

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk
from antiphon.audio.recording import Recording
from antiphon.config import Settings, load_settings
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
    Recall,
    Send,
    SetTimer,
    StartReply,
    Transcribe,
    Weigh,
)
from antiphon.session.events import (
    EndJudged,
    Event,
    HearingDrained,
    Kept,
    Recalled,
    Received,
    ReplyAudio,
    ReplyCalls,
    ReplyEnded,
    ReplyFailed,
    ReplyReached,
    ReplyStarted,
    ReplyText,
    Timer,
    TimerFired,
    Transcribed,
    TurnId,
    Weighed,
    WindowHeard,
)
from antiphon.session.session import Session
from antiphon.session.snapshot import Snapshot
from antiphon.wire.codec import decode_client, encode_server
from antiphon.wire.content import FunctionCall
from antiphon.wire.dialect import Dialect

WINDOW = 512
LOUD, QUIET = b"\x00\x20", b"\x00\x00"

UNREAD = {"words_ms_max": 0}
"""The end is decided without the words of a draft, unless a script says otherwise."""

SPOKEN = {"model": "models/x", "inputAudioTranscription": {}, "outputAudioTranscription": {}}


def pcm(kind: bytes, ms: int) -> bytes:
    return kind * (HEARING.rate_hz * ms // 1000)


class Deaf(list[object]):
    """In the place of a script's answers: no engine, no store and no socket reports back."""

    def append(self, _: object) -> None:
        pass


class Script:
    """Drives one session. Time passes only where the script says so."""

    def __init__(
        self,
        setup: dict[str, object] | None = SPOKEN,
        *,
        dialect: Dialect = Dialect.DEVELOPER,
        store: dict[str, Snapshot] | None = None,
        **settings: object,
    ):
        endpointing = UNREAD | settings.pop("endpointing", {})
        self.settings: Settings = load_settings(endpointing=endpointing, **settings)
        self.session = Session("an-id", dialect, self.settings)
        self.dialect = dialect
        self.now = 100.0
        self.messages: list[dict[str, object]] = []
        self.effects: list[Effect] = []
        self.timers: dict[Timer, float] = {}
        self.recording = Recording()
        self.judged = 0
        self.drains: list[int] = []
        self.closed: Close | None = None
        self.capacity: int | None = None
        self.store: dict[str, Snapshot] = store if store is not None else {}
        self.answers: list[Event] = []
        self.reached: TurnId | None = None
        self.failed: set[TurnId] = set()
        """Whose reply broke."""
        self._perform(self.session.begin(self.now))
        if setup is not None:
            self.client(setup=setup)

    # The client

    def client(self, **message: object) -> None:
        self.event(Received(decode_client(json.dumps(message))))

    def send_pcm(self, data: bytes, mime: str = "audio/pcm;rate=16000") -> None:
        self.client(realtimeInput={"audio": {"mimeType": mime, "data": base64.b64encode(data).decode()}})

    def speak(self, ms: int, kind: bytes = LOUD) -> None:
        """Send audio in real time; the ears judge each window as it fills."""
        for _ in range(ms // 20):
            self.now += 0.02
            self.send_pcm(pcm(kind, 20))
            self.hear()

    def silence(self, ms: int) -> None:
        self.speak(ms, QUIET)

    # The ears

    def hear(self) -> None:
        """Judge all whole windows that were recorded, and the ends of the stream."""
        while True:
            end = self.drains[0] if self.drains else self.recording.end
            if end - self.judged >= WINDOW:
                window = self.recording.slice(self.judged, self.judged + WINDOW).int16()
                self.judged += WINDOW
                self.event(WindowHeard(self.judged, 1.0 if abs(int(window[-1])) > 100 else 0.0))
            elif self.drains:
                self.judged = self.drains.pop(0)
                self.event(HearingDrained(self.judged))
            else:
                return

    def judge(self, probability: float) -> None:
        self.event(EndJudged(self.last(JudgeEnd).pause, probability))

    def recognise(self, text: str) -> None:
        self.event(Transcribed(self.last(Transcribe).utterance, text))

    def recognise_draft(self, text: str) -> None:
        self.event(Transcribed(self.last(Draft).utterance, text))

    def ask(self, text: str = "hello") -> None:
        """A whole spoken question, up to the start of its reply."""
        self.speak(600)
        self.silence(400)
        self.judge(1.0)
        self.recognise(text)

    # The brain and the voice

    def says(self, text: str = "hi there", seconds: float = 1.0, *, tokens: int = 2) -> None:
        turn = self.last(StartReply).turn
        self.event(ReplyStarted(turn))
        self.event(ReplyText(turn, text, tokens))
        self.event(ReplyAudio(turn, AudioChunk(b"\1\0" * int(seconds * SPEAKING.rate_hz), SPEAKING)))

    def ends(self) -> None:
        self.event(ReplyEnded(self.last(StartReply).turn))

    def calls(self, *names: str) -> list[str]:
        """The reply ends in calls; gives their ids."""
        self.event(ReplyCalls(self.last(StartReply).turn, tuple(FunctionCall(name=name, args={}) for name in names)))
        call = next(message["toolCall"] for message in reversed(self.messages) if "toolCall" in message)
        return [call["id"] for call in call["functionCalls"]]

    def respond(self, *ids: str, **members: object) -> None:
        """The client answers calls."""
        given = [{"id": id, "name": "f", "response": {"output": id[-1]}, **members} for id in ids]
        self.client(toolResponse={"functionResponses": given})

    # Time

    def wait(self, seconds: float) -> None:
        """Let time pass, firing the timers that run out."""
        until = self.now + seconds
        while self.timers:
            timer = min(self.timers, key=self.timers.__getitem__)
            if self.timers[timer] > until:
                break
            self.now = max(self.now, self.timers.pop(timer))
            self.event(TimerFired(timer))
            self.hear()
        self.now = until

    # What came of it

    def event(self, event: Event) -> list[Effect]:
        if isinstance(event, ReplyFailed):
            self.failed.add(event.turn)
        effects = self.session.receive(event, self.now)
        self._perform(effects)
        while self.answers:
            effects = [*effects, *self.event(self.answers.pop(0))]
        return effects

    def last(self, kind: type) -> object:
        return next(effect for effect in reversed(self.effects) if isinstance(effect, kind))

    def count(self, kind: type) -> int:
        return sum(isinstance(effect, kind) for effect in self.effects)

    def sent(self) -> list[str]:
        """The members of what was sent since the last call, in order; audio and bundled usage by name."""
        names = [name for message in self.messages for name in _names(message)]
        self.messages.clear()
        return names

    def contents(self) -> list[dict[str, object]]:
        return [message["serverContent"] for message in self.messages if "serverContent" in message]

    def _perform(self, effects: list[Effect]) -> None:  # noqa: C901, PLR0912 - a table
        self.effects += effects
        for effect in effects:
            match effect:
                case Send(message=message, turn=turn):
                    self.messages.append(json.loads(encode_server(message, self.dialect)))
                    if turn not in (None, self.reached):
                        self.reached = turn
                        self.answers.append(ReplyReached(turn))
                case Listen(audio=audio, detect=detect):
                    self.recording.append(audio)
                    self.judged = self.judged if detect else self.recording.end
                case DrainHearing():
                    self.drains.append(self.recording.end)
                case Forget(before=before):
                    self.recording.forget(min(before, self.judged))
                case SetTimer(timer=timer, at=at):
                    self.timers[timer] = at
                case ClearTimer(timer=timer):
                    self.timers.pop(timer, None)
                case Close():
                    self.closed = effect
                case Weigh(turn=turn, texts=texts):
                    self.answers.append(Weighed(turn, tuple(len(text.split()) for text in texts), self.capacity))
                case Keep(snapshot=snapshot):
                    handle = f"handle-{len(self.store) + 1}"
                    self.store[handle] = snapshot
                    self.answers.append(Kept(handle))
                case Recall(handle=handle):
                    self.answers.append(Recalled(self.store.get(handle)))
                case JudgeEnd() | Transcribe() | StartReply() | CancelReply() | Engage() | Note() | Glimpse():
                    pass


def _names(message: dict[str, object]) -> list[str]:
    content = message.get("serverContent")
    if not isinstance(content, dict):
        return list(message)
    return [_name_of(member, value) for member, value in content.items()]


def _name_of(member: str, value: object) -> str:
    if member == "modelTurn":
        part = value["parts"][0]
        return "audio" if "inlineData" in part else "thought" if part.get("thought") else "text"
    if member == "outputTranscription" and value.get("finished"):
        return "outputTranscription finished"
    return member
