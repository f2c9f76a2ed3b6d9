"""The log-mel spectrogram Whisper was trained on, computed with numpy.

80 bands on Slaney's mel scale (linear to 1 kHz, logarithmic above, each triangle of unit area), Hann
windows of 25 ms every 10 ms, powers as log10 clamped to 8 below the loudest and scaled to about [-1, 1].
The numbers equal those of openai/whisper `audio.py` and of transformers' WhisperFeatureExtractor.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

RATE_HZ = 16_000
BANDS = 80
WINDOW_SAMPLES = 400
HOP_SAMPLES = 160

_LINEAR_HZ_MAX = 1_000.0
_HZ_PER_MEL = 200.0 / 3.0
_LOG_STEP = np.log(6.4) / 27.0
"""Slaney's Auditory Toolbox: 27 logarithmic steps from 1 kHz to 6.4 kHz."""
_POWER_MIN = 1e-10
_DYNAMIC_RANGE = 8.0
"""In powers of ten below the loudest band."""
_COLUMNS_AT_ONCE = 8


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The features of `samples` (16 kHz, [-1, 1)) as (80, len(samples) // 160), one column per 10 ms."""
    edge = WINDOW_SAMPLES // 2
    padded = np.pad(samples, edge, mode="reflect" if len(samples) > edge else "constant")
    windows = sliding_window_view(padded, WINDOW_SAMPLES)[::HOP_SAMPLES][: len(samples) // HOP_SAMPLES]
    spectrum = np.fft.rfft(windows * _HANN, axis=1)
    powers = _band_powers((spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False))
    levels = np.log10(np.maximum(powers.T, _POWER_MIN))
    if levels.size:
        levels = np.maximum(levels, levels.max() - _DYNAMIC_RANGE)
    return np.ascontiguousarray((levels + 4.0) / 4.0, dtype=np.float32)


def _band_powers(powers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weigh (columns, bins) into (columns, BANDS), a few columns at a time.

    OpenBLAS gives one large product to all cores and spins until the busy ones join: 16 ms instead
    of 1 on a machine whose cores other sessions use. Products this small stay on the calling thread.
    """
    columns = len(powers)
    rows = -(-columns // _COLUMNS_AT_ONCE)
    blocks = np.zeros((rows * _COLUMNS_AT_ONCE, powers.shape[1]), np.float32)
    blocks[:columns] = powers
    weighed = blocks.reshape(rows, _COLUMNS_AT_ONCE, powers.shape[1]) @ _FILTERS
    return weighed.reshape(-1, BANDS)[:columns]


def _mel_edges_hz() -> NDArray[np.float64]:
    """The corners of the triangles: BANDS + 2 frequencies, equally far apart in mels."""
    linear_mels = _LINEAR_HZ_MAX / _HZ_PER_MEL
    mels_max = linear_mels + np.log(RATE_HZ / 2 / _LINEAR_HZ_MAX) / _LOG_STEP
    mels = np.linspace(0.0, mels_max, BANDS + 2)
    logarithmic = _LINEAR_HZ_MAX * np.exp(_LOG_STEP * (mels - linear_mels))
    return np.where(mels < linear_mels, mels * _HZ_PER_MEL, logarithmic)


def _filterbank() -> NDArray[np.float32]:
    """Triangles over the FFT's bins, (bins, BANDS), each of unit area in Hz."""
    edges = _mel_edges_hz()[:, np.newaxis]
    bins_hz = np.linspace(0.0, RATE_HZ / 2, WINDOW_SAMPLES // 2 + 1)
    rising = (bins_hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins_hz) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return (triangles * 2.0 / (edges[2:] - edges[:-2])).T.astype(np.float32)


_FILTERS = _filterbank()
_HANN = np.hanning(WINDOW_SAMPLES + 1)[:-1].astype(np.float32)
"""Periodic, as torch.hann_window makes it."""
