from hypothesis import given
from hypothesis import strategies as st

from antiphon.audio.pcm import AudioChunk
from antiphon.audio.recording import Recording


def samples(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "little") for value in values)


def test_positions_stay_true_after_forgetting():
    recording = Recording()
    recording.append(AudioChunk(samples(0, 1, 2, 3, 4)))
    recording.forget(2)
    assert (recording.start, recording.end) == (2, 5)
    assert recording.slice(3, 5).data == samples(3, 4)
    assert recording.slice(0, 3).data == samples(2)
    assert recording.slice(4, 99).data == samples(4)


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 100)))
def test_forgetting_never_goes_back_or_beyond(lengths, forgets):
    recording = Recording()
    for length in lengths:
        recording.append(AudioChunk(bytes(2 * length)))
    for before in forgets:
        start = recording.start
        recording.forget(before)
        assert start <= recording.start <= recording.end == sum(lengths)
