"""What is still to be played: filled as a reply arrives, emptied by the device at its own pace."""

from threading import Lock

from antiphon.audio.loudness import level_dbfs
from antiphon.audio.pcm import SAMPLE_BYTES, AudioChunk, AudioFormat

LEAD_S = 0.1
"""Held back before a reply begins to sound, so that small hitches on the way are not heard."""

SECONDS_MAX = 600.0
"""Sound that waits to be played; servers may send a whole reply at once. Beyond it the newest is dropped."""


class Playout:
    """16-bit mono PCM from one thread to another: `take` is for the device's, everything else for the caller's.

    A reply begins to sound when `lead_s` of it is there, when its first sound has waited that long,
    or when `end_reply` says that no more will come.
    """

    def __init__(self, rate_hz: int, *, lead_s: float = LEAD_S, seconds_max: float = SECONDS_MAX) -> None:
        self._format = AudioFormat(rate_hz)
        self._lead = round(lead_s * rate_hz)
        self._bytes_max = self._format.bytes_for(seconds_max)
        self._lock = Lock()
        self._waiting = bytearray()
        self._running = False
        self._held = 0
        self._complete = False
        self._last = b""
        self.dropped_s = 0.0

    @property
    def waiting_s(self) -> float:
        """Seconds that are still to be played."""
        return len(self._waiting) / SAMPLE_BYTES / self._format.rate_hz

    @property
    def level_dbfs(self) -> float:
        """Loudness of what was taken last."""
        return level_dbfs(AudioChunk(self._last, self._format))

    def put(self, pcm: bytes) -> None:
        """Add sound at the end; what is too much for the limit is dropped and counted."""
        with self._lock:
            fitting = pcm[: self._bytes_max - len(self._waiting)]
            self._waiting += fitting
            self._complete = False
        self.dropped_s += (len(pcm) - len(fitting)) / SAMPLE_BYTES / self._format.rate_hz

    def end_reply(self) -> None:
        """Tell that what is here is all of a reply."""
        with self._lock:
            self._complete = True

    def clear(self) -> None:
        """Throw away what is not played yet."""
        with self._lock:
            self._waiting.clear()
            self._rest()

    def take(self, samples: int) -> bytes:
        """Give exactly so many samples to the device, silence where there is nothing to play."""
        with self._lock:
            data = self._next(samples)
        self._last = data
        return data.ljust(samples * SAMPLE_BYTES, b"\0")

    def _next(self, samples: int) -> bytes:
        if not self._waiting or not self._may_sound(samples):
            return b""
        data = bytes(self._waiting[: samples * SAMPLE_BYTES])
        del self._waiting[: samples * SAMPLE_BYTES]
        if not self._waiting:
            self._rest()
        return data

    def _may_sound(self, samples: int) -> bool:
        here = len(self._waiting) // SAMPLE_BYTES
        self._running = self._running or self._complete or max(here, self._held) >= self._lead
        self._held += samples
        return self._running

    def _rest(self) -> None:
        self._running, self._complete, self._held = False, False, 0
