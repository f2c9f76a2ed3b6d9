"""Silero VAD v6.2 through onnxruntime: the probability of speech every 32 ms."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from antiphon.config import Settings
from antiphon.engines.accept import require_open
from antiphon.engines.contracts import Descriptor
from antiphon.engines.network import Network
from antiphon.engines.pool import Workers
from antiphon.errors import EngineFailed
from antiphon.weights.cache import locate

DESCRIPTOR = Descriptor(
    name="silero",
    kind="vad",
    summary="Silero VAD v6.2, 0.1 ms per 32 ms window",
    license="MIT",
    languages=("*",),
    weights=("silero-vad",),
)

WINDOW_SAMPLES = 512
_OVERLAP_SAMPLES = 64
"""The end of the window before, which the network sees again."""
_STATE_SHAPE = (2, 1, 128)
_RATE_HZ = np.array(16_000, dtype=np.int64)
_THREADS = 1

_INLINE_WINDOWS_MAX = 8
"""A window costs 0.1 ms, about what a thread hand-over costs, and a live stream brings one or two at
a time: those run on the loop, in order by nature and never queued behind another session. A pile of
them (a client that sends faster than real time) goes to the worker so that the loop is never held
for more than a millisecond."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the network carries from window to window."""

    state: NDArray[np.float32]
    overlap: NDArray[np.float32]


_FRESH = _Memory(np.zeros(_STATE_SHAPE, np.float32), np.zeros(_OVERLAP_SAMPLES, np.float32))


class Silero:
    """The loaded network, shared by every stream."""

    descriptor = DESCRIPTOR
    window_samples = WINDOW_SAMPLES

    def __init__(self, model: Path, queue_max: int) -> None:
        self._network = Network(model)
        self._workers = Workers("silero", _THREADS, queue_max)

    def open(self) -> "SileroStream":
        return SileroStream(self)

    async def aclose(self) -> None:
        await self._workers.aclose()

    async def hear(self, memory: _Memory, samples: NDArray[np.int16]) -> tuple[list[float], _Memory]:
        """The probability of each window, and the memory after them."""
        if len(samples) <= _INLINE_WINDOWS_MAX * WINDOW_SAMPLES:
            try:
                return self._listen(memory, samples)
            except RuntimeError as error:
                raise EngineFailed(f"silero: {error}") from error
        return await self._workers.run(self._listen, memory, samples)

    def _listen(self, memory: _Memory, samples: NDArray[np.int16]) -> tuple[list[float], _Memory]:
        probabilities = []
        state, overlap = memory.state, memory.overlap
        for window in (samples.astype(np.float32) / 32_768.0).reshape(-1, WINDOW_SAMPLES):
            heard = np.concatenate((overlap, window))[np.newaxis]
            probability, state = self._network.run(input=heard, state=state, sr=_RATE_HZ)
            probabilities.append(float(probability[0, 0]))
            overlap = window[-_OVERLAP_SAMPLES:]
        return probabilities, _Memory(state, overlap)


class SileroStream:
    """One session's memory. Await one call before the next: that keeps the windows in order."""

    def __init__(self, engine: Silero) -> None:
        self._engine = engine
        self._memory = _FRESH
        self._calling = False
        self._closed = False

    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        """The probability of speech in each window; a cancelled call leaves the memory as it was."""
        require_open(self._closed, "silero")
        if len(samples) % WINDOW_SAMPLES:
            raise EngineFailed(f"silero: {len(samples)} samples are not whole windows of {WINDOW_SAMPLES}")
        if self._calling:
            raise EngineFailed("silero: the windows before these are still being heard")
        before = self._memory
        self._calling = True
        try:
            probabilities, after = await self._engine.hear(before, samples)
        finally:
            self._calling = False
        if self._memory is before:  # else the stream was reset meanwhile, and stays so
            self._memory = after
        return probabilities

    def reset(self) -> None:
        self._memory = _Memory(_FRESH.state, _FRESH.overlap)

    def close(self) -> None:
        self._closed = True


def make(settings: Settings) -> Silero:
    """Load the network. Raises WeightsError when its file is missing or wrong."""
    return Silero(locate("silero-vad", settings.weights) / "silero_vad.onnx", settings.compute.queue_max)
