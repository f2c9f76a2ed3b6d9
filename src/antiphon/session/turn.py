"""The life of a turn: the model's reply to one question, from the first word to the last echo.

    THINKING ──first sound or text──▶ REPLYING ──all said──▶ PLAYING ──all heard──▶ complete
        │                                │                      │
        ├─ the question goes on ▶ revoked └──── user cuts in ────┴──▶ interrupted
        └─ an engine breaks ────▶ failed ◀──────┘

A turn ends exactly once, and what comes from engines for it afterwards is nobody's.
"""

from dataclasses import dataclass
from enum import Enum

from antiphon.audio.pcm import AudioChunk
from antiphon.session.effects import Brief
from antiphon.session.events import TurnId
from antiphon.session.history import Entry, audio_tokens, say, token_details
from antiphon.session.question import Question
from antiphon.wire.server import UsageMetadata
from antiphon.wire.setup import Modality

CHARS_PER_S = 15
"""About how fast a voice speaks, to guess the length of a piece whose sound is not all there."""


class Phase(Enum):
    """Where a turn stands."""

    THINKING = "thinking"
    REPLYING = "replying"
    PLAYING = "playing"


@dataclass(slots=True)
class _Piece:
    text: str
    tokens: int
    seconds: float = 0.0


class Turn:
    """One reply, and the client's assumed playback of it."""

    def __init__(self, id: TurnId, question: Question, brief: Brief, prompt_audio_tokens: int) -> None:
        self.id = id
        self.question = question
        self.brief = brief
        self.phase = Phase.THINKING
        self.kept = False
        """The question has entered the history."""
        self._spoken = brief.modality is Modality.AUDIO
        self._prompt_audio_tokens = prompt_audio_tokens
        self._prompt_text_tokens = 0
        self._pieces: list[_Piece] = []
        self.plays_until = 0.0
        """When the client will have played all that was sent, on the clock of `now`."""

    @property
    def sounded(self) -> bool:
        """The client has received something of it."""
        return self.phase is not Phase.THINKING

    @property
    def said_everything(self) -> bool:
        """Only its playing is not over."""
        return self.phase is Phase.PLAYING

    @property
    def seconds(self) -> float:
        """Length of the speech sent so far."""
        return sum(piece.seconds for piece in self._pieces)

    def started(self, text_tokens: int) -> None:
        """The model read its prompt, whose texts cost this much."""
        self._prompt_text_tokens = text_tokens

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
        self.phase = Phase.PLAYING

    def heard(self, now: float) -> list[Entry]:
        """What the user can have heard or read of the reply by now."""
        heard_s = self.seconds - max(0.0, self.plays_until - now)
        text = self._text_until(heard_s) if self._spoken else "".join(piece.text for piece in self._pieces)
        if not text.strip():
            return []
        return [Entry(say("model", text.strip()), heard_s if self._spoken else 0.0)]

    def usage(self) -> UsageMetadata:
        """What the turn cost: the whole conversation it was given, and all that was sent of it."""
        reply_text = 0 if self._spoken else sum(piece.tokens for piece in self._pieces)
        reply_audio = audio_tokens(self.seconds)
        prompt = self._prompt_text_tokens + self._prompt_audio_tokens
        return UsageMetadata(
            prompt_token_count=prompt,
            response_token_count=reply_text + reply_audio,
            total_token_count=prompt + reply_text + reply_audio,
            prompt_tokens_details=token_details(self._prompt_text_tokens, self._prompt_audio_tokens),
            response_tokens_details=token_details(reply_text, reply_audio),
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
