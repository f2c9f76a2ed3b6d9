"""The user's side: what is being asked, as it is spoken, recognised, typed and shown."""

from antiphon.audio.pcm import HEARING
from antiphon.config import Limits
from antiphon.session import messages
from antiphon.session.camera import Camera
from antiphon.session.effects import ClearTimer, Effect, Send, SetTimer, Transcribe
from antiphon.session.events import Timer, Transcribed, TranscriptionFailed
from antiphon.session.history import Entry, History
from antiphon.session.question import Question
from antiphon.session.terms import Terms
from antiphon.wire.content import Blob, Content


class Asking:
    """Gathers the next question. Knows nothing of turns."""

    def __init__(self, terms: Terms, history: History, limits: Limits) -> None:
        self._terms = terms
        self._history = history
        self._limits = limits
        self._camera = Camera(terms.coverage, limits)
        self.question = Question()
        self.silent = terms.silent_history
        """Contents are history for now, and no question."""
        self.changes = 0
        """Counts what changes a snapshot."""

    def entries(self) -> list[Entry]:
        """What a snapshot holds of it."""
        return [*self._camera.entries(), *self.question.entries()]

    def pictured(self, question: Question) -> Question:
        """A question with the pictures `take` would show for it now; they stay where they are."""
        question.show(tuple(entry.content for entry in self._camera.entries()))
        return question

    def spoken(self, effect: Transcribe, now: float) -> Effect:
        """Some of the user's speech goes to the recogniser, whose time is limited."""
        self.question.hear(effect.utterance, (effect.end - effect.start) / HEARING.rate_hz)
        return SetTimer(Timer.TRANSCRIPT, now + self._limits.transcript_wait_s)

    def recognised(self, event: Transcribed | TranscriptionFailed) -> list[Effect]:
        """The recogniser answered; words are told to the client as they come."""
        text, language = (event.text.strip(), event.language) if isinstance(event, Transcribed) else ("", None)
        follows = self.question.has_words
        if not self.question.recognised(event.utterance, text):
            return []
        self._history.check_room(self.question.size)
        effects: list[Effect] = []
        if text and self._terms.tells_input:
            effects.append(Send(messages.heard(f" {text}" if follows else text, language)))
        if not self.question.recognising:
            effects.append(ClearTimer(Timer.TRANSCRIPT))
        return effects

    def shown(self, frame: Blob, *, speaking: bool) -> None:
        """The user's camera took a picture."""
        self._camera.see(frame, speaking=speaking)
        self.changes += self._terms.transparent  # kept one by one only for a client that counts its messages

    def add(self, *contents: Content) -> None:
        """Contents were typed, or came of functions."""
        self.question.add(*contents)
        self._history.check_room(self.question.size)
        self.changes += 1

    def add_content(self, turns: tuple[Content, ...], *, complete: bool) -> None:
        """The client adds to the conversation: at first perhaps its history, later questions (protocol.md 2.5)."""
        self.add(*turns)
        if self.silent:
            self.silent = not complete
            self._history.append(*self.question.take_typed())
            self._history.pin()
        elif complete:
            self.question.ask()

    def take(self) -> Question:
        """The question as it is to be answered, with the pictures shown for it; history is over by then."""
        self.silent = False
        question, self.question = self.question, Question()
        if not question.wordless:
            question.show(self._camera.take())
        return question

    def put_back(self, question: Question) -> None:
        """It was not answered: what came since belongs to it."""
        question.absorb(self.question)
        self.question = question
