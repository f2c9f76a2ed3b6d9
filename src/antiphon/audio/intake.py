"""Whatever a client sends as audio, turned into what the ears work in: 16 kHz mono."""

from math import inf

from antiphon.audio.pcm import HEARING, AudioChunk, AudioFormat, parse_pcm_mime
from antiphon.audio.resample import Resampler
from antiphon.audio.wave import read_wave_header, starts_wave
from antiphon.errors import RemoteProtocolError

_WAVE_KINDS = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")


class Intake:
    """One audio stream's way in: mime type, WAV header, odd bytes, channels and rate.

    A WAV header may come at the start of any message, and in pieces. What it says holds until
    the mime type changes or the stream ends (protocol.md 4.8).
    """

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._mime: str | None = None
        self._format = HEARING
        self._resampler = Resampler(HEARING, HEARING.rate_hz)
        self._header = b""
        self._carry = b""

    def feed(self, data: bytes, mime_type: str, seconds_max: float = inf) -> AudioChunk:
        """Take the next bytes; gives 16 kHz mono, perhaps empty while a header or a sample is incomplete.

        Raises RemoteProtocolError for another kind of audio, an impossible rate, a broken header, or
        more sound in one message than `seconds_max`.
        """
        if mime_type != self._mime:
            self._switch(_format_of(mime_type))
            self._mime = mime_type
        data, self._header = self._header + data, b""
        if starts_wave(data):
            data = self._behind_header(data)
        seconds = len(data) / self._format.frame_bytes / self._format.rate_hz
        if seconds > seconds_max:
            raise RemoteProtocolError(f"{seconds:.0f} s of audio in one message; at most {seconds_max:.0f} s can be")
        data = self._carry + data
        whole = len(data) - len(data) % self._format.frame_bytes
        self._carry = data[whole:]
        return AudioChunk(self._resampler.feed(data[:whole]))

    def end(self) -> AudioChunk:
        """End the stream: gives what the resampler held back and forgets the format."""
        rest = AudioChunk(self._resampler.feed(b"", last=True))
        self._reset()
        return rest

    def _behind_header(self, data: bytes) -> bytes:
        header = read_wave_header(data)
        if header is None:
            self._header = data
            return b""
        self._switch(header.format)
        return data[header.length :]

    def _switch(self, format: AudioFormat) -> None:
        self._carry = b""
        if format != self._format:
            self._format = format
            self._resampler = Resampler(format, HEARING.rate_hz)


def _format_of(mime_type: str) -> AudioFormat:
    if mime_type.partition(";")[0].strip().lower() in _WAVE_KINDS:
        return HEARING
    return parse_pcm_mime(mime_type, HEARING)
