"""Where a spoken turn's time went, read off the events and effects of its session."""

from collections.abc import Callable
from dataclasses import dataclass

from antiphon.session.effects import Effect, Transcribe, Weigh
from antiphon.session.events import Event, ReplyAudio, ReplyStarted, ReplyText, TurnId


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimes:
    """The stages between the decision that the user has finished and the first sound, in seconds."""

    turn: TurnId
    recognising_s: float
    """From the end of turn to the words."""
    first_token_s: float
    """... to the model's first token."""
    first_clause_s: float
    """... to the first clause a voice can speak."""
    first_audio_s: float
    """... to the first of its sound."""

    @property
    def total_s(self) -> float:
        """From the end of turn to the first sound."""
        return self.recognising_s + self.first_token_s + self.first_clause_s + self.first_audio_s

    def __str__(self) -> str:
        parts = {"words": self.recognising_s, "first token": self.first_token_s}
        parts |= {"clause": self.first_clause_s, "voice": self.first_audio_s}
        shown = ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in parts.items())
        return f"turn={self.turn} first sound {1000 * self.total_s:.0f} ms after the end of turn ({shown})"


Report = Callable[[TurnTimes], None]


class Trace:
    """Watches one session go by and reports each turn as it begins to sound."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._ended = 0.0
        self._turn: TurnId | None = None
        self._marks: list[float] = []

    def effect(self, effect: Effect, now: float) -> None:
        """Note an effect that is about to be performed."""
        match effect:
            case Transcribe():
                self._ended = now
            case Weigh(turn=turn):
                self._turn, self._marks = turn, [self._ended or now, now]

    def event(self, event: Event, now: float) -> None:
        """Note an event before the session receives it."""
        match event, len(self._marks):
            case (ReplyStarted(turn=turn), 2) | (ReplyText(turn=turn), 3) if turn == self._turn:
                self._marks.append(now)
            case (ReplyAudio(turn=turn), 4) if turn == self._turn:
                self._report(self._times(turn, now))
                self._marks = []

    def _times(self, turn: TurnId, now: float) -> TurnTimes:
        ended, asked, token, clause = self._marks
        return TurnTimes(
            turn=turn,
            recognising_s=asked - ended,
            first_token_s=token - asked,
            first_clause_s=clause - token,
            first_audio_s=now - clause,
        )
