import numpy as np
import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.runtime.pauses import HELD_S_MAX, LEAD_S, Pauses


def sound(seconds: float, level: int = 8_000) -> bytes:
    times = np.arange(round(seconds * SPEAKING.rate_hz)) / SPEAKING.rate_hz
    return (level * np.sin(2 * np.pi * 440 * times)).astype("<i2").tobytes()


def silence(seconds: float) -> bytes:
    return bytes(SPEAKING.bytes_for(seconds))


def heard(text: str, data: bytes, chunk_s: float = 0.2) -> float:
    """The length in seconds of what is left, in one piece."""
    pauses = Pauses(text)
    pieces = [pauses.feed(chunk).data for chunk in AudioChunk(data, SPEAKING).pieces(chunk_s)]
    left = b"".join([*pieces, pauses.finish().data])
    assert left in data
    return len(left) / 2 / SPEAKING.rate_hz


@pytest.mark.parametrize("chunk_s", [0.02, 0.2, 9.0])
@pytest.mark.parametrize(
    ("text", "pause_s"),
    [("Yes.", 0.35), ('He said "no!"', 0.35), ("well,", 0.15), ("the capital", 0.04), ("好。", 0.35)],
)
def test_silence_at_the_ends_is_as_long_as_the_text_asks(text, pause_s, chunk_s):
    spoken = silence(0.3) + sound(0.5) + silence(0.2) + sound(0.3) + silence(0.5)
    assert heard(text, spoken, chunk_s) == pytest.approx(LEAD_S + 1.0 + pause_s, abs=0.011)


def test_a_pause_shorter_than_that_is_not_made_longer():
    assert heard("Yes.", sound(0.5) + silence(0.1)) == pytest.approx(0.6)


def test_breath_before_a_word_is_silence():
    assert heard("Yes.", sound(0.3, level=60) + sound(0.5)) == pytest.approx(0.5 + LEAD_S, abs=0.011)


def test_a_piece_that_is_nothing_but_silence_stays():
    assert heard("…", silence(1.0)) == pytest.approx(1.0)


def test_no_more_than_so_much_is_held_back():
    pauses = Pauses("…")
    given = [pauses.feed(chunk).seconds for chunk in AudioChunk(silence(9.0), SPEAKING).pieces(0.5)]
    assert sum(given) >= 9.0 - HELD_S_MAX
