"""Writes a session down as it happens, and never gets in its way.

What is written is flushed after every message that is more than sound, and each second: after a crash the
recording reads up to there. What goes wrong in writing ends the recording, not the session.
"""

import logging
import os
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from antiphon import __version__
from antiphon.audio.pcm import HEARING, SPEAKING, AudioFormat, parse_pcm_mime
from antiphon.errors import RemoteProtocolError, SettingsError, without_secrets
from antiphon.recording.lines import (
    RECORDING_BYTES_MAX,
    RECORDING_S_MAX,
    SUFFIX,
    VERSION,
    Header,
    ImagePlace,
    Incident,
    Line,
    Side,
    SoundPlace,
    file_beside,
    files_beside,
)
from antiphon.recording.plain import Plain
from antiphon.recording.secrets import Placeholders
from antiphon.recording.tracks import Stream
from antiphon.wire.client import ClientMessage
from antiphon.wire.content import Blob
from antiphon.wire.server import ServerContent, ServerMessage

log = logging.getLogger(__name__)

FLUSH_S = 1.0
"""Of the recording that a crash may cost."""

IMAGES_MAX = 10_000
"""Files of images; further ones stay in their lines."""

_FAULTS = (OSError, wave.Error, TypeError, ValueError, OverflowError, RecursionError)
"""A full disk, and values that cannot be written as JSON."""

_WHY_CHARACTERS_MAX = 300
_IMAGES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
_HEADER_START = b'{"recording":'

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a recording's first line says of the session. The endpoint may hold secrets; they are left out."""

    endpoint: str
    seen_from: Side
    model: str | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Recorder:
    """Keeps one session in `path` and the files beside it; with its first message a recording of that name is replaced.

    Which way a message went is known from its type, so that client and server call it alike. `clock` gives
    seconds and never goes back. Raises SettingsError when nothing can be written there.
    """

    def __init__(
        self,
        path: Path,
        about: About,
        *,
        clock: Callable[[], float] = time.monotonic,
        bytes_max: int = RECORDING_BYTES_MAX,
        seconds_max: float = RECORDING_S_MAX,
    ) -> None:
        self.path = path
        self.ended: str | None = None
        """Why it stopped before the session did."""
        self._clock = clock
        self._began = clock()
        self._bytes_max, self._seconds_max = bytes_max, seconds_max
        self._written = self._images = 0
        self._waiting: list[bytes] = []
        """Lines of the last second: they may not get to the disk before the sound they point at."""
        self._flushed_at = 0.0
        self._lost = False
        self._sender = Side.CLIENT
        self._placeholders = Placeholders()
        self._plain = Plain(self._placeholders, self._put_elsewhere)
        self._streams = {Side.CLIENT: Stream(path, "user"), Side.SERVER: Stream(path, "model")}
        self._about = about
        self._begun = False
        self._lines: BinaryIO | None = None
        _check_free(path)

    def sent(self, message: ClientMessage | ServerMessage) -> None:
        """Record a message that this side sent."""
        self._record(message)

    def received(self, message: ClientMessage | ServerMessage) -> None:
        """Record a message that this side received."""
        self._record(message)

    def lost(self, why: str) -> None:
        """Record that the connection is lost; the next setupComplete is taken as another one."""
        self._lost = True
        self._note(Incident.LOST, why)

    def dropped(self, what: str) -> None:
        """Record that some of the input never reaches the server."""
        self._note(Incident.DROPPED, what)

    def close(self) -> None:
        """Finish the recording; it takes nothing any more."""
        self._note(Incident.CLOSED, "")
        self._release()

    def _record(self, message: ClientMessage | ServerMessage) -> None:
        if not self._takes():
            return
        at = self._now()
        self._sender = Side.CLIENT if isinstance(message, ClientMessage) else Side.SERVER
        if self._lost and isinstance(message, ServerMessage) and message.setup_complete is not None:
            self._lost = False
            self._note(Incident.RECONNECTED, "", at)
        try:
            line = Line(at=at, sender=self._sender, message=self._plain.plain(message))
            self._append(line, at, at_once=not _is_sound(message))
        except _FAULTS as error:
            self._fail(error)

    def _note(self, event: Incident, why: str, at: float | None = None) -> None:
        if not self._begun or not self._takes():
            return
        at = self._now() if at is None else at
        try:
            text = self._placeholders.scrubbed(why)[:_WHY_CHARACTERS_MAX]
            self._append(Line(at=at, event=event, why=text), at, at_once=True)
        except _FAULTS as error:
            self._fail(error)

    def _takes(self) -> bool:
        """Open the file with the first message, so that one of before stays when no session comes about."""
        if not self._begun:
            self._begun = True
            try:
                self._lines = _open(self.path)
                self._write_header(self._about)
            except OSError as error:
                self._fail(error)
        return self._lines is not None

    def _now(self) -> float:
        return round(self._clock() - self._began, 6)

    def _append(self, line: Line, at: float, *, at_once: bool) -> None:
        """Write a line, or instead of it the last one when the recording is as large as it may be."""
        text = _encoder.encode(line) + b"\n"
        self._written += len(text)
        if self._lines is None:
            return
        if self._written > self._bytes_max:
            self._stop(at, f"it reached its limit of {self._bytes_max >> 20} MiB")
        elif at > self._seconds_max:
            self._stop(self._seconds_max, f"it reached its limit of {self._seconds_max / 3_600:g} hours")
        else:
            self._waiting.append(text)
            if at_once or at - self._flushed_at >= FLUSH_S:
                self._flush(at)

    def _flush(self, at: float) -> None:
        """Audio first: no line may point at what is not there."""
        for stream in self._streams.values():
            stream.synchronise()
        if self._lines is not None:
            self._lines.write(b"".join(self._waiting))
            self._lines.flush()
        self._waiting.clear()
        self._flushed_at = at

    def _stop(self, at: float, why: str) -> None:
        self._waiting.append(_encoder.encode(Line(at=at, event=Incident.STOPPED, why=why)) + b"\n")
        self._flush(at)
        self._end(why)

    def _fail(self, error: Exception) -> None:
        self._end(getattr(error, "strerror", None) or str(error))

    def _end(self, why: str) -> None:
        self.ended = why
        log.warning("the recording %s ends here, the session goes on: %s", self.path, why)
        self._release()

    def _release(self) -> None:
        """Close every file, whatever may go wrong with one."""
        lines, self._lines = self._lines, None
        closers = [stream.close for stream in self._streams.values()]
        for close in (*closers, *([lines.close] if lines is not None else [])):
            try:
                close()
            except (OSError, wave.Error) as error:
                self.ended = self.ended or str(error)

    def _write_header(self, about: About) -> None:
        header = Header(
            recording=VERSION,
            antiphon=__version__,
            seen_from=about.seen_from,
            endpoint=self._placeholders.scrubbed(without_secrets(about.endpoint)),
            started_at=about.started_at,
            model=about.model,
        )
        text = _encoder.encode(header) + b"\n"
        self._written += len(text)
        if self._lines is not None:
            self._lines.write(text)
            self._lines.flush()

    def _put_elsewhere(self, blob: Blob) -> SoundPlace | ImagePlace | None:
        kind = blob.mime_type.partition(";")[0].strip().lower()
        if kind in _IMAGES:
            return self._put_image(blob.data, _IMAGES[kind])
        if not blob.data or not kind.startswith("audio/"):
            return None
        format = _pcm_format(blob.mime_type, HEARING if self._sender is Side.CLIENT else SPEAKING)
        if format is None or len(blob.data) % format.frame_bytes:
            return None
        self._written += len(blob.data)
        return self._streams[self._sender].append(blob.data, format)

    def _put_image(self, data: bytes, suffix: str) -> ImagePlace | None:
        if self._images == IMAGES_MAX:
            return None
        self._images += 1
        self._written += len(data)
        place = ImagePlace(image=f"image-{self._images}.{suffix}")
        file_beside(self.path, place.image).write_bytes(data)
        return place


