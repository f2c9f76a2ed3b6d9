"""What a model is given to read, weighed to the token, and made to fit its context (protocol.md 4.7, 4.8)."""

import msgspec

from antiphon.errors import RemoteProtocolError
from antiphon.session.effects import Brief, Effect, StartReply, Weigh
from antiphon.session.events import Weighed
from antiphon.session.history import Entry, History
from antiphon.session.question import Question
from antiphon.session.scales import IMAGE_TOKENS, LOW_IMAGE_TOKENS, MESSAGE_TOKENS, Scales
from antiphon.session.terms import Terms
from antiphon.session.turn import Load, Turn
from antiphon.wire.kinds import wire_scalar
from antiphon.wire.setup import ContextWindowCompressionConfig, MediaResolution

REPLY_TOKENS_MIN = 32
"""Room an answer needs in the context."""

TRIGGER_SHARE = 0.8
"""Of the model's context, where the client sets no trigger."""

_encoder = msgspec.json.Encoder(enc_hook=wire_scalar)


class Prompting:
    """Writes briefs from the terms, the history and a question."""

    def __init__(self, terms: Terms, history: History) -> None:
        self._history = history
        self._scales = Scales()
        self._asked: tuple[str, ...] | None = None
        self.terms = terms

    @property
    def terms(self) -> Terms:
        """What the session was asked for."""
        return self._terms

    @terms.setter
    def terms(self, terms: Terms) -> None:
        self._terms = terms
        self._system = terms.system
        self._declared = _encoder.encode(terms.functions).decode() if terms.functions else ""

    def beginning(self, question: Question) -> Brief:
        """What will be put before the model, as far as it is known."""
        return self._brief([*self._history.entries, *question.entries()])

    def put(self, turn: Turn) -> Weigh:
        """Have what a turn puts before the model weighed, as far as it is not yet."""
        texts = (entry.text for entry in self._entries(turn))
        self._asked = self._scales.unknown((self._system, self._declared, *texts))
        return Weigh(turn.id, self._asked)

    def weighed(self, turn: Turn, event: Weighed, *, drafted: bool = False) -> Effect | None:
        """The tokens are known: start the reply. RemoteProtocolError when the context is full.

        Nothing is forgotten to make room for what is only `drafted`: None when it does not fit.
        """
        if self._asked is None:
            return None
        self._scales.learn(self._asked, event.tokens)
        again = self.put(turn)
        if again.texts:  # something was added meanwhile
            return again
        self._asked = None
        if drafted and not self._fits(turn, event.capacity):
            return None
        self._fit(turn, event.capacity)
        self.load(turn)
        return StartReply(turn.id, self._brief(self._entries(turn)))

    def load(self, turn: Turn) -> None:
        """Reckon what the usage of the turn reports."""
        turn.load = self._load(turn)

    def _fits(self, turn: Turn, capacity: int | None) -> bool:
        compression = self._terms.setup.context_window_compression
        trigger = _marks(compression, capacity)[0] if compression else None
        total = self._total(turn)
        return (trigger is None or total <= trigger) and (capacity is None or total + REPLY_TOKENS_MIN <= capacity)

    def _fit(self, turn: Turn, capacity: int | None) -> None:
        """Drop what no longer fits, if the client wants that; RemoteProtocolError when the context is full."""
        compression = self._terms.setup.context_window_compression
        total = self._total(turn)
        if compression is not None:
            trigger, target = _marks(compression, capacity)
            if trigger is not None and target is not None and total > trigger:
                total -= self._shed(turn, total - target)
        if capacity is not None and total + REPLY_TOKENS_MIN > capacity:
            raise RemoteProtocolError(f"the context is full: {total} tokens of {capacity}; {self._remedy}")

    def _shed(self, turn: Turn, tokens: int) -> int:
        """Drop the oldest turns, but not the question, wherever it stands."""
        asked = [] if turn.entered else turn.question.entries()
        keeps_last_turn = not any(entry.opens_turn for entry in asked)
        return self._history.shed(self._weight, tokens, keeps_last_turn=keeps_last_turn)

    def _brief(self, entries: list[Entry]) -> Brief:
        """All a model must know to reply."""
        return Brief(
            system=self._system,
            contents=tuple(entry.content for entry in entries),
            tools=self._terms.functions,
            generation=self._terms.generation,
            modality=self._terms.modality,
        )

    def _load(self, turn: Turn) -> Load:
        """Typed text by the model's tokenizer, speech by its length."""
        entries = self._entries(turn)
        typed = sum(self._scales.of(entry.text) for entry in entries if not entry.spoken_s)
        return Load(
            text=typed + self._scales.of(self._system) + self._scales.of(self._declared),
            audio=sum(entry.audio_tokens for entry in entries),
            image=sum(entry.images for entry in entries) * self._image_tokens,
        )

    def make_room(self, turn: Turn) -> None:
        """The model says its context is full, though nobody knew how much it takes: drop half, if the client agrees.

        Raises RemoteProtocolError when nothing may be dropped.
        """
        total = self._total(turn)
        compresses = self._terms.setup.context_window_compression is not None
        if not compresses or not self._shed(turn, total // 2):
            raise RemoteProtocolError(f"the context is full: {total} tokens; {self._remedy}")

    @property
    def _remedy(self) -> str:
        if self._terms.setup.context_window_compression is None:
            return "setup.context_window_compression is not set"
        return "the question alone is too long"

    def _entries(self, turn: Turn) -> list[Entry]:
        """The history, and the question where that is not part of it yet."""
        return [*self._history.entries, *([] if turn.entered else turn.question.entries())]

    def _total(self, turn: Turn) -> int:
        """Tokens the model reads: its own of every text, spoken or typed."""
        told = self._scales.of(self._system) + self._scales.of(self._declared) + MESSAGE_TOKENS
        return told + sum(self._weight(entry) for entry in self._entries(turn))

    def _weight(self, entry: Entry) -> int:
        return self._scales.of(entry.text) + entry.images * self._image_tokens + MESSAGE_TOKENS

    @property
    def _image_tokens(self) -> int:
        low = self._terms.generation.media_resolution is MediaResolution.LOW
        return LOW_IMAGE_TOKENS if low else IMAGE_TOKENS


def _marks(asked: ContextWindowCompressionConfig, capacity: int | None) -> tuple[int | None, int | None]:
    """Where compression begins and ends; never beyond what the model can take."""
    most = None if capacity is None else int(capacity * TRIGGER_SHARE)
    marks = [mark for mark in (asked.trigger_tokens, most) if mark is not None]
    if not marks:
        return None, None
    trigger = min(marks)
    target = asked.sliding_window.target_tokens if asked.sliding_window else None
    return trigger, min(target or trigger // 2, trigger)
