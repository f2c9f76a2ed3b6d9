"""What a server has said so far, put together from a session's events. Pure.

Thoughts are left out; what an interruption cut off, or was lost with its connection, is thrown away; a turn that was
completed before another began stays.
"""

from dataclasses import dataclass, field

from antiphon.audio.pcm import SPEAKING, AudioChunk, AudioFormat, pcm_mime
from antiphon.client.events import (
    Event,
    Generated,
    Heard,
    HearingSoFar,
    Interrupted,
    Reconnected,
    Said,
    Sound,
    TurnEnded,
    Wrote,
)
from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.wire.server import UsageMetadata


@dataclass(slots=True)
class Turn:
    """The model's side of one turn; times are those of the caller's clock, in seconds."""

    spoken: str = ""
    written: str = ""
    pcm: bytearray = field(default_factory=bytearray)
    first_text_at: float | None = None
    first_sound_at: float | None = None
    starved_s: float = 0.0
    """Silence within it that nobody meant: sound that came only when all before it had been played."""
    generated: bool = False
    complete: bool = False

    @property
    def text(self) -> str:
        """What was said: the transcript of the voice, or without one what was written."""
        return self.spoken or self.written

    @property
    def begun_at(self) -> float | None:
        """When its first word or sound came."""
        times = [at for at in (self.first_text_at, self.first_sound_at) if at is not None]
        return min(times, default=None)


class Reply:
    """Grows message by message."""

    def __init__(self, seconds_max: float) -> None:
        self._seconds_max = seconds_max
        self._format: AudioFormat | None = None
        self._heard = ""
        self._heard_before = ""
        """When the last turn ended."""
        self._interim = ""
        self._heard_finished = False
        self._past: list[Turn] = []
        self._turn = Turn()
        self._ended_empty = False
        self._interrupted = False
        self.interruptions = 0
        self.end_reason: str | None = None
        self.usage: UsageMetadata | None = None

    @property
    def heard(self) -> str:
        """The question as the server heard it."""
        return _join(self._heard, self._interim).strip()

    @property
    def text(self) -> str:
        """The answer."""
        return " ".join(text for turn in (*self._past, self._turn) if (text := turn.text.strip()))

    @property
    def audio(self) -> AudioChunk:
        """The answer's sound, in the format it came in."""
        format = self._format or SPEAKING
        pcm = b"".join(turn.pcm for turn in (*self._past, self._turn))
        return AudioChunk(pcm[: len(pcm) - len(pcm) % format.frame_bytes], format)

    @property
    def latest(self) -> Turn:
        """The turn being answered, or the last that was."""
        return self._past[-1] if self._past and self._turn.begun_at is None else self._turn

    @property
    def settling(self) -> bool:
        """Nothing is under way: a turn ended and no other has begun."""
        return self._turn.begun_at is None and bool(self._past or self._ended_empty)

    def take(self, event: Event, now: float) -> bool:
        """Add an event; tells whether it brought the conversation forward.

        Raises RemoteProtocolError for sound that cannot be used.
        """
        match event:
            case Heard(text, finished):
                self._interim = ""
                self._append_heard(text, finished=finished)
            case HearingSoFar(text):
                self._interim = text
            case Said(text):
                self._mark_text(now)
                self._turn.spoken += text
            case Wrote(text):
                self._mark_text(now)
                self._turn.written += text
            case Sound(audio):
                self._play(audio, now)
            case Generated():
                self._turn.generated = True
            case Interrupted():
                self._interrupt()
            case Reconnected():
                self._begin_again()
            case TurnEnded():
                self._end(event)
            case _:
                return False
        return True

    def _append_heard(self, text: str, *, finished: bool) -> None:
        """Deltas carry their own spaces; only behind a finished utterance one may be missing."""
        joined = _join(self._heard, text) if self._heard_finished and text else self._heard + text
        self._heard_finished = finished
        self._heard = joined

    def _mark_text(self, now: float) -> None:
        if self._turn.first_text_at is None:
            self._turn.first_text_at = now

    def _play(self, audio: AudioChunk, now: float) -> None:
        if audio.format != (self._format or audio.format):
            raise RemoteProtocolError(f"mime_type: the reply changed its format to {pcm_mime(audio.format)!r}")
        self._format = audio.format
        turn = self._turn
        if turn.first_sound_at is None:
            turn.first_sound_at = now
        played_out_at = turn.first_sound_at + len(turn.pcm) / audio.format.bytes_for(1.0) + turn.starved_s
        turn.starved_s += max(0.0, now - played_out_at)
        turn.pcm += audio.data
        if len(turn.pcm) > audio.format.bytes_for(self._seconds_max):
            raise RemoteProtocolError(f"the reply is longer than {self._seconds_max:g} s", CloseCode.TOO_BIG)

    def _begin_again(self) -> None:
        """What was heard and said of a turn that did not end comes again on the new connection."""
        self._turn = Turn()
        self._heard, self._interim = self._heard_before, ""

    def _interrupt(self) -> None:
        self._interrupted = True
        self.interruptions += self._turn.begun_at is not None
        self._turn = Turn()

    def _end(self, ended: TurnEnded) -> None:
        self.usage = ended.usage or self.usage
        if ended.in_progress:
            return
        self.end_reason = ended.reason
        self._heard_before = self._heard
        if self._turn.begun_at is not None:
            self._turn.complete = True
            self._past.append(self._turn)
        elif not self._interrupted:
            self._ended_empty = True
        self._interrupted = False
        self._turn = Turn()


def _join(before: str, after: str) -> str:
    apart = before and after and not before[-1].isspace() and not after[0].isspace()
    return f"{before} {after}" if apart else before + after
