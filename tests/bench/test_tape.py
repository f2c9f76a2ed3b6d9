from antiphon.bench import frames
from antiphon.bench.tape import ALIGNED, tape
from antiphon.wire.codec import decode_client


def test_goes_round_in_whole_windows() -> None:
    messages = [decode_client(frame).realtime_input for frame in tape().frames]
    lengths = {len(message.audio.data) for message in messages if message and message.audio}
    assert lengths == {640}
    assert len(messages) * 320 % ALIGNED == 0
    assert 10 < tape().seconds < 30


def test_members_begin_at_different_places() -> None:
    firsts = [tape().first(member) for member in range(50)]
    assert len(set(firsts)) == 50
    assert all(first * 320 % ALIGNED == 0 for first in firsts)


def test_a_place_is_the_same_in_every_round_for_everybody() -> None:
    first = tape().first(7)
    onset_s = 3.0 - first * frames.CHUNK_S
    assert tape().place(0, 3.0) == tape().place(0, 3.0 + tape().seconds) == tape().place(first, onset_s)
