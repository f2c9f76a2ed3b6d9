"""The part of a stream that is still needed, addressed by position since the stream began."""

from antiphon.audio.pcm import HEARING, SAMPLE_BYTES, AudioChunk


class Recording:
    """16 kHz mono audio from `start` to `end`, positions in samples since the stream began."""

    def __init__(self) -> None:
        self._data = bytearray()
        self.start = 0
        self.end = 0
        """Position behind the last sample."""

    def append(self, audio: AudioChunk) -> None:
        """Add audio in HEARING format at the end."""
        self._data += audio.data
        self.end += audio.samples

    def slice(self, start: int, end: int) -> AudioChunk:
        """The audio between two positions, as far as it is still (or already) there."""
        first = max(0, start - self.start) * SAMPLE_BYTES
        last = max(0, end - self.start) * SAMPLE_BYTES
        return AudioChunk(bytes(self._data[first:last]), HEARING)

    def forget(self, before: int) -> None:
        """Free everything before a position."""
        before = min(before, self.end)
        if before > self.start:
            del self._data[: (before - self.start) * SAMPLE_BYTES]
            self.start = before
