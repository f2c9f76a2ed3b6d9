"""Where a spoken turn's time went, read off the events and effects of its session."""

from collections.abc import Callable
from dataclasses import dataclass

from antiphon.session.effects import Effect, Send, Transcribe, Weigh, Withdraw
from antiphon.session.events import Event, ReplyAudio, ReplyStarted, ReplyText, TurnId


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimes:
    """The stages between the decision that the user has finished and the first sound, in seconds.

    What was drafted before the decision took no time after it.
    """

    turn: TurnId
    drafted: bool
    """The words were there before the decision."""
    drafts_wasted: int
    """Drafts thrown away since the turn before."""
    recognising_s: float
    """From the end of turn to the words."""
    first_token_s: float
    """... to the model's first token."""
    first_clause_s: float
    """... to the first clause a voice can speak."""
    first_audio_s: float
    """... to the first of its sound."""

    @property
    def stages(self) -> dict[str, float]:
        """Seconds of each stage, by its short name, in their order."""
        return {
            "words": self.recognising_s,
            "token": self.first_token_s,
            "clause": self.first_clause_s,
            "voice": self.first_audio_s,
        }

    @property
    def total_s(self) -> float:
        """From the end of turn to the first sound."""
        return sum(self.stages.values())

    def __str__(self) -> str:
        shown = ", ".join(f"{stage} {1000 * seconds:.0f}" for stage, seconds in self.stages.items())
        how = f"{'drafted' if self.drafted else 'not drafted'}, {self.drafts_wasted} drafts wasted"
        return f"turn={self.turn} first sound {1000 * self.total_s:.0f} ms after the end of turn ({shown}; {how})"


Report = Callable[[TurnTimes], None]


class Trace:
    """Watches one session go by and reports each turn as it begins to sound."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._decided: float | None = None
        self._wasted = 0
        self._turn: TurnId | None = None
        self._marks: list[float] = []
        """When the words, the first token, the first clause and its sound were there."""

    def effect(self, effect: Effect, now: float) -> None:
        """Note an effect that is about to be performed."""
        match effect:
            case Transcribe():
                self._decided = now
            case Withdraw():
                self._wasted += 1
            case Weigh(turn=turn):
                self._turn, self._marks = turn, [now]
            case Send(turn=turn) if turn is not None and turn == self._turn and len(self._marks) == 4:
                self._report(self._times(turn, now))
                self._turn, self._decided, self._wasted = None, None, 0

    def event(self, event: Event, now: float) -> None:
        """Note an event before the session receives it."""
        if not self._marks:
            return
        match event, len(self._marks):
            case (ReplyStarted(turn=turn), 1) | (ReplyText(turn=turn), 2) | (ReplyAudio(turn=turn), 3):
                if turn == self._turn:
                    self._marks.append(now)

    def _times(self, turn: TurnId, now: float) -> TurnTimes:
        """At the moment the first sound is handed over."""
        words, token, clause, _ = self._marks
        decided = words if self._decided is None else self._decided
        asked, token, clause = (max(decided, at) for at in (words, token, clause))
        return TurnTimes(
            turn=turn,
            drafted=words < decided,
            drafts_wasted=self._wasted,
            recognising_s=asked - decided,
            first_token_s=token - asked,
            first_clause_s=clause - token,
            first_audio_s=now - clause,
        )
