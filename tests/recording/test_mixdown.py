import io

import numpy as np
import pytest
import soundfile

from antiphon.audio.pcm import SPEAKING
from antiphon.recording.mixdown import mixed
from antiphon.recording.placing import Placed
from tests.recording.sample import hum


def loud(samples: np.ndarray, rate_hz: int, from_s: float, to_s: float) -> float:
    return float(np.abs(samples[round(from_s * rate_hz) : round(to_s * rate_hz)]).max())


def test_each_is_heard_on_its_side_at_its_time() -> None:
    user, model = [Placed(0.5, hum(0.5))], [Placed(1.5, hum(0.5, SPEAKING)), Placed(11.5, hum(0.5, SPEAKING))]
    mime_type, file = mixed(user, model, 12.5)
    samples, rate_hz = soundfile.read(io.BytesIO(file))
    left, right = samples.T
    assert mime_type == "audio/mpeg"
    assert len(samples) / rate_hz == pytest.approx(12.5, abs=0.1)
    assert loud(left, rate_hz, 0.6, 0.9) > 0.2
    assert loud(right, rate_hz, 1.6, 1.9) > 0.2
    assert loud(right, rate_hz, 11.6, 11.9) > 0.2
    assert max(loud(left, rate_hz, 1.2, 12.5), loud(right, rate_hz, 0.0, 1.3)) < 0.05


def test_ogg_where_there_is_no_mp3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soundfile.available_formats", dict)
    mime_type, file = mixed([Placed(0.0, hum(0.5))], [], 0.5)
    assert mime_type == "audio/ogg"
    assert file.startswith(b"OggS")


def test_silence_and_sound_that_goes_on_too_long() -> None:
    for user in ([], [Placed(0.0, hum(5.0))]):
        samples, rate_hz = soundfile.read(io.BytesIO(mixed(user, [], 1.0)[1]))
        assert len(samples) / rate_hz == pytest.approx(1.0, abs=0.1)
