"""The audio of a recording: WAV files that grow, and are whole whenever they were last synchronised."""

import wave
from pathlib import Path
from typing import BinaryIO

from antiphon.audio.pcm import SAMPLE_BYTES, AudioFormat
from antiphon.recording.lines import SoundPlace, file_beside

TRACKS_MAX = 100
"""Of one side: how often the format of its sound may change."""

_BUFFER_BYTES = 128 << 10
"""More than a second of sound, so that the disk is met when we synchronise and not in between."""


class Track:
    """One WAV file of 16-bit PCM."""

    def __init__(self, path: Path, format: AudioFormat) -> None:
        self.format = format
        self._samples = 0
        self._file: BinaryIO = path.open("wb", buffering=_BUFFER_BYTES)
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 - closed with the track
        self._wave.setnchannels(format.channels)
        self._wave.setsampwidth(SAMPLE_BYTES)
        self._wave.setframerate(format.rate_hz)

    def append(self, data: bytes) -> tuple[int, int]:
        """Add whole frames; gives their first sample and how many they are."""
        first, samples = self._samples, len(data) // self.format.frame_bytes
        self._wave.writeframesraw(data)
        self._samples += samples
        return first, samples

    def synchronise(self) -> None:
        """Hand all to the operating system, with a header that says how much it is."""
        self._wave.writeframes(b"")
        self._file.flush()

    def close(self) -> None:
        """Finish the file; raises OSError when that cannot be done, and lets go of it all the same."""
        try:
            self._wave.close()
        finally:
            self._file.close()


class Stream:
    """The sound of one side: a track, and another one each time the format changes."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._track: Track | None = None
        self._tracks = 0

    def append(self, data: bytes, format: AudioFormat) -> SoundPlace | None:
        """Add whole frames; gives where they are, and None when there are too many tracks to begin another."""
        if self._track is None or self._track.format != format:
            if self._tracks == TRACKS_MAX:
                return None
            self.close()
            self._tracks += 1
            self._track = Track(file_beside(self._path, f"{self._stream}.wav"), format)
        first, samples = self._track.append(data)
        return SoundPlace(stream=self._stream, first=first, samples=samples)

    def synchronise(self) -> None:
        if self._track is not None:
            self._track.synchronise()

    def close(self) -> None:
        track, self._track = self._track, None
        if track is not None:
            track.close()

    @property
    def _stream(self) -> str:
        return self._name if self._tracks == 1 else f"{self._name}-{self._tracks}"
