"""One session from its first message to its close: setup, perhaps recall, then the conversation."""

from collections.abc import Callable

from antiphon.config import Settings
from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.session.activity import Speech
from antiphon.session.conversation import SUPERSEDED, Conversation
from antiphon.session.effects import ClearTimer, Close, Effect, Recall, Send, SetTimer
from antiphon.session.events import Event, Garbled, Leave, Recalled, Received, Superseded, Timer, TimerFired
from antiphon.session.identity import Identity
from antiphon.session.models import model_id
from antiphon.session.snapshot import Snapshot
from antiphon.session.terms import Terms, resumed_setup
from antiphon.wire.client import ClientMessage
from antiphon.wire.dialect import Dialect
from antiphon.wire.kinds import bytes_held
from antiphon.wire.server import ServerMessage, SetupComplete
from antiphon.wire.setup import Setup

NOT_FOUND = "BidiGenerateContent session not found"


class Session:
    """The rules and the state of one connection. Pure: `receive` never waits and never fails.

    Call `begin` once, then `receive` for each event in order, and perform the effects in order.
    A peer's mistake becomes a Close; after a Close nothing has any effect.
    """

    def __init__(
        self, id: str, dialect: Dialect, settings: Settings, lock: Callable[[Setup], Setup] = lambda setup: setup
    ) -> None:
        """`lock` gives a setup what the client's credential decides; a new session's comes with it applied."""
        self.id = id
        self._identity = Identity(id, dialect)
        self._settings = settings
        self._lock = lock
        self._resumes: Setup | None = None
        self._early: list[Received] = []
        self._early_bytes = 0
        self._conversation: Conversation | None = None
        self._closed = False

    @property
    def speech(self) -> Speech:
        """What is made of the user's voice so far."""
        return self._conversation.speech if self._conversation else Speech(going_on=False, boundary=0)

    def begin(self, now: float) -> list[Effect]:
        """The socket is there; the setup must follow."""
        return [SetTimer(Timer.SETUP, now + self._settings.limits.setup_wait_s)]

    def receive(self, event: Event, now: float) -> list[Effect]:
        """Take one event at a time on a clock in seconds that never goes back."""
        if self._closed:
            return []
        try:
            effects = self._receive(event, now)
        except RemoteProtocolError as error:
            effects = [Close(error.code, error.reason)]
        self._closed = bool(effects) and any(isinstance(effect, Close) for effect in effects)
        return effects

    def _receive(self, event: Event, now: float) -> list[Effect]:
        if self._conversation:
            return self._conversation.receive(event, now)
        if isinstance(event, Garbled):
            raise event.error
        if isinstance(event, Superseded):
            raise RemoteProtocolError(SUPERSEDED, CloseCode.POLICY)
        if isinstance(event, Leave):
            raise RemoteProtocolError("The service is currently unavailable.", CloseCode.INTERNAL)
        return self._recalling(event, now) if self._resumes else self._before_setup(event, now)

    def _before_setup(self, event: Event, now: float) -> list[Effect]:
        match event:
            case Received(ClientMessage(setup=Setup() as setup)):
                handle = setup.session_resumption.handle if setup.session_resumption else None
                if not handle:
                    return self._open(setup, now)
                self._resumes = setup
                return [ClearTimer(Timer.SETUP), Recall(handle)]
            case Received():
                raise RemoteProtocolError("setup: must be the first message")
            case TimerFired(Timer.SETUP):
                wait = self._settings.limits.setup_wait_s
                raise RemoteProtocolError(f"setup: did not come within {wait:g} s", CloseCode.POLICY)
        return []

    def _recalling(self, event: Event, now: float) -> list[Effect]:
        """Clients do not wait for setupComplete: what they send meanwhile comes after it (protocol.md 4.1)."""
        match event:
            case Received(message):
                self._early_bytes += bytes_held(message)
                limits = self._settings
                full = len(self._early) >= limits.resumption.recall_messages_max
                if full or self._early_bytes > limits.limits.message_bytes_max:
                    raise RemoteProtocolError("too many messages before the session was found", CloseCode.INTERNAL)
                self._early.append(event)
            case Recalled(snapshot):
                return self._resume(snapshot, now)
        return []

    def _resume(self, snapshot: Snapshot | None, now: float) -> list[Effect]:
        assert self._resumes is not None
        if snapshot is None:
            raise RemoteProtocolError(NOT_FOUND, CloseCode.POLICY)
        model = snapshot.setup.model
        if self._resumes.model and model_id(self._resumes.model) != model_id(model):
            raise RemoteProtocolError(f"setup.model: a resumed session keeps its model, {model_id(model)[:40]}")
        effects = self._open(resumed_setup(snapshot.setup, self._resumes, self._lock), now, snapshot)
        early, self._early = self._early, []
        for event in early:
            effects += self._receive(event, now)
        return effects

    def _open(self, setup: Setup, now: float, snapshot: Snapshot | None = None) -> list[Effect]:
        terms = Terms.of(setup, self._settings)
        conversation = self._conversation = Conversation(terms, self._identity, self._settings, snapshot)
        return [
            ClearTimer(Timer.SETUP),
            *conversation.begin(now),
            Send(ServerMessage(setup_complete=SetupComplete(session_id=self.id))),
            *conversation.settle(now),
        ]
