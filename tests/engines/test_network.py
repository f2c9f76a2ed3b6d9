import numpy as np
import pytest
from onnxruntime import RunOptions

from antiphon.config import Settings
from antiphon.engines.network import Network
from antiphon.weights.cache import locate

pytestmark = pytest.mark.real


@pytest.fixture
def network() -> Network:
    return Network(locate("silero-vad", Settings().weights) / "silero_vad.onnx")


def test_gives_the_outputs_in_order(network: Network) -> None:
    state = np.zeros((2, 1, 128), np.float32)
    probability, after = network.run(input=np.zeros((1, 576), np.float32), state=state, sr=np.array(16_000))
    assert probability.shape == (1, 1)
    assert after.shape == state.shape


def test_refuses_inputs_the_model_does_not_have(network: Network) -> None:
    with pytest.raises(ValueError, match="state"):
        network.run(input=np.zeros((1, 576), np.float32))


def test_can_be_told_to_stop(network: Network) -> None:
    options = RunOptions()
    options.terminate = True
    with pytest.raises(Exception, match="terminate flag"):
        network.run(
            options,
            input=np.zeros((1, 576), np.float32),
            state=np.zeros((2, 1, 128), np.float32),
            sr=np.array(16_000),
        )
