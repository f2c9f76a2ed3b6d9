"""A question in a file: any rate, width, channel count and format libsndfile reads, as 16 kHz mono chunks."""

import io
import math
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from antiphon.audio.loudness import last_spoken, level_dbfs
from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.errors import SettingsError

CHUNK_S = 0.02
"""Length of one message; protocol.md 4.8 asks for 20-100 ms."""

SECONDS_MAX = 600.0
"""The longest recording that is taken, where nothing else is said."""

_BLOCK_S = 0.5
_FILE_STARTS = (b"RIFF", b"RF64", b"fLaC", b"OggS", b"ID3", b"FORM")
_CONVERT = "convert it first, for example: ffmpeg -i {name} -ac 1 -ar 16000 question.wav"


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A recording that can be streamed more than once, and what is known of it."""

    name: str
    source: Path | bytes
    seconds: float
    speech_end_s: float
    """Where the last speech ends, in seconds from the beginning."""

    def chunks(self) -> Iterator[AudioChunk]:
        """Stream it as 16 kHz mono in chunks of 20 ms; the last may be shorter."""
        yield from _chunks(self.name, self.source)


def open_audio(file: str | PathLike[str], seconds_max: float = SECONDS_MAX) -> AudioFile:
    """Look through a file: its length, and where its speech ends.

    Raises SettingsError that says what to do for a file which is missing, empty, silent, too long
    or not audio.
    """
    path, name = Path(file), str(file)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise SettingsError(f"{name} does not exist: check the spelling") from None
    except OSError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        raise SettingsError(f"{name} is a directory: name a sound file in it")
    if not stat.S_ISREG(mode):
        raise SettingsError(f"{name} is not a file: raw PCM goes through standard input, FILE is then -")
    return _examine(name, path, seconds_max)


def open_pcm(stream: BinaryIO, seconds_max: float) -> AudioFile:
    """Read raw signed 16-bit little-endian 16 kHz mono PCM to its end (a whole sound file will do too).

    Raises SettingsError as `open_audio` does.
    """
    bytes_max = HEARING.bytes_for(seconds_max)
    data = stream.read(bytes_max + HEARING.frame_bytes)
    if len(data) > bytes_max:
        raise _too_long("standard input", None, seconds_max)
    return _examine("standard input", data, seconds_max)


def _examine(name: str, source: Path | bytes, seconds_max: float) -> AudioFile:
    with _reading(name, source) as sound:
        promised_s = sound.frames / sound.samplerate
        if promised_s > seconds_max:
            raise _too_long(name, promised_s, seconds_max)
    levels: list[float] = []
    samples = 0
    for chunk in _chunks(name, source):
        samples += chunk.samples
        levels.append(level_dbfs(chunk))
        if samples > seconds_max * HEARING.rate_hz:
            raise _too_long(name, None, seconds_max)
    if not samples:
        raise SettingsError(f"{name} holds no sound: record the question again")
    spoken = last_spoken(levels)
    if not spoken:
        raise SettingsError(f"{name} is silent throughout: check the microphone and record the question again")
    seconds = samples / HEARING.rate_hz
    return AudioFile(name, source, seconds, min(seconds, round(spoken * CHUNK_S, 3)))


def _chunks(name: str, source: Path | bytes) -> Iterator[AudioChunk]:
    size = HEARING.bytes_for(CHUNK_S)
    carry = b""
    for block in _pcm(name, source):
        carry += block
        whole = len(carry) - len(carry) % size
        for at in range(0, whole, size):
            yield AudioChunk(carry[at : at + size])
        carry = carry[whole:]
    if carry:
        yield AudioChunk(carry)


def _pcm(name: str, source: Path | bytes) -> Iterator[bytes]:
    with _reading(name, source) as sound:
        resampler = soxr.ResampleStream(sound.samplerate, HEARING.rate_hz, 1, dtype="float32")
        frames = math.ceil(_BLOCK_S * sound.samplerate)
        while len(block := sound.read(frames, dtype="float32", always_2d=True)):
            yield _to_pcm(resampler.resample_chunk(block.mean(axis=1)))
        yield _to_pcm(resampler.resample_chunk(np.empty(0, np.float32), last=True))


def _to_pcm(samples: NDArray[np.float32]) -> bytes:
    scaled = np.clip(np.nan_to_num(samples) * 32_768.0, -32_768, 32_767)
    return bytes(np.rint(scaled).astype("<i2").tobytes())


@contextmanager
def _reading(name: str, source: Path | bytes) -> Iterator[soundfile.SoundFile]:
    """Open for reading; what libsndfile and the operating system object to becomes SettingsError."""
    try:
        with _binary(source) as binary, _sound(source, binary) as sound:
            yield sound
    except (soundfile.LibsndfileError, TypeError) as error:
        if not _size(source):
            raise SettingsError(f"{name} is empty: record the question again") from None
        hint = _CONVERT.format(name=name)
        raise SettingsError(f"{name} is not a sound file that can be read ({_said(error)}): {hint}") from None
    except OSError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}") from None


def _binary(source: Path | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _sound(source: Path | bytes, binary: BinaryIO) -> soundfile.SoundFile:
    """Bytes without the marks of a sound file are raw PCM; a file always says what it is."""
    if isinstance(source, Path) or source.startswith(_FILE_STARTS):
        return soundfile.SoundFile(binary)
    return soundfile.SoundFile(
        binary, samplerate=HEARING.rate_hz, channels=HEARING.channels, format="RAW", subtype="PCM_16", endian="LITTLE"
    )


def _size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _said(error: Exception) -> str:
    return str(getattr(error, "error_string", "raw PCM goes through standard input: FILE is -")).rstrip(".")


def _too_long(name: str, seconds: float | None, seconds_max: float) -> SettingsError:
    length = f"{seconds / 60:.1f} minutes long" if seconds is not None else "too long"
    return SettingsError(
        f"{name} is {length}; a question may take {seconds_max / 60:g} minutes: "
        "cut it, or set ANTIPHON_CLIENT__QUESTION_S_MAX (seconds)"
    )
