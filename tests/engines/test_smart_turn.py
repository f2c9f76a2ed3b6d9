from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.audio.pcm import AudioChunk, AudioFormat
from antiphon.config import Settings
from antiphon.engines import smart_turn
from antiphon.engines.contracts import EndOfTurn
from antiphon.engines.smart_turn import SmartTurn
from antiphon.engines.testkit import check_eot
from antiphon.errors import EngineFailed
from tests.engines.sounds import ALARM, AMIABLE, QUESTION, joined, recording, silence, tone

REFERENCE = {(0, 0): -0.24038, (10, 460): -0.14490, (40, 600): 0.63060, (79, 799): -0.21928}
"""Of four seconds of a sweep, by transformers' WhisperFeatureExtractor(chunk_length=8) with do_normalize."""


class EchoNetwork:
    """Stands in for the network: keeps what it was shown."""

    def __init__(self, model: Path) -> None:
        self.shown: list[NDArray[np.float32]] = []

    def run(self, **inputs: NDArray[Any]) -> list[NDArray[np.float32]]:
        self.shown.append(inputs["input_features"])
        return [np.full((1, 1), 0.75, np.float32)]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> EchoNetwork:
    network = EchoNetwork(Path())
    monkeypatch.setattr(smart_turn, "Network", lambda _: network)
    return network


async def shown(network: EchoNetwork, audio: AudioChunk) -> NDArray[np.float32]:
    engine = SmartTurn(Path("anywhere"), queue_max=1)
    assert await engine.probability(audio) == 0.75
    await engine.aclose()
    (features,) = network.shown[-1]
    assert features.shape == (80, 800)
    return np.asarray(features, np.float32)


async def test_features_equal_those_of_its_training(network: EchoNetwork) -> None:
    time = np.arange(64_000) / 16_000
    sweep = 0.5 * np.sin(2 * np.pi * (100 * time + 450 * time * time)) * np.minimum(1, time)
    features = await shown(network, AudioChunk((sweep * 32_768).round().astype("<i2").tobytes()))
    for (band, column), level in REFERENCE.items():
        assert features[band, column] == pytest.approx(level, abs=0.02)  # 16 bits are coarser than floats


async def test_short_speech_stands_at_the_end(network: EchoNetwork) -> None:
    features = await shown(network, tone(440, 1.0))
    assert np.ptp(features[:, :690], axis=1).max() < 1e-3
    assert features[12, 750] > features[12, 100] + 1.0


async def test_of_long_speech_the_last_eight_seconds_count(network: EchoNetwork) -> None:
    end = joined(tone(300, 4.0), tone(900, 4.0))
    expected = await shown(network, end)
    assert await shown(network, joined(tone(2_000, 5.0), end)) == pytest.approx(expected)


async def test_no_audio_at_all_is_judged_too(network: EchoNetwork) -> None:
    assert np.isfinite(await shown(network, AudioChunk(b""))).all()


async def test_another_rate_is_refused(network: EchoNetwork) -> None:
    engine = SmartTurn(Path("anywhere"), queue_max=1)
    with pytest.raises(EngineFailed, match="16 kHz"):
        await engine.probability(AudioChunk(bytes(320), AudioFormat(8_000)))
    assert not network.shown


@pytest.mark.real
async def test_tells_finished_questions_from_cut_ones() -> None:
    engine = smart_turn.make(Settings())
    for finished in (QUESTION, ALARM):
        assert await engine.probability(joined(recording(finished), silence(0.2))) > 0.9
    for cut in (ALARM, AMIABLE):
        speech = recording(cut).data
        half = AudioChunk(speech[: len(speech) // 4 * 2])
        assert await engine.probability(joined(half, silence(0.2))) < 0.5
    await engine.aclose()


@pytest.mark.real
async def test_conforms() -> None:
    engine = smart_turn.make(Settings())
    assert isinstance(engine, EndOfTurn)
    await check_eot(engine, recording(QUESTION))
    await engine.aclose()
