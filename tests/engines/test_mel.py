import numpy as np
import pytest

from antiphon.engines.mel import BANDS, log_mel

REFERENCE = {  # of the sweep below, by transformers' WhisperFeatureExtractor(chunk_length=8)
    (0, 0): 0.08439, (3, 10): 0.83642, (10, 60): -0.46573, (40, 200): 0.30977,
    (60, 400): 1.33685, (70, 600): 1.28325, (79, 799): 0.43841, (20, 799): -0.48400,
}  # fmt: skip


def sweep(seconds: float = 8.0) -> np.ndarray:
    time = np.arange(round(seconds * 16_000)) / 16_000
    turns = 100 * time + 450 * time * time
    return (0.5 * np.sin(2 * np.pi * turns) * np.minimum(1, time)).astype(np.float32)


def test_equals_whispers_own_extractor() -> None:
    features = log_mel(sweep())
    assert features.shape == (BANDS, 800)
    assert features.dtype == np.float32
    assert features.flags.c_contiguous
    for (band, column), level in REFERENCE.items():
        assert features[band, column] == pytest.approx(level, abs=2e-5)


def test_levels_span_eight_powers_of_ten_at_most() -> None:
    features = log_mel(sweep(2.0))
    assert features.max() - features.min() == pytest.approx(2.0, abs=1e-6)


def test_silence_is_flat() -> None:
    features = log_mel(np.zeros(16_000, np.float32))
    assert features == pytest.approx(np.full((BANDS, 100), -1.5), abs=1e-6)


@pytest.mark.parametrize("samples", [0, 1, 159, 160, 199, 201, 401, 16_001])
def test_one_column_for_every_whole_ten_milliseconds(samples: int) -> None:
    assert log_mel(np.full(samples, 0.1, np.float32)).shape == (BANDS, samples // 160)
