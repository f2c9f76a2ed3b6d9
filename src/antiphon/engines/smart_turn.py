"""Smart Turn v3.2 through onnxruntime: judges whether speech sounds finished."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import AudioChunk
from antiphon.config import Settings
from antiphon.engines.accept import hearing_samples
from antiphon.engines.contracts import Descriptor
from antiphon.engines.mel import RATE_HZ, log_mel
from antiphon.engines.network import Network
from antiphon.engines.pool import Workers
from antiphon.weights.cache import locate

DESCRIPTOR = Descriptor(
    name="smart_turn",
    kind="eot",
    summary="Smart Turn v3.2, 40 ms a verdict",
    license="BSD-2-Clause",
    languages=("en", "es", "de", "fr", "it", "pt", "nl", "pl", "ru", "uk", "tr", "fi", "no", "da",
               "ar", "bn", "hi", "mr", "id", "vi", "ja", "ko", "zh"),
    weights=("smart-turn",),
)  # fmt: skip

_HEARD_SAMPLES = 8 * RATE_HZ
"""The network judges the last eight seconds; shorter speech stands at their end."""
_VARIANCE_FLOOR = 1e-7
_THREADS = 1
"""A verdict is 40 ms of one core, and a session asks for one only in a pause."""


class SmartTurn:
    """The loaded network."""

    descriptor = DESCRIPTOR

    def __init__(self, model: Path, queue_max: int) -> None:
        self._network = Network(model)
        self._workers = Workers("smart_turn", _THREADS, queue_max)

    async def probability(self, audio: AudioChunk) -> float:
        return await self._workers.run(self._judge, hearing_samples(audio)[-_HEARD_SAMPLES:])

    @property
    def waiting(self) -> int:
        return self._workers.waiting

    async def aclose(self) -> None:
        await self._workers.aclose()

    def _judge(self, samples: NDArray[np.int16]) -> float:
        (probability,) = self._network.run(input_features=_features(samples)[np.newaxis])
        return float(probability[0, 0])


def _features(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Its training's features: zeros before the speech, all eight seconds at zero mean and unit variance, log-mel."""
    heard = np.zeros(_HEARD_SAMPLES, np.float32)
    if len(samples):
        heard[-len(samples) :] = samples.astype(np.float32) / 32_768.0
    return log_mel((heard - heard.mean()) / np.sqrt(heard.var() + _VARIANCE_FLOOR))


def make(settings: Settings) -> SmartTurn:
    """Load the network. Raises WeightsError when its file is missing or wrong."""
    return SmartTurn(locate("smart-turn", settings.weights) / "smart-turn-v3.2-cpu.onnx", settings.compute.queue_max)
