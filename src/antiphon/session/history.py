"""The conversation as the model should see it: what was said, and of replies what was really heard."""

import math
from dataclasses import dataclass

from antiphon.errors import RemoteProtocolError
from antiphon.wire.content import Content, Part
from antiphon.wire.kinds import bytes_held
from antiphon.wire.server import ModalityTokenCount
from antiphon.wire.setup import Modality

ENTRY_BYTES = 1024
"""Charged for each entry besides its content."""

AUDIO_TOKENS_PER_S = 25
"""What a second of speech costs, in and out (protocol.md 4.8)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One content, and what it was before it became text: `spoken_s` seconds of speech, or typed."""

    content: Content
    spoken_s: float = 0.0

    @property
    def audio_tokens(self) -> int:
        """What its speech costs."""
        return audio_tokens(self.spoken_s)

    @property
    def size(self) -> int:
        """Memory it keeps, in bytes; an empty one still takes a place in every prompt."""
        return ENTRY_BYTES + bytes_held(self.content)

    @property
    def typed(self) -> str:
        """The text of it that counts as TEXT."""
        return "" if self.spoken_s else text_of(self.content)


class History:
    """The contents so far, in order."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self.size = 0
        """Memory of all entries, in bytes."""
        self.entries: list[Entry] = []

    def append(self, *entries: Entry) -> None:
        """Add to the end; raises RemoteProtocolError when the conversation has outgrown its limit."""
        self.entries.extend(entries)
        self.size += sum(entry.size for entry in entries)
        self.check_room(0)

    def check_room(self, more: int) -> None:
        """Raise RemoteProtocolError when the conversation and `more` bytes would outgrow its limit."""
        if self.size + more > self._bytes_max:
            raise RemoteProtocolError(f"the conversation is longer than {self._bytes_max} bytes")


def audio_tokens(seconds: float) -> int:
    """Tokens of a stretch of speech; a begun token counts."""
    return math.ceil(round(seconds * AUDIO_TOKENS_PER_S, 6))


def text_of(content: Content) -> str:
    """The text parts of a content, thoughts left out."""
    return "\n".join(part.text for part in content.parts if part.text and not part.thought)


def say(role: str, text: str) -> Content:
    """A content of one text."""
    return Content(role=role, parts=(Part(text=text),))


def token_details(text_tokens: int, audio_tokens: int) -> tuple[ModalityTokenCount, ...]:
    """Token counts by modality, those that are nothing left out."""
    counts = ((Modality.TEXT, text_tokens), (Modality.AUDIO, audio_tokens))
    return tuple(ModalityTokenCount(modality=modality, token_count=count) for modality, count in counts if count)
