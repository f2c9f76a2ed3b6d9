"""Reads a recording back, whoever wrote it: nothing in it is trusted.

Raises only SettingsError, with the number of the line at fault. What a crash leaves behind is read up to there:
an unfinished last line is left out, and a WAV header that says too little is not believed.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from antiphon.audio.wave import HEADER_BYTES_MAX, read_wave_header
from antiphon.errors import RemoteProtocolError, SettingsError
from antiphon.recording.lines import (
    RECORDING_BYTES_MAX,
    VERSION,
    Header,
    ImagePlace,
    Incident,
    Line,
    Side,
    SoundPlace,
    file_beside,
)
from antiphon.wire.client import ClientMessage
from antiphon.wire.codec import DEPTH_MAX, decode_client, decode_server
from antiphon.wire.server import ServerMessage

LINES_MAX = 2_000_000
"""Of one recording: six hours of sound both ways, in chunks of 20 ms."""

LINE_BYTES_MAX = 96 << 20
"""One message of 64 MiB in base64, and more."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A message that went over the connection, the client's or the server's by its type."""

    at_s: float
    message: ClientMessage | ServerMessage


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that happened to the connection."""

    at_s: float
    what: Incident
    why: str = ""


Entry = Exchanged | Noted


@dataclass(frozen=True, slots=True)
class Recorded:
    """A session: what it is, and all that happened in it. Times are in seconds since the recording began."""

    header: Header
    entries: tuple[Entry, ...]

    @property
    def seconds(self) -> float:
        """Until the last entry."""
        return self.entries[-1].at_s if self.entries else 0.0

    @property
    def model(self) -> str | None:
        """The model's name, from the setup where the header has none."""
        setups = (message.setup for _, message in self.client_messages())
        return self.header.model or next((setup.model for setup in setups if setup is not None), None)

    def client_messages(self) -> Iterator[tuple[float, ClientMessage]]:
        """Only what the client sent, with its time."""
        for entry in self.entries:
            if isinstance(entry, Exchanged) and isinstance(entry.message, ClientMessage):
                yield entry.at_s, entry.message


def read_recording(path: Path, *, bytes_max: int = RECORDING_BYTES_MAX, lines_max: int | None = None) -> Recorded:
    """Read a recording with its audio and images; raises SettingsError for what is none, or is broken."""
    try:
        with path.open("rb") as lines:
            return _Reading(path, bytes_max, lines_max or LINES_MAX).recorded(lines)
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist: check the spelling") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


class _Reading:
    """One pass through a recording. What its lines take from other files counts, however often they take it."""

    def __init__(self, path: Path, bytes_max: int, lines_max: int) -> None:
        self._path = path
        self._lines_max = lines_max
        self._bytes_max = self._bytes_left = bytes_max
        self._lines = msgspec.json.Decoder(Line)
        self._sounds: dict[str, _Samples] = {}
        self._at_s = 0.0

    def recorded(self, file: BinaryIO) -> Recorded:
        header: Header | None = None
        entries: list[Entry] = []
        for number, text in enumerate(self._whole_lines(file), start=1):
            try:
                if header is None:
                    header = self._header(text)
                else:
                    entries.append(self._entry(text))
            except (SettingsError, RemoteProtocolError, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                raise SettingsError(f"{self._path}, line {number}: {error}") from None
        if header is None:
            raise SettingsError(f"{self._path} is empty: no session was recorded in it")
        return Recorded(header, tuple(entries))

    def _whole_lines(self, file: BinaryIO) -> Iterator[bytes]:
        for number in range(1, self._lines_max + 2):
            text = file.readline(LINE_BYTES_MAX)
            self._take(len(text))
            if not text.endswith(b"\n"):
                if len(text) == LINE_BYTES_MAX:
                    raise SettingsError(f"{self._path}, line {number}: longer than {LINE_BYTES_MAX >> 20} MiB")
                if text and number == 1:
                    raise SettingsError(f"{self._path} is no recording: it has no first line")
                return
            if number > self._lines_max:
                raise SettingsError(f"{self._path} has more than {self._lines_max} lines")
            yield text

    def _header(self, text: bytes) -> Header:
        try:
            version = msgspec.json.decode(text, type=_Version).recording
        except msgspec.MsgspecError:
            raise SettingsError("this is no recording of antiphon; `--record FILE` makes one") from None
        if version != VERSION:
            raise SettingsError(f"a recording of format {version}; this antiphon reads format {VERSION}")
        return msgspec.json.decode(text, type=Header)

    def _entry(self, text: bytes) -> Entry:
        line = self._lines.decode(text)
        if line.at < self._at_s:
            raise SettingsError(f"its time {line.at:g} s is before that of the line above")
        self._at_s = line.at
        if line.event is not None and line.message is None and line.sender is None:
            return Noted(line.at, line.event, line.why)
        if line.event is not None or line.message is None or line.sender is None:
            raise SettingsError("neither a message with its sender nor an event")
        message = msgspec.json.encode(self._restored(line.message, DEPTH_MAX))
        read = decode_client if line.sender is Side.CLIENT else decode_server
        return Exchanged(line.at, read(message))

    def _restored(self, value: object, depth: int) -> object:
        """Put media back where a line says only where they are."""
        if not depth:
            raise SettingsError(f"nested deeper than {DEPTH_MAX} levels")
        match value:
            case {"stream": _, "first": _, "samples": _}:
                return self._encoded(self._sound(msgspec.convert(value, SoundPlace)))
            case {"image": str(), **others} if not others:
                return self._encoded(self._image(msgspec.convert(value, ImagePlace)))
            case dict():
                return {key: self._restored(item, depth - 1) for key, item in value.items()}
            case list():
                return [self._restored(item, depth - 1) for item in value]
            case _:
                return value

    def _encoded(self, data: bytes) -> str:
        self._take(len(data))
        return base64.b64encode(data).decode()

    def _sound(self, place: SoundPlace) -> bytes:
        if place.stream not in self._sounds:
            self._sounds[place.stream] = _Samples(file_beside(self._path, f"{place.stream}.wav"), self._bytes_max)
        return self._sounds[place.stream].at(place)

    def _image(self, place: ImagePlace) -> bytes:
        return _contents(file_beside(self._path, place.image), self._bytes_max)

    def _take(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise SettingsError(f"{self._path} holds more than {self._bytes_max >> 20} MiB with its audio")


class _Version(msgspec.Struct):
    recording: int


class _Samples:
    """The samples of one WAV file, to its end: after a crash its header says less than there is."""

    def __init__(self, path: Path, bytes_max: int) -> None:
        self._name = path.name
        self._bytes = _contents(path, bytes_max)
        try:
            header = read_wave_header(self._bytes[: HEADER_BYTES_MAX + 64])
        except RemoteProtocolError as error:
            raise SettingsError(f"{self._name}: {error}") from None
        if header is None or not self._bytes.startswith(b"RIFF"):
            raise SettingsError(f"{self._name} is no WAV file")
        self._start, self._frame_bytes = header.length, header.format.frame_bytes

    def at(self, place: SoundPlace) -> bytes:
        first = self._start + place.first * self._frame_bytes
        size = place.samples * self._frame_bytes
        if first + size > len(self._bytes):
            raise SettingsError(f"{self._name} ends before sample {place.first + place.samples}")
        return self._bytes[first : first + size]


def _contents(path: Path, bytes_max: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(bytes_max + 1)
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read ({error.strerror}): it belongs to the recording") from None
    if len(data) > bytes_max:
        raise SettingsError(f"{path.name} holds more than {bytes_max >> 20} MiB")
    return data
