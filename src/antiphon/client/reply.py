"""What a server has said so far, put together from its messages. No I/O, no clock.

Members of one message are all looked at, whatever comes with them; thoughts are left out; what an
interruption cut off is thrown away; a turn that was completed before another began stays.
"""

from dataclasses import dataclass, field

from antiphon.audio.pcm import SPEAKING, AudioChunk, AudioFormat, parse_pcm_mime
from antiphon.errors import CloseCode, RemoteProtocolError
from antiphon.wire.content import Blob, Part
from antiphon.wire.server import InteractionStatus, ServerContent, ServerMessage, Transcription, UsageMetadata


@dataclass(slots=True)
class Turn:
    """The model's side of one turn; times are those of the caller's clock, in seconds."""

    spoken: str = ""
    written: str = ""
    pcm: bytearray = field(default_factory=bytearray)
    first_text_at: float | None = None
    first_sound_at: float | None = None
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

    def take(self, message: ServerMessage, now: float) -> bool:
        """Add a message; tells whether it brought the conversation forward.

        Raises RemoteProtocolError for sound that cannot be used.
        """
        self.usage = message.usage_metadata or self.usage
        content = message.server_content
        if content is None:
            return False
        if content.interrupted:
            self._interrupt()
        self._hear(content)
        for part in content.model_turn.parts if content.model_turn else ():
            self._take_part(part, now)
        if content.output_transcription and content.output_transcription.text:
            self._mark_text(now)
            self._turn.spoken += content.output_transcription.text
        self._end(content)
        return True

    def _hear(self, content: ServerContent) -> None:
        if content.interim_input_transcription:
            self._interim = content.interim_input_transcription.text
        if content.input_transcription:
            self._interim = ""
            self._append_heard(content.input_transcription)

    def _append_heard(self, heard: Transcription) -> None:
        """Deltas carry their own spaces; only behind a finished utterance one may be missing."""
        joined = _join(self._heard, heard.text) if self._heard_finished and heard.text else self._heard + heard.text
        self._heard_finished = heard.finished
        self._heard = joined

    def _take_part(self, part: Part, now: float) -> None:
        if part.thought:
            return
        if part.text:
            self._mark_text(now)
            self._turn.written += part.text
        if part.inline_data and part.inline_data.mime_type.lower().startswith("audio/"):
            self._play(part.inline_data, now)

    def _mark_text(self, now: float) -> None:
        if self._turn.first_text_at is None:
            self._turn.first_text_at = now

    def _play(self, sound: Blob, now: float) -> None:
        format = parse_pcm_mime(sound.mime_type, SPEAKING)
        if format != (self._format or format):
            raise RemoteProtocolError(f"mime_type: the reply changed its format to {sound.mime_type!r}")
        self._format = format
        if not sound.data:
            return
        if self._turn.first_sound_at is None:
            self._turn.first_sound_at = now
        self._turn.pcm += sound.data
        if len(self._turn.pcm) > format.bytes_for(self._seconds_max):
            raise RemoteProtocolError(f"the reply is longer than {self._seconds_max:g} s", CloseCode.TOO_BIG)

    def _interrupt(self) -> None:
        self._interrupted = True
        self.interruptions += self._turn.begun_at is not None
        self._turn = Turn()

    def _end(self, content: ServerContent) -> None:
        self._turn.generated = self._turn.generated or content.generation_complete
        if not content.turn_complete or content.interaction_status == InteractionStatus.IN_PROGRESS:
            return
        self.end_reason = content.turn_complete_reason
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
