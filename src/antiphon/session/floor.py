"""Who holds the floor: the question being put, the turn that answers it, and what was said before.

Says in which order things reach the client (protocol.md 4.2 and 4.3).
"""

from antiphon.audio.pcm import HEARING, pcm_mime
from antiphon.config import Limits
from antiphon.session.effects import Brief, CancelReply, ClearTimer, Effect, Send, SetTimer, StartReply, Transcribe
from antiphon.session.events import (
    ReplyAudio,
    ReplyEnded,
    ReplyFailed,
    ReplyStarted,
    ReplyText,
    Timer,
    Transcribed,
    TranscriptionFailed,
    TurnId,
)
from antiphon.session.history import History
from antiphon.session.question import Question
from antiphon.session.terms import Terms
from antiphon.session.turn import Turn
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.server import ServerContent, ServerMessage, Transcription, TurnCompleteReason, UsageMetadata
from antiphon.wire.setup import Modality

ReplyEvent = ReplyStarted | ReplyText | ReplyAudio | ReplyEnded | ReplyFailed


class Floor:
    """The conversation's course: one question and at most one turn at a time."""

    def __init__(self, terms: Terms, limits: Limits) -> None:
        self._terms = terms
        self._limits = limits
        self._history = History(limits.history_bytes_max)
        self._question = Question()
        self._turn: Turn | None = None
        self._turns = 0
        self._silent = terms.silent_history

    # The user's side

    def speech_starts(self, now: float) -> list[Effect]:
        """The user begins to speak: a reply that sounds is cut, one that does not is taken back."""
        if self._turn and not self._terms.interrupts:
            return []
        effects = self._yield_floor(now)
        self._question.asked = False
        return effects

    def speech_heard(self, effect: Transcribe, now: float) -> Effect:
        """Some of the user's speech goes to the recogniser, whose time is limited."""
        self._question.hear(effect.utterance, (effect.end - effect.start) / HEARING.rate_hz)
        return SetTimer(Timer.TRANSCRIPT, now + self._limits.transcript_wait_s)

    def speech_ends(self) -> None:
        """The user has finished speaking and wants an answer."""
        self._question.ask(spoken=True)

    def typed(self, text: str, now: float) -> list[Effect]:
        """The user typed something in real time; it counts as activity (protocol.md 2.6)."""
        effects = self._yield_floor(now) if self._terms.interrupts else []
        self._add(Content(role="user", parts=(Part(text=text),)))
        self._question.ask()
        return effects

    def nudged(self) -> None:
        """A blank text: a client's way to have what it said last answered, if nobody does so yet.

        Clients send one behind their initial history; it is never a turn or a barge-in of its own.
        """
        said = self._history.entries
        if not self._turn and not self._silent and said and said[-1].content.role != "model":
            self._question.ask()

    def content(self, turns: tuple[Content, ...], now: float, *, complete: bool) -> list[Effect]:
        """The client adds to the conversation; this always interrupts (protocol.md 4.4)."""
        effects = self._yield_floor(now)
        self._add(*turns)
        if self._silent:
            self._silent = not complete
            self._history.append(*self._question.take_typed())
        elif complete:
            self._question.ask()
        return effects

    def recognised(self, event: Transcribed | TranscriptionFailed) -> list[Effect]:
        """The recogniser answered; words are told to the client as they come."""
        text, language = (event.text.strip(), event.language) if isinstance(event, Transcribed) else ("", None)
        if not self._question.recognised(event.utterance, text):
            return []
        self._history.check_room(self._question.size)
        effects: list[Effect] = []
        if text and self._terms.tells_input:
            told = Transcription(text=text, finished=True, language_code=language)
            effects.append(Send(_content(input_transcription=told)))
        if not self._question.recognising:
            effects.append(ClearTimer(Timer.TRANSCRIPT))
        return effects

    def recogniser_late(self) -> None:
        """The recogniser's time is up: answer what is there."""
        self._question.give_up()

    # The model's side

    def advance(self, now: float, *, speaking: bool) -> list[Effect]:
        """Answer the question if it is ready and nobody holds the floor."""
        question = self._question
        if self._turn or speaking or not question.asked or question.recognising:
            return []
        self._question = Question()
        self._turns += 1
        turn = self._turn = self._open_turn(TurnId(self._turns), question)
        if question.wordless:
            return self._end(turn, now, TurnCompleteReason.NEED_MORE_INPUT)
        return [StartReply(turn.id, turn.brief), SetTimer(Timer.REPLY, now + self._limits.reply_wait_s)]

    def reply(self, event: ReplyEvent, now: float) -> list[Effect]:
        """Something of a reply; of any but the current turn it is nobody's."""
        turn = self._turn
        if turn is None or turn.id != event.turn or turn.said_everything:
            return []
        match event:
            case ReplyStarted():
                turn.started(event.text_tokens)
                return []
            case ReplyText():
                effects = self._say(turn, event)
            case ReplyAudio():
                effects = self._sound(turn, event, now)
            case ReplyEnded():
                return self._said_all(turn, now)
            case ReplyFailed():
                return self._fail(turn, now)
        return [*effects, SetTimer(Timer.REPLY, now + self._limits.reply_wait_s)]

    def reply_stalled(self, now: float) -> list[Effect]:
        """Nothing came of a reply for too long."""
        return self._fail(self._turn, now) if self._turn else []

    def played_out(self, now: float) -> list[Effect]:
        """The client has played all of a reply."""
        return self._end(self._turn, now) if self._turn else []

    # Within

    def _add(self, *contents: Content) -> None:
        self._question.add(*contents)
        self._history.check_room(self._question.size)

    def _open_turn(self, id: TurnId, question: Question) -> Turn:
        entries = [*self._history.entries, *question.entries()]
        counted = (self._terms.system, *(entry.typed for entry in entries))
        brief = Brief(
            system=self._terms.system,
            contents=tuple(entry.content for entry in entries),
            counted=tuple(text for text in counted if text),
            generation=self._terms.generation,
            modality=self._terms.modality,
        )
        return Turn(id, question, brief, sum(entry.audio_tokens for entry in entries))

    def _yield_floor(self, now: float) -> list[Effect]:
        turn = self._turn
        if turn is None:
            return []
        if turn.sounded:
            return [*self._cancel(turn), *self._end(turn, now, interrupted=True)]
        self._turn = None
        turn.question.absorb(self._question)
        self._question = turn.question
        return self._cancel(turn)

    def _say(self, turn: Turn, event: ReplyText) -> list[Effect]:
        told = self._terms.tells_output or self._terms.modality is Modality.TEXT
        if told:
            self._keep_question(turn)
        turn.text(event.text, event.tokens, sent=told)
        if self._terms.modality is Modality.TEXT:
            return [Send(_content(model_turn=Content(parts=(Part(text=event.text),))), turn.id)]
        return [Send(_content(output_transcription=Transcription(text=event.text)), turn.id)] if told else []

    def _sound(self, turn: Turn, event: ReplyAudio, now: float) -> list[Effect]:
        self._keep_question(turn)
        turn.audio(event.audio, now)
        blob = Blob(mime_type=pcm_mime(event.audio.format), data=event.audio.data)
        return [Send(_content(model_turn=Content(parts=(Part(inline_data=blob),))), turn.id)]

    def _said_all(self, turn: Turn, now: float) -> list[Effect]:
        if not turn.sounded:
            return self._fail(turn, now)
        turn.said_all()
        effects = [ClearTimer(Timer.REPLY), *self._transcription_ends(turn), Send(_content(generation_complete=True))]
        if turn.plays_until > now:
            return [*effects, SetTimer(Timer.PLAYBACK, turn.plays_until)]
        return [*effects, *self._end(turn, now)]

    def _fail(self, turn: Turn, now: float) -> list[Effect]:
        return [*self._cancel(turn), *self._end(turn, now, TurnCompleteReason.GENERATED_OTHER)]

    def _cancel(self, turn: Turn) -> list[Effect]:
        timer = Timer.PLAYBACK if turn.said_everything else Timer.REPLY
        return [CancelReply(turn.id), ClearTimer(timer)]

    def _end(
        self, turn: Turn, now: float, reason: TurnCompleteReason | None = None, *, interrupted: bool = False
    ) -> list[Effect]:
        """Close the turn: the one place where it ends towards the client and enters the history."""
        self._keep_question(turn)
        self._history.append(*turn.heard(now))
        self._turn = None
        effects = [] if turn.said_everything else self._transcription_ends(turn)
        if interrupted:
            effects.append(Send(_content(interrupted=True)))
        return [*effects, Send(_content(turn.usage(), turn_complete=True, turn_complete_reason=reason))]

    def _keep_question(self, turn: Turn) -> None:
        """The question can no longer be taken back: it becomes part of the history."""
        if not turn.kept:
            turn.kept = True
            self._history.append(*turn.question.entries())

    def _transcription_ends(self, turn: Turn) -> list[Effect]:
        if self._terms.tells_output and self._terms.modality is Modality.AUDIO and turn.sounded:
            return [Send(_content(output_transcription=Transcription(finished=True)))]
        return []


def _content(usage: UsageMetadata | None = None, **members: object) -> ServerMessage:
    return ServerMessage(server_content=ServerContent(**members), usage_metadata=usage)  # type: ignore[arg-type]
