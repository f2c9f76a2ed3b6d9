"""What the lines of a recording hold, and what the files beside it are called.

`talk.jsonl` begins with a Header; each further line is a message or an event. PCM is in `talk.user.wav` and
`talk.model.wav`, after a change of rate in `talk.user-2.wav`; images are in `talk.image-1.jpg`.
"""

import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from antiphon.errors import SettingsError

VERSION = 1
"""Of the format; a reader refuses another."""

RECORDING_BYTES_MAX = 512 << 20
"""All files of one recording; then it stops. About three hours of a talk."""

RECORDING_S_MAX = 6 * 3_600.0
"""... and its length."""

SUFFIX = ".jsonl"

_NAME_BESIDE = re.compile(r"(user|model)(-[0-9]{1,4})?\.wav|image-[0-9]{1,6}\.[a-z]{3,4}")
_SHORT_ID = 8


class Side(StrEnum):
    """The two ends of a connection."""

    CLIENT = "client"
    SERVER = "server"


class Incident(StrEnum):
    """What happened to a connection or to the recording, beside messages."""

    LOST = "lost"
    RECONNECTED = "reconnected"
    DROPPED = "dropped"
    """Input the server never got."""
    STOPPED = "stopped"
    """The recording ended before the session."""
    CLOSED = "closed"


class Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """The first line: what this is a recording of."""

    recording: int
    """The version of the format."""
    antiphon: str
    """The version of the program that wrote it."""
    seen_from: Side
    """Whose clock the times are of."""
    endpoint: str
    """Without secrets."""
    started_at: datetime
    model: str | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Any other line: a message, or an event and why it came about."""

    at: Annotated[float, msgspec.Meta(ge=0, le=RECORDING_S_MAX)]
    """Seconds since the beginning."""
    sender: Side | None = msgspec.field(default=None, name="from")
    message: dict[str, object] | None = None
    event: Incident | None = None
    why: str = ""


class SoundPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stands for a blob of PCM: where it is in the stream's file."""

    stream: str
    first: Annotated[int, msgspec.Meta(ge=0)]
    samples: Annotated[int, msgspec.Meta(ge=0)]


class ImagePlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stands for an image: the file it is in."""

    image: str


def file_beside(path: Path, name: str) -> Path:
    """Give the path of one of a recording's other files; raises SettingsError for a name no recording uses."""
    if not _NAME_BESIDE.fullmatch(name):
        raise SettingsError(f"{name[:40]!r} is no file of a recording")
    return path.with_name(f"{path.stem}.{name}")


def files_beside(path: Path) -> list[Path]:
    """List the other files of a recording that are there."""
    start = f"{path.stem}."
    beside = (file for file in path.parent.iterdir() if file.name.startswith(start))
    return sorted(file for file in beside if _NAME_BESIDE.fullmatch(file.name.removeprefix(start)))


def path_for(path: Path, session_id: str) -> Path:
    """Name the recording of one of several sessions: `talk.jsonl` becomes `talk-1a2b3c4d.jsonl`."""
    short = "".join(character for character in session_id if character.isascii() and character.isalnum())[:_SHORT_ID]
    return path.with_name(f"{path.stem}-{short}{path.suffix}")
