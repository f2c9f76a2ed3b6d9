"""The conversation as the model should see it: what was said, and of replies what was really heard."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from antiphon.errors import RemoteProtocolError
from antiphon.session.snapshot import KeptEntry, Snapshot
from antiphon.wire.content import Content, Part
from antiphon.wire.kinds import bytes_held
from antiphon.wire.server import MediaModality, ModalityTokenCount

ENTRY_BYTES = 1024
"""Charged for each entry besides its content."""

AUDIO_TOKENS_PER_S = 25
"""What a second of speech costs, in and out (protocol.md 4.8)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One content, and what it was before it became text: `spoken_s` seconds of speech, or typed."""

    content: Content
    spoken_s: float = 0.0
    camera: bool = False
    """Pictures sent in real time: of no use once newer ones have come."""

    @property
    def audio_tokens(self) -> int:
        """What its speech costs."""
        return audio_tokens(self.spoken_s)

    @property
    def images(self) -> int:
        """How many pictures it holds."""
        return sum(1 for part in self.content.parts if part.inline_data or part.file_data)

    @property
    def size(self) -> int:
        """Memory it keeps, in bytes; an empty one still takes a place in every prompt."""
        return ENTRY_BYTES + bytes_held(self.content)

    @property
    def text(self) -> str:
        """What of it a model reads: its words, the functions called and what they gave."""
        pieces = (_function_text(part) or ("" if part.thought else part.text) for part in self.content.parts)
        return "\n".join(piece for piece in pieces if piece)

    @property
    def opens_turn(self) -> bool:
        """The user begins here: the conversation can be cut before it."""
        return self.content.role != "model" and not any(part.function_response for part in self.content.parts)


class History:
    """The contents so far, in order."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self.size = 0
        """Memory of all entries, in bytes."""
        self.entries: list[Entry] = []
        self.pinned = 0
        """Entries at the beginning that stay whatever is cut: what the client gave as initial history."""
        self.revision = 0
        """Counts the changes."""

    def kept(self, more: Iterable[Entry]) -> tuple[KeptEntry, ...]:
        """The entries and more of them, as a snapshot holds them."""
        entries = (*self.entries, *more)
        return tuple(KeptEntry(content=e.content, spoken_s=e.spoken_s, camera=e.camera) for e in entries)

    def restore(self, snapshot: Snapshot) -> None:
        """Go on with what was kept."""
        self.append(*(Entry(kept.content, kept.spoken_s, kept.camera) for kept in snapshot.entries))
        self.pinned = snapshot.pinned

    def append(self, *entries: Entry) -> None:
        """Add to the end; raises RemoteProtocolError when the conversation has outgrown its limit."""
        if not entries:
            return
        if any(entry.camera for entry in entries):
            self._keep(lambda entry: not entry.camera)
        self.entries.extend(entries)
        self.size += sum(entry.size for entry in entries)
        self.revision += 1
        self.check_room(0)

    def check_room(self, more: int) -> None:
        """Raise RemoteProtocolError when the conversation and `more` bytes would outgrow its limit."""
        if self.size + more > self._bytes_max:
            raise RemoteProtocolError(f"the conversation is longer than {self._bytes_max} bytes")

    def pin(self) -> None:
        """What is here now stays."""
        self.pinned = len(self.entries)

    def shed(self, weigh: Callable[[Entry], int], tokens: int, *, keeps_last_turn: bool) -> int:
        """Drop the oldest turns until that many tokens are gone, or none can go; gives what went.

        The cut is always at the start of a user's turn (protocol.md 4.7). The last one stays when it is
        what is being answered.
        """
        starts = [index for index in range(self.pinned, len(self.entries)) if self.entries[index].opens_turn]
        ends = starts if keeps_last_turn else [*starts, len(self.entries)]
        weights = [weigh(entry) for entry in self.entries[self.pinned :]]
        shed = 0
        for end in ends:
            shed = sum(weights[: end - self.pinned])
            if shed >= tokens:
                break
        if ends:
            self._cut(end)
        return shed

    def _cut(self, end: int) -> None:
        dropped = {id(entry) for entry in self.entries[self.pinned : end]}
        self._keep(lambda entry: id(entry) not in dropped)

    def _keep(self, wanted: Callable[[Entry], bool]) -> None:
        self.pinned = sum(map(wanted, self.entries[: self.pinned]))
        self.entries = [entry for entry in self.entries if wanted(entry)]
        self.size = sum(entry.size for entry in self.entries)
        self.revision += 1


def audio_tokens(seconds: float) -> int:
    """Tokens of a stretch of speech; a begun token counts."""
    return math.ceil(round(seconds * AUDIO_TOKENS_PER_S, 6))


def text_of(content: Content) -> str:
    """The text parts of a content, thoughts left out."""
    return "\n".join(part.text for part in content.parts if part.text and not part.thought)


def say(role: str, text: str) -> Content:
    """A content of one text."""
    return Content(role=role, parts=(Part(text=text),))


def token_details(*, text: int = 0, audio: int = 0, image: int = 0) -> tuple[ModalityTokenCount, ...]:
    """Token counts by modality, those that are nothing left out."""
    counts = ((MediaModality.TEXT, text), (MediaModality.AUDIO, audio), (MediaModality.IMAGE, image))
    return tuple(ModalityTokenCount(modality=modality, token_count=count) for modality, count in counts if count)


def _function_text(part: Part) -> str:
    if part.function_call:
        return part.function_call.name + _json(part.function_call.args)
    if part.function_response:
        return part.function_response.name + _json(part.function_response.response)
    return ""


def _json(value: dict[str, object] | None) -> str:
    return msgspec.json.encode(value or {}).decode()
