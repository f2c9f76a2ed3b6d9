"""The questions that come with the bench: what is said in each recording, word by word."""

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

import msgspec

from antiphon.audio.pcm import AudioChunk
from antiphon.bench.limits import QUESTION_S_MAX
from antiphon.client.audio_file import AudioFile, open_pcm


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the manifest."""

    name: str
    set: Literal["questions", "readings"]
    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Question:
    """A recording and its words."""

    name: str
    text: str
    audio: AudioFile

    @property
    def pcm(self) -> AudioChunk:
        """All of it, as 16 kHz mono."""
        return AudioChunk(b"".join(chunk.data for chunk in self.audio.chunks()))


def question_of(name: str, text: str, sound: bytes) -> Question:
    """Make a question of a sound file's bytes, or of raw 16 kHz mono; where speech ends is found in it."""
    return Question(name, text, replace(open_pcm(BytesIO(sound), QUESTION_S_MAX), name=name))


def questions() -> tuple[Question, ...]:
    """Twelve sentences by a synthetic voice, 1.5 to 4 s."""
    return _bundled("questions")


def readings() -> tuple[Question, ...]:
    """Five sentences read by people, 3 to 7 s."""
    return _bundled("readings")


@cache
def _bundled(set: str) -> tuple[Question, ...]:
    folder = files("antiphon.bench") / "audio"
    entries = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=list[Entry])
    wanted = [entry for entry in entries if entry.set == set]
    return tuple(question_of(each.name, each.text, (folder / f"{each.name}.flac").read_bytes()) for each in wanted)
