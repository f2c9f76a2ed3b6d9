"""Silero VAD v6.2 through onnxruntime: the probability of speech every 32 ms."""

from collections.abc import Awaitable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from antiphon.config import Settings
from antiphon.engines.accept import require_open
from antiphon.engines.batch import Batcher
from antiphon.engines.contracts import Descriptor
from antiphon.engines.network import Network
from antiphon.errors import EngineFailed
from antiphon.weights.cache import locate

DESCRIPTOR = Descriptor(
    name="silero",
    kind="vad",
    summary="Silero VAD v6.2, less than 0.1 ms per 32 ms window",
    license="MIT",
    languages=("*",),
    weights=("silero-vad",),
)

WINDOW_SAMPLES = 512
_OVERLAP_SAMPLES = 64
"""The end of the window before, which the network sees again."""
_STATE_SHAPE = (2, 128)
_STATE_NUMBERS = 2 * 128
_RATE_HZ = np.array(16_000, dtype=np.int64)

# A window alone costs 0.1 ms, each of sixteen or more 0.035 ms. They run on the loop, which a batch holds for 1 ms:
# handing windows to a thread and back costs about what they do.
_WINDOWS_MAX = 32
_WAIT_S = 0.003
"""For windows of other sessions, while there are many."""

_Memory = NDArray[np.float32]
"""What the network carries from window to window, in one row: its state, and the window's end."""
_FRESH: _Memory = np.zeros(_STATE_NUMBERS + _OVERLAP_SAMPLES, np.float32)


class Silero:
    """The loaded network, shared by every stream."""

    descriptor = DESCRIPTOR
    window_samples = WINDOW_SAMPLES

    def __init__(self, model: Path) -> None:
        self._network = Network(model)
        self._batcher = Batcher(self._listen, calls_max=_WINDOWS_MAX, wait_s=_WAIT_S)

    def open(self) -> "SileroStream":
        return SileroStream(self)

    @property
    def waiting(self) -> int:
        return self._batcher.waiting

    async def aclose(self) -> None:
        """There is nothing to wait for."""

    def hear(self, memory: _Memory, window: NDArray[np.int16]) -> Awaitable[tuple[float, _Memory]]:
        """The probability of a window, and the memory after it."""
        return self._batcher.call((memory, window))

    def _listen(self, calls: Sequence[tuple[_Memory, NDArray[np.int16]]]) -> list[tuple[float, _Memory]]:
        """Judge a window of each of several streams."""
        count = len(calls)
        before = np.concatenate([memory for memory, _ in calls]).reshape(count, -1)
        windows = np.concatenate([window for _, window in calls]).reshape(count, -1)
        heard = np.concatenate((before[:, _STATE_NUMBERS:], windows / np.float32(32_768)), axis=1)
        state = before[:, :_STATE_NUMBERS].reshape(count, *_STATE_SHAPE).swapaxes(0, 1)
        try:
            found, state = self._network.run(input=heard, state=state, sr=_RATE_HZ)
        except RuntimeError as error:
            raise EngineFailed(f"silero: {error}") from error
        after = np.concatenate((*state, heard[:, -_OVERLAP_SAMPLES:]), axis=1)
        # Copies, or a stream that falls silent would hold on to the memory of all the others.
        return [(probability, row.copy()) for probability, row in zip(found[:, 0].tolist(), after, strict=True)]


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
        before = after = self._memory
        probabilities = []
        self._calling = True
        try:
            for window in samples.reshape(-1, WINDOW_SAMPLES):
                probability, after = await self._engine.hear(after, window)
                probabilities.append(probability)
        finally:
            self._calling = False
        if self._memory is before:  # else the stream was reset meanwhile, and stays so
            self._memory = after
        return probabilities

    def reset(self) -> None:
        self._memory = _FRESH.copy()  # not the one it may have had: what is being heard must not pass for it

    def close(self) -> None:
        self._closed = True


def make(settings: Settings) -> Silero:
    """Load the network. Raises WeightsError when its file is missing or wrong."""
    return Silero(locate("silero-vad", settings.weights) / "silero_vad.onnx")
