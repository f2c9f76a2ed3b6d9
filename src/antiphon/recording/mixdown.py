"""A session to listen to: the user on the left, the model on the right, each sound at the time it was heard."""

import io
from collections.abc import Iterator, Sequence

import numpy as np
import soundfile
from numpy.typing import NDArray

from antiphon.audio.pcm import SPEAKING
from antiphon.audio.resample import Resampler
from antiphon.recording.placing import Placed, joined

_RATE_HZ = SPEAKING.rate_hz
_BLOCK = 10 * _RATE_HZ
_SILENCE_BEHIND_S = 1.0
_QUALITY = 0.7
"""Of libsndfile's compression, 0 to 1: speech is clear, and a minute takes some 100 kB."""


def mixed(user: Sequence[Placed], model: Sequence[Placed], seconds: float) -> tuple[str, bytes]:
    """Give the mime type and the file: MP3, which every browser plays, or OGG where libsndfile cannot write it.

    It ends soon after the last sound, however long the session went on in silence.
    """
    seconds = min(seconds, max((each.end_s for each in (*user, *model)), default=0.0) + _SILENCE_BEHIND_S)
    mp3 = "MP3" in soundfile.available_formats()
    format, subtype, mime_type = ("MP3", "MPEG_LAYER_III", "audio/mpeg") if mp3 else ("OGG", "VORBIS", "audio/ogg")
    written = io.BytesIO()
    with soundfile.SoundFile(
        written,
        "w",
        samplerate=_RATE_HZ,
        channels=2,
        format=format,
        subtype=subtype,
        compression_level=_QUALITY,
        bitrate_mode="VARIABLE" if mp3 else None,
    ) as file:
        left, right = _blocks(user, seconds), _blocks(model, seconds)
        for block in zip(left, right, strict=True):
            # As floats: of 16-bit stereo libsndfile 1.2.2 makes an MP3 of noise.
            file.write(np.stack(block, axis=1) / np.float32(32_768))
    return mime_type, written.getvalue()


def _blocks(placed: Sequence[Placed], seconds: float) -> Iterator[NDArray[np.int16]]:
    """The whole time in blocks of equal length, silent where nothing sounds."""
    samples = round(seconds * _RATE_HZ)
    waiting = np.zeros(0, np.int16)
    given = 0
    for sound in _sounds(placed, samples):
        waiting = np.concatenate((waiting, sound))
        while len(waiting) >= _BLOCK:
            yield waiting[:_BLOCK]
            waiting = waiting[_BLOCK:]
            given += _BLOCK
    rest = np.zeros(samples - given, np.int16)
    rest[: len(waiting)] = waiting[: len(rest)]
    yield rest


def _sounds(placed: Sequence[Placed], samples: int) -> Iterator[NDArray[np.int16]]:
    """Silence and sound by turns, up to `samples` in all."""
    at = 0
    for run in joined(placed):
        first = max(at, round(run.start_s * _RATE_HZ))
        yield from _silence(first - at)
        sound = np.frombuffer(Resampler(run.audio.format, _RATE_HZ).feed(run.audio.data, last=True), "<i2")
        sound = sound[: max(0, samples - first)]
        yield sound
        at = first + len(sound)
    yield from _silence(samples - at)


def _silence(samples: int) -> Iterator[NDArray[np.int16]]:
    for at in range(0, samples, _BLOCK):
        yield np.zeros(min(_BLOCK, samples - at), np.int16)
