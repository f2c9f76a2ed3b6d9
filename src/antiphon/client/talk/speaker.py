"""Where the model's voice sounds: a sound card, or a file that gets what would have sounded, when it would have."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile

from antiphon.audio.pcm import SPEAKING, AudioChunk, AudioFormat
from antiphon.audio.resample import Resampler
from antiphon.client.pace import RealTime, Time
from antiphon.client.talk.devices import Kind, sound_file
from antiphon.client.talk.playout import LEAD_S, SECONDS_MAX, Playout
from antiphon.client.talk.sound_card import BLOCK_S, SoundBuffer, find_card, lost
from antiphon.errors import SettingsError


class Speaker(Protocol):
    """Plays what it is given, one stretch behind the other. Nothing here ever waits."""

    @property
    def name(self) -> str: ...

    @property
    def waiting_s(self) -> float:
        """Seconds that are still to sound."""

    @property
    def latency_s(self) -> float:
        """From its leaving us to its being heard."""

    @property
    def level_dbfs(self) -> float:
        """Loudness of what sounds now."""

    @property
    def dropped_s(self) -> float:
        """Seconds that did not sound because too much was waiting."""

    def tick(self) -> None:
        """Look after it; to be called some fifty times a second.

        Raises SettingsError when the device is lost, or the file cannot be written any more.
        """

    def play(self, audio: AudioChunk) -> None:
        """Add a stretch of a reply."""

    def end_reply(self) -> None:
        """Tell that the reply is complete; what there is of it will sound."""

    def flush(self) -> None:
        """Fall silent at once and forget what has not sounded yet."""


class _Voice:
    """A reply's stretches on their way into the playout, at the rate that plays them."""

    def __init__(self, rate_hz: int, playout: Playout | None) -> None:
        self.playout = playout or Playout(rate_hz)
        self._rate_hz = rate_hz
        self._source = SPEAKING
        self._resampler = Resampler(SPEAKING, rate_hz)

    @property
    def waiting_s(self) -> float:
        return self.playout.waiting_s

    @property
    def level_dbfs(self) -> float:
        return self.playout.level_dbfs

    @property
    def dropped_s(self) -> float:
        return self.playout.dropped_s

    def play(self, audio: AudioChunk) -> None:
        if audio.format != self._source:
            self.playout.put(self._rest_of(audio.format))
        self.playout.put(self._resampler.feed(audio.data))

    def end_reply(self) -> None:
        self.playout.put(self._rest_of(self._source))
        self.playout.end_reply()

    def flush(self) -> None:
        self._rest_of(self._source)
        self.playout.clear()

    def _rest_of(self, next_source: AudioFormat) -> bytes:
        """Give what the resampler holds back, and begin anew."""
        rest = self._resampler.feed(b"", last=True)
        self._source, self._resampler = next_source, Resampler(next_source, self._rate_hz)
        return rest


class CardSpeaker(_Voice):
    """A device of this machine."""

    def __init__(self, name: str, format: AudioFormat, playout: Playout | None = None) -> None:
        super().__init__(format.rate_hz, playout)
        self.name = name
        self.latency_s = 0.0
        self._channels = format.channels
        self._lost = False

    def tick(self) -> None:
        if self._lost:
            raise lost(Kind.SPEAKER, self.name)

    def fill(self, block: SoundBuffer, frames: int, time: object, status: object) -> None:
        """Give the device its next block: PortAudio calls this in a thread of its own."""
        mono = self.playout.take(frames)
        block[:] = mono if self._channels == 1 else np.frombuffer(mono, "<i2").repeat(self._channels).tobytes()

    def stopped(self) -> None:
        """Take note that the device takes no more; PortAudio calls this too."""
        self._lost = True


class FileSpeaker(_Voice):
    """A sound file with the silences between replies; what is flushed is not in it.

    Each call first writes what a device would have played since the one before.
    """

    latency_s = 0.0

    def __init__(self, file: soundfile.SoundFile, playout: Playout | None = None, time: Time | None = None) -> None:
        super().__init__(SPEAKING.rate_hz, playout)
        self.name = str(file.name)
        self._file = file
        self._time = time or RealTime()
        self._started_s = self._time.now()
        self._written = 0

    def play(self, audio: AudioChunk) -> None:
        self.tick()
        super().play(audio)

    def end_reply(self) -> None:
        self.tick()
        super().end_reply()

    def flush(self) -> None:
        self.tick()
        super().flush()

    def tick(self) -> None:
        """Write everything up to now, in blocks of 20 ms."""
        block = round(BLOCK_S * SPEAKING.rate_hz)
        due = round((self._time.now() - self._started_s) * SPEAKING.rate_hz)
        try:
            while self._written + block <= due:
                self._file.buffer_write(self.playout.take(block), dtype="int16")
                self._written += block
        except (OSError, soundfile.SoundFileError) as error:
            raise _not_writable(Path(self.name), error) from None


def check_speaker(wanted: str | None = None) -> None:
    """Raise what `open_speaker` would, before time is spent on anything else."""
    path = sound_file(wanted)
    if path is None:
        find_card(Kind.SPEAKER, wanted, SPEAKING.rate_hz)
    elif path.is_dir() or not os.access(path.parent, os.W_OK):
        raise SettingsError(f"--speaker {path} cannot be written there: name a file in a directory that takes one")


@contextmanager
def open_speaker(
    wanted: str | None = None, *, lead_s: float = LEAD_S, seconds_max: float = SECONDS_MAX
) -> Iterator[Speaker]:
    """Open a device by number or name, the default one, or a sound file in its place.

    Raises SettingsError, which says what to do.
    """
    path = sound_file(wanted)
    if path is not None:
        with _written(path) as file:
            recorder = FileSpeaker(file, Playout(SPEAKING.rate_hz, lead_s=lead_s, seconds_max=seconds_max))
            yield recorder
            recorder.tick()
        return
    card = find_card(Kind.SPEAKER, wanted, SPEAKING.rate_hz)
    playout = Playout(card.format.rate_hz, lead_s=lead_s, seconds_max=seconds_max)
    speaker = CardSpeaker(card.device.name, card.format, playout)
    with card.opened(speaker.fill, speaker.stopped) as stream:
        speaker.latency_s = stream.latency
        yield speaker


@contextmanager
def _written(path: Path) -> Iterator[soundfile.SoundFile]:
    try:
        file = soundfile.SoundFile(path, "w", samplerate=SPEAKING.rate_hz, channels=SPEAKING.channels)
    except (OSError, soundfile.SoundFileError, ValueError) as error:
        raise _not_writable(path, error) from None
    with file:
        yield file


def _not_writable(path: Path, error: Exception) -> SettingsError:
    return SettingsError(f"--speaker {path} cannot be written ({error}): name another file")
