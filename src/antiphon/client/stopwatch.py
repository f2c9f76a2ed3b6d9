"""What a person waits for in each turn: from the end of what the user said to the first sound of the reply. Pure."""

from antiphon.client.events import TurnEnded
from antiphon.client.speech import Speech
from antiphon.wire.server import UsageMetadata


class Stopwatch:
    """Times are the caller's clock, in seconds."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._finished_at: float | None = None
        self._asked_at: float | None = None
        self._first_sound_s: float | None = None
        self._first_text_s: float | None = None
        self._replying = False
        self._interrupted = False
        self._turns = 0

    def finished(self, now: float) -> None:
        """The user said in so many words that it is the model's turn: text, or the end of an activity."""
        self._finished_at = now

    def begins(self) -> None:
        """Something of a reply came: it answers what had been said by now."""
        if self._replying:
            return
        self._replying = True
        self._interrupted = False  # what was said before this reply began cut off another one, or none
        self._speech.reply_begins()
        moments = [at for at in (self._speech.ended_at, self._finished_at) if at is not None]
        self._asked_at = max(moments, default=None)
        self._finished_at = None

    def sound(self, now: float) -> None:
        """Sound of the reply came."""
        self.begins()
        if self._first_sound_s is None and self._asked_at is not None:
            self._first_sound_s = now - self._asked_at

    def text(self, now: float) -> None:
        """Words of the reply came."""
        self.begins()
        if self._first_text_s is None and self._asked_at is not None:
            self._first_text_s = now - self._asked_at

    def interrupted(self) -> None:
        """The reply was cut off."""
        self._interrupted = True

    def forget_reply(self) -> None:
        """The reply is lost and will be made anew."""
        self._first_sound_s = self._first_text_s = None
        self._replying = self._interrupted = False

    def turn_ended(self, *, reason: str | None, in_progress: bool, usage: UsageMetadata | None) -> TurnEnded:
        """Sum up a turn, and begin with the next."""
        self._turns += 1
        ended = TurnEnded(
            number=self._turns,
            interrupted=self._interrupted,
            reason=reason,
            in_progress=in_progress,
            first_sound_s=self._first_sound_s,
            first_text_s=self._first_text_s,
            usage=usage,
        )
        self.forget_reply()
        return ended
