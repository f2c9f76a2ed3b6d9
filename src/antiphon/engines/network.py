"""An ONNX network on one thread of the CPU."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, RunOptions, SessionOptions  # type: ignore[attr-defined]


class Network:
    """A loaded network; may run in several threads at once.

    One thread each: these networks are small, and onnxruntime's own threads would spin on the cores
    that other sessions need.
    """

    def __init__(self, model: Path) -> None:
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def run(self, options: RunOptions | None = None, /, **inputs: NDArray[Any]) -> Sequence[NDArray[np.float32]]:
        """The outputs for these inputs, in the order the model declares. Releases the interpreter lock.

        Raises onnxruntime's own errors; also when another thread sets `options.terminate`.
        """
        return cast("Sequence[NDArray[np.float32]]", self._session.run(None, inputs, options))
