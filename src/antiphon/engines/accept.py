"""Checks what an engine is handed before it works on it."""

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.errors import EngineFailed


def hearing_samples(audio: AudioChunk) -> NDArray[np.int16]:
    """The samples of 16 kHz mono audio; EngineFailed for any other format or half a sample."""
    if audio.format != HEARING:
        raise EngineFailed(f"this engine hears 16 kHz mono, not {audio.format}")
    if len(audio.data) % HEARING.frame_bytes:
        raise EngineFailed(f"{len(audio.data)} bytes are not whole 16-bit samples")
    return audio.int16()


def require_open(closed: bool, stream: str) -> None:
    """Raise EngineFailed when a stream is used after its `close`."""
    if closed:
        raise EngineFailed(f"the {stream} stream is closed")
