"""What came of a question, as every view shows it and `--json` prints it."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import soundfile

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.audio.resample import Resampler
from antiphon.client.asking import Asking
from antiphon.errors import AntiphonError, ConnectionClosed, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One question and its answer; times in ms count from the end of speech, in s from the file's beginning."""

    model: str | None
    heard: str | None = None
    answer: str | None = None
    first_sound_ms: int | None = None
    first_text_ms: int | None = None
    real_time: bool = True
    """Whether the question was sent as it was spoken, so that the times mean what a person would wait."""
    question_s: float | None = None
    end_of_speech_s: float | None = None
    interruptions: int = 0
    """Replies the server began and cut off, because the question went on."""
    reply: str | None = None
    """The file the reply is in."""
    reply_s: float | None = None
    usage: object = None
    close_code: int | None = None
    close_reason: str | None = None
    error: str | None = None

    def as_json(self) -> str:
        """Write it as one line of JSON."""
        return msgspec.json.encode(self).decode()


def outcome_of(asking: Asking, *, model: str | None, real_time: bool, saved: tuple[Path, float] | None) -> Outcome:
    """Sum up an answer, or as much of it as came."""
    reply = asking.reply
    return Outcome(
        model=model,
        heard=reply.heard or None,
        answer=reply.text or None,
        first_sound_ms=_ms(asking.first_sound_s),
        first_text_ms=_ms(asking.first_text_s),
        real_time=real_time,
        question_s=round(asking.seconds, 3),
        end_of_speech_s=round(asking.speech_end_s, 3),
        interruptions=reply.interruptions,
        reply=str(saved[0]) if saved else None,
        reply_s=round(saved[1], 3) if saved else None,
        usage=msgspec.to_builtins(reply.usage) if reply.usage else None,
    )


def failed(outcome: Outcome, error: AntiphonError) -> Outcome:
    """Add why there is no answer, and how the server closed if it did."""
    if isinstance(error, ConnectionClosed):
        return replace(outcome, error=str(error), close_code=error.code, close_reason=error.reason)
    return replace(outcome, error=str(error))


def check_writable(path: Path, question: Path) -> None:
    """Refuse, before anything is asked, a file the reply could not be written to."""
    if path.suffix.lstrip(".").upper() not in soundfile.available_formats():
        raise SettingsError(f"--out {path}: the name must end in .wav, or another kind of sound file such as .flac")
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise SettingsError(f"--out {path} cannot be written there: name a file in a directory that takes one")
    if path.exists() and question.exists() and path.samefile(question):
        raise SettingsError(f"--out {path} is the question itself: name another file")


def save_reply(audio: AudioChunk, path: Path) -> float:
    """Write the reply as 24 kHz mono, whole or not at all; gives its length in seconds.

    Raises SettingsError when it cannot be written there.
    """
    pcm = audio.data
    if audio.format != SPEAKING:
        pcm = Resampler(audio.format, SPEAKING.rate_hz).feed(pcm, last=True)
    reply = AudioChunk(pcm, SPEAKING)
    unfinished = path.with_name(f".{path.stem}.unfinished{path.suffix}")
    try:
        soundfile.write(unfinished, reply.int16(), SPEAKING.rate_hz)
        unfinished.replace(path)
    except (OSError, soundfile.SoundFileError) as error:
        unfinished.unlink(missing_ok=True)
        raise SettingsError(f"{path} cannot be written ({error}): name another file with --out") from None
    return reply.seconds


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1_000)
