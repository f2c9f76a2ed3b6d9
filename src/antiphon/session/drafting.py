"""An answer made ready before it is sure that the user has finished.

At the first sign of silence what was said so far is recognised and answered as if it were all, and none of it is told.
If it was all, what has come of the draft by then is taken as if it came at that moment. If the user speaks on, or
anything else changes what is to be answered, the draft is thrown away.
"""

from dataclasses import dataclass, field

from antiphon.audio.pcm import HEARING
from antiphon.session.effects import CancelReply, Draft, Effect, Prepare, Withdraw
from antiphon.session.events import ReplyEvent, ReplyFailed, Transcribed, TranscriptionFailed, UtteranceId, Weighed
from antiphon.session.prompting import Prompting
from antiphon.session.question import Question
from antiphon.session.turn import Turn

_FORESEEN = UtteranceId(0)
"""No utterance yet."""


@dataclass(slots=True)
class _Drafted:
    utterance: UtteranceId
    seconds: float
    heard: Transcribed | TranscriptionFailed | None = None
    tried: bool = False
    """The model was asked, once."""
    turn: Turn | None = None
    revision: int = 0
    """Of the conversation the turn answers."""
    events: list[ReplyEvent] = field(default_factory=list)
    """What came of the turn so far."""

    @property
    def words(self) -> str:
        return self.heard.text.strip() if isinstance(self.heard, Transcribed) else ""


class Drafting:
    """At most one draft. Tells the client nothing, and changes nothing of the conversation."""

    def __init__(self, prompting: Prompting) -> None:
        self._prompting = prompting
        self._draft: _Drafted | None = None

    def foresee(self, asked: Question, text: str) -> Prepare:
        """While somebody speaks: have the model read what was said before, and what he is saying.

        The last word may be but half of one.
        """
        begun, _, _ = text.strip().rpartition(" ")
        question = asked.with_speech(_FORESEEN, 0.0, begun) if begun else asked
        return Prepare(self._prompting.beginning(question))

    def begin(self, effect: Draft) -> list[Effect]:
        """Speech that may be over goes to the recogniser."""
        dropped = self.drop()
        self._draft = _Drafted(effect.utterance, (effect.end - effect.start) / HEARING.rate_hz)
        return [*dropped, effect]

    def recognised(self, event: Transcribed | TranscriptionFailed) -> bool:
        """The recogniser answered; False when that is nothing it was asked for a draft."""
        if self._draft is None or self._draft.utterance != event.utterance:
            return False
        self._draft.heard = event
        return True

    def question(self, asked: Question) -> Question | None:
        """What the user asks if his speech is over; None when there is nothing to draft an answer to."""
        draft = self._draft
        if draft is None or draft.tried or not draft.words:
            return None
        return asked.with_speech(draft.utterance, draft.seconds, draft.words)

    def open(self, turn: Turn, revision: int) -> list[Effect]:
        """Have the model answer, in a turn nobody knows of."""
        assert self._draft
        self._draft.tried, self._draft.turn, self._draft.revision = True, turn, revision
        return [self._prompting.put(turn)]

    def weighed(self, event: Weighed) -> list[Effect]:
        """The prompt's tokens were counted; what fits only when something is forgotten is not drafted."""
        draft, turn = self._draft, self._turn_of(event)
        if draft is None or turn is None:
            return []
        effect = self._prompting.weighed(turn, event, drafted=True)
        if effect is None:
            draft.turn = None
        return [effect] if effect else []

    def holds(self, event: ReplyEvent) -> bool:
        """Keep back what comes of the draft; False when the event is of another turn."""
        draft = self._draft
        if draft is None or self._turn_of(event) is None:
            return False
        if isinstance(event, ReplyFailed):
            draft.turn = None  # the question itself shall have a try of its own
        else:
            draft.events.append(event)
        return True

    def confirm(self, utterance: UtteranceId) -> Transcribed | TranscriptionFailed | None:
        """The speech was cut just where it was drafted: its words, if they have come.

        Words that still have to come are no longer a matter of the draft.
        """
        draft = self._draft
        if draft is None or draft.utterance != utterance:
            return None
        if draft.heard is None:
            self._draft = None
        return draft.heard

    def take(self, question: Question, revision: int) -> tuple[Turn, list[ReplyEvent]] | None:
        """The drafted turn and what came of it, if it answers just this question; then the draft is over."""
        draft = self._draft
        if draft is None or draft.turn is None or draft.revision != revision:
            return None
        if not draft.turn.question.asks_the_same(question):
            return None
        self._draft = None
        return draft.turn, draft.events

    def drop(self) -> list[Effect]:
        """Throw the draft away."""
        draft, self._draft = self._draft, None
        if draft is None:
            return []
        cancelled = [CancelReply(draft.turn.id)] if draft.turn else []
        return [Withdraw(draft.utterance), *cancelled]

    def _turn_of(self, event: ReplyEvent | Weighed) -> Turn | None:
        turn = self._draft.turn if self._draft else None
        return turn if turn and turn.id == event.turn else None
