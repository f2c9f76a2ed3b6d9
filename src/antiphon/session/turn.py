"""The life of a turn: the model's reply to one question, from the first word to the last echo.

        ┌──────── answered ─────── CALLING ◀─ calls that block ─┐
        ▼                                                       │
    THINKING ──first sound or text──▶ REPLYING ─────────────────┴─ all said ──▶ PLAYING ──all heard──▶ complete
        │                                │                                         │
        ├─ the question goes on ▶ revoked └──────────── user cuts in ───────────────┴──▶ interrupted
        └─ an engine breaks ────▶ failed ◀──────┘

A turn ends exactly once, and what comes from engines for it afterwards is nobody's. Of a reply with
calls in it, what was said before them and after them are two stretches; `id` names the one going on.
"""

from dataclasses import dataclass
from enum import Enum

from antiphon.audio.pcm import AudioChunk
from antiphon.session.events import TurnId
from antiphon.session.history import Entry, audio_tokens, say, token_details
from antiphon.session.question import Question
from antiphon.wire.content import Content, FunctionCall, Part
from antiphon.wire.server import UsageMetadata
from antiphon.wire.setup import Modality

CHARS_PER_S = 15
"""About how fast a voice speaks, to guess the length of a piece whose sound is not all there."""


class Phase(Enum):
    """Where a turn stands."""

    THINKING = "thinking"
    REPLYING = "replying"
    CALLING = "calling"
    PLAYING = "playing"


@dataclass(slots=True)
class _Piece:
    text: str
    tokens: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the prompt of a turn weighs, in tokens."""

    text: int = 0
    audio: int = 0
    image: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.text + self.audio + self.image


class Turn:
    """One reply, and the client's assumed playback of it."""

    def __init__(self, id: TurnId, question: Question, modality: Modality) -> None:
        self.id = id
        self.question = question
        self.phase = Phase.THINKING
        self.entered = False
        """The question has entered the history."""
        self.sounded = False
        """The client hears of it: something has left, or surely will."""
        self.background: tuple[FunctionCall, ...] = ()
        """The calls it made that go on without it."""
        self.results: list[Entry] = []
        """What came of them already, for the history."""
        self.load = Load()
        self.thought_tokens = 0
        self._spoken = modality is Modality.AUDIO
        self._pieces: list[_Piece] = []
        self._said_before: list[_Piece] = []
        self.plays_until = 0.0
        """When the client will have played all that was sent, on the clock of `now`."""

    @property
    def said_everything(self) -> bool:
        """Only its playing is not over."""
        return self.phase is Phase.PLAYING

    @property
    def expects_reply(self) -> bool:
        """The model is at it."""
        return self.phase in (Phase.THINKING, Phase.REPLYING)

    def audible(self, now: float) -> bool:
        """The client is playing something of it, or will as soon as it comes."""
        return self.expects_reply or self.plays_until > now

    @property
    def seconds(self) -> float:
        """Length of the speech sent since the last calls."""
        return sum(piece.seconds for piece in self._pieces)

    def text(self, text: str, tokens: int, *, sent: bool) -> None:
        """Words of the reply; `sent` when the client gets to read them."""
        if sent:
            self.phase = Phase.REPLYING
        self._pieces.append(_Piece(text, tokens))

    def audio(self, audio: AudioChunk, now: float) -> None:
        """Sound of the latest words is sent."""
        self.phase = Phase.REPLYING
        if not self._pieces:
            self._pieces.append(_Piece("", 0))
        self._pieces[-1].seconds += audio.seconds
        self.plays_until = max(now, self.plays_until) + audio.seconds

    def said_all(self) -> None:
        """Nothing more will be sent."""
        self.sounded = True
        self.phase = Phase.PLAYING

    def calls(self) -> None:
        """It waits for the client's functions."""
        self.sounded = True
        self.phase = Phase.CALLING

    def goes_on(self, id: TurnId) -> None:
        """Its calls were answered: the model speaks on, under a new id."""
        self.id = id
        self.phase = Phase.THINKING
        self._said_before += self._pieces
        self._pieces = []
        self.background = ()
        self.results = []

    def heard(self, now: float) -> list[Entry]:
        """What the user can have heard or read of the reply by now."""
        heard_s = max(0.0, self.seconds - max(0.0, self.plays_until - now))
        text = self._text_until(heard_s) if self._spoken else "".join(piece.text for piece in self._pieces)
        if not text.strip():
            return []
        return [Entry(say("model", text.strip()), heard_s if self._spoken else 0.0)]

    def called(self) -> list[Entry]:
        """The calls it leaves behind."""
        if not self.background:
            return []
        return [Entry(Content(role="model", parts=tuple(Part(function_call=call) for call in self.background)))]

    def usage(self) -> UsageMetadata:
        """What the turn cost: the whole conversation it was given, and all that was sent of it."""
        pieces = self._said_before + self._pieces
        text = 0 if self._spoken else sum(piece.tokens for piece in pieces)
        audio = audio_tokens(sum(piece.seconds for piece in pieces))
        return UsageMetadata(
            prompt_token_count=self.load.total,
            response_token_count=text + audio,
            thoughts_token_count=self.thought_tokens,
            total_token_count=self.load.total + text + audio,
            prompt_tokens_details=token_details(text=self.load.text, audio=self.load.audio, image=self.load.image),
            response_tokens_details=token_details(text=text, audio=audio),
        )

    def _text_until(self, heard_s: float) -> str:
        """The words whose sound lies before a time; within a piece, by the share of it that was heard."""
        text = ""
        for piece in self._pieces:
            seconds = self._length_s(piece)
            if heard_s < seconds - 0.001:
                words = piece.text.split()
                return " ".join([text, *words[: int(len(words) * heard_s / seconds)]])
            text += piece.text
            heard_s -= seconds
        return text

    def _length_s(self, piece: _Piece) -> float:
        """How long a piece takes to say; of the last one, more sound may be on its way."""
        if self.said_everything or piece is not self._pieces[-1]:
            return piece.seconds
        return max(piece.seconds, len(piece.text) / CHARS_PER_S)
