"""The sound in messages, as PCM."""

from collections.abc import Iterator

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, AudioFormat, parse_pcm_mime
from antiphon.errors import RemoteProtocolError
from antiphon.wire.client import RealtimeInput
from antiphon.wire.content import Blob, Part


def spoken(realtime: RealtimeInput) -> Iterator[AudioChunk]:
    """Give the user's sound in a message."""
    blobs = (*([realtime.audio] if realtime.audio is not None else []), *realtime.media_chunks)
    return (chunk for blob in blobs if (chunk := _pcm(blob, HEARING)) is not None)


def voiced(part: Part) -> AudioChunk | None:
    """Give the model's sound in a part of its turn."""
    return None if part.inline_data is None else _pcm(part.inline_data, SPEAKING)


def images(realtime: RealtimeInput) -> Iterator[Blob]:
    """Give the still images in a message."""
    blobs = (*([realtime.video] if realtime.video is not None else []), *realtime.media_chunks)
    return (blob for blob in blobs if blob.mime_type.lower().startswith("image/"))


def _pcm(blob: Blob, default: AudioFormat) -> AudioChunk | None:
    """None for what is no PCM; half a sample at the end is left out."""
    try:
        format = parse_pcm_mime(blob.mime_type, default)
    except RemoteProtocolError:
        return None
    whole = len(blob.data) - len(blob.data) % format.frame_bytes
    return AudioChunk(blob.data[:whole], format) if whole else None