def check_place(path: Path) -> None:
    """Raise SettingsError unless recordings can be written under this name."""
    if path.suffix != SUFFIX:
        raise SettingsError(f"--record {path}: the name must end in {SUFFIX}; the audio goes beside it")
    if not os.access(path.parent, os.W_OK):
        raise SettingsError(_unwritable(path, "its directory is missing, or takes no files"))


def _check_free(path: Path) -> None:
    """Raise SettingsError unless a recording can be written there, and takes the place of nothing else."""
    check_place(path)
    try:
        if path.exists() and path.stat().st_size and not _is_recording(path):
            raise SettingsError(f"--record {path} is there already and is no recording: name another file")
    except OSError as error:
        raise SettingsError(_unwritable(path, error.strerror)) from None


def _open(path: Path) -> BinaryIO:
    """Open for writing; the files of a recording that was there before are removed."""
    lines = path.open("wb")
    for file in files_beside(path):
        file.unlink()
    return lines


def _is_recording(path: Path) -> bool:
    with path.open("rb") as lines:
        return lines.read(len(_HEADER_START)) == _HEADER_START


def _unwritable(path: Path, why: str | None) -> str:
    return f"--record {path} cannot be written ({why}): name a file in a directory that takes one"


def _pcm_format(mime_type: str, default: AudioFormat) -> AudioFormat | None:
    try:
        return parse_pcm_mime(mime_type, default)
    except RemoteProtocolError:
        return None


def _is_sound(message: ClientMessage | ServerMessage) -> bool:
    """Tell whether a message is a piece of sound and nothing else: a second of it may be lost in a crash."""
    if isinstance(message, ClientMessage):
        return message.realtime_input is not None and message.realtime_input.audio is not None
    content = message.server_content
    if content is None or content.model_turn is None or message.usage_metadata is not None:
        return False
    spoken = all(part.inline_data is not None for part in content.model_turn.parts)
    return spoken and content == ServerContent(model_turn=content.model_turn)
