"""The two halves of a conversation as they grow out of a server's messages: what was heard, what was said."""

from dataclasses import dataclass, field, replace

from antiphon.recording.media import voiced
from antiphon.recording.placing import Playing
from antiphon.recording.replies import Reply
from antiphon.recording.timeline import Mark, MarkKind, Words
from antiphon.wire.content import Part
from antiphon.wire.server import ServerContent, ServerMessage, Transcription, UsageMetadata


class Hearing:
    """What the server understood of the user, an utterance at a time."""

    def __init__(self) -> None:
        self._done: list[Words] = []
        self._open: Words | None = None

    @property
    def words(self) -> list[Words]:
        """All utterances so far."""
        found = [*self._done, *([self._open] if self._open is not None else [])]
        return [replace(words, text=words.text.strip()) for words in found]

    @property
    def settled(self) -> int:
        """How many utterances there are, without one that is only guessed at."""
        return len(self._done) + (self._open is not None and self._open.final)

    def take(self, now_s: float, content: ServerContent) -> None:
        """Add what a message says was heard."""
        if content.interim_input_transcription is not None:
            self._guess(now_s, content.interim_input_transcription.text)
        if content.input_transcription is not None:
            self._hear(now_s, content.input_transcription)
        if content.turn_complete and self._open is not None and self._open.final:
            self._end()

    def _guess(self, now_s: float, text: str) -> None:
        """An interim replaces the one before it; behind a final text it begins another utterance."""
        if self._open is not None and self._open.final:
            self._end()
        if text.strip():
            start_s = self._open.start_s if self._open is not None else now_s
            self._open = Words(start_s, now_s, text, final=False)

    def _hear(self, now_s: float, heard: Transcription) -> None:
        if heard.text:
            before = self._open
            text = before.text + heard.text if before is not None and before.final else heard.text
            self._open = Words(before.start_s if before is not None else now_s, now_s, text)
        if heard.finished:
            self._end()

    def _end(self) -> None:
        if self._open is not None:
            self._done.append(self._open)
        self._open = None


@dataclass(slots=True)
class EndedTurn:
    """A turn of the model's, and how many utterances had been heard by its end."""

    reply: Reply
    heard: int
    complete: bool = True
    reason: str | None = None
    usage: UsageMetadata | None = None


@dataclass(slots=True)
class Talking:
    """What the model thought and said, and what of it was heard."""

    hearing: Hearing
    playing: Playing = field(default_factory=Playing)
    thoughts: list[Words] = field(default_factory=list)
    turns: list[EndedTurn] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    _reply: Reply | None = None
    _thinking: bool = False
    _usage: UsageMetadata | None = None

    def take(self, now_s: float, message: ServerMessage) -> None:
        """Add a message: all its members count, whatever comes with them."""
        self._usage = message.usage_metadata or self._usage
        content = message.server_content
        if content is not None:
            if content.interrupted:
                self._interrupt(now_s)
            self._say(now_s, content)
            if self._reply is not None:
                self._reply.generated = self._reply.generated or content.generation_complete
            if content.turn_complete:
                self._end(now_s, content.turn_complete_reason)
        if self._usage is not None and self._reply is None and self.turns:
            self.turns[-1].usage, self._usage = self._usage, None

    def give_up(self, now_s: float) -> None:
        """The connection is another one: a reply that was not complete will never be."""
        if self._reply is not None and not self._reply.generated:
            self.playing.cut(now_s)
            self._reply.cut(now_s)
            self._end(now_s, None, complete=False)

    def end(self) -> None:
        """Nothing more comes."""
        if self._reply is not None:
            self.turns.append(EndedTurn(self._reply, self.hearing.settled, complete=False))
            self._reply = None

    def _say(self, now_s: float, content: ServerContent) -> None:
        heard_from_s = self.playing.next_s(now_s)
        if content.output_transcription is not None and content.output_transcription.text:
            self._opened().words.append((heard_from_s, content.output_transcription.text))
        for part in content.model_turn.parts if content.model_turn is not None else ():
            self._take_part(now_s, part)

    def _take_part(self, now_s: float, part: Part) -> None:
        if part.thought:
            if part.text:
                self._think(now_s, part.text)
            return
        self._thinking = False
        if part.text:
            self._opened().written.append((now_s, part.text))
        if (audio := voiced(part)) is not None:
            start_s = self.playing.next_s(now_s)
            self.playing.play(now_s, audio)
            self._opened().sound(start_s, self.playing.end_s)

    def _think(self, now_s: float, text: str) -> None:
        if self._thinking:
            before = self.thoughts.pop()
            self.thoughts.append(Words(before.start_s, now_s, before.text + text, in_writing=True))
        else:
            self.thoughts.append(Words(now_s, now_s, text, in_writing=True))
        self._thinking = True

    def _opened(self) -> Reply:
        if self._reply is None:
            self._reply = Reply()
        return self._reply

    def _interrupt(self, now_s: float) -> None:
        cut = self.playing.cut(now_s)
        replies = [turn.reply for turn in self.turns] + ([self._reply] if self._reply is not None else [])
        for reply in replies:
            if reply is self._reply or (reply.sound_end_s or 0.0) > now_s:
                reply.cut(now_s)
                reply.interrupted = True
        text = "" if cut or self._reply is not None else "nothing was being said"
        self.marks.append(Mark(now_s, MarkKind.INTERRUPTED, text))

    def _end(self, now_s: float, reason: str | None, *, complete: bool = True) -> None:
        self._thinking = False
        if self._reply is not None or reason is not None:
            reply = self._reply or Reply(written=[(now_s, "")])
            self.turns.append(EndedTurn(reply, self.hearing.settled, complete, reason))
        self._reply = None
        self.marks.append(Mark(now_s, MarkKind.TURN_ENDED, reason or ""))
