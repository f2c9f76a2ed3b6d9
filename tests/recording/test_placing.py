import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.recording.placing import Placed, Playing, Sent, joined, placed_as_spoken
from tests.recording.sample import hum


def chunk(number: int, seconds: float = 0.1) -> AudioChunk:
    """One that differs from others."""
    return AudioChunk(number.to_bytes(2, "little") * round(seconds * 16_000))


def starts(placed: list[Placed]) -> list[float]:
    return [round(each.start_s, 3) for each in placed]


def test_a_chunk_was_spoken_before_it_was_sent() -> None:
    placed, again = placed_as_spoken([[Sent(1.1, chunk(1)), Sent(1.2, chunk(2)), Sent(1.3, chunk(3))]])
    assert starts(placed) == [1.0, 1.1, 1.2]
    assert again == []


def test_lateness_does_not_show() -> None:
    placed, _ = placed_as_spoken([[Sent(1.17, chunk(1)), Sent(1.2, chunk(2)), Sent(1.34, chunk(3))]])
    assert starts(placed) == [1.0, 1.1, 1.2]


def test_what_was_held_back_was_spoken_at_an_even_pace() -> None:
    sent = [Sent(1.1, chunk(0)), *(Sent(2.0, chunk(number)) for number in range(1, 10)), Sent(2.1, chunk(10))]
    placed, _ = placed_as_spoken([sent])
    assert starts(placed) == [round(1.0 + number / 10, 3) for number in range(11)]


def test_a_file_sent_at_once_ends_when_it_was_sent() -> None:
    placed, _ = placed_as_spoken([[Sent(0.3, chunk(number)) for number in range(20)]])
    assert placed[0].start_s == pytest.approx(-1.7)
    assert placed[-1].end_s == pytest.approx(0.3)


def test_a_pause_is_a_pause_and_nothing_is_spoken_twice_at_once() -> None:
    sent = [Sent(1.1, chunk(1)), Sent(5.1, chunk(2)), Sent(20.0, chunk(3, 30.0))]
    placed, _ = placed_as_spoken([sent])
    assert starts(placed) == [1.0, 5.0, 5.1]


def test_a_clock_that_runs_apart_is_followed() -> None:
    sent = [Sent(0.1 + number * 0.101, chunk(number)) for number in range(400)]
    placed, _ = placed_as_spoken([sent])
    assert placed[-1].end_s == pytest.approx(sent[-1].at_s, abs=0.2)


def test_what_is_sent_again_counts_once() -> None:
    first = [Sent(1.0 + number / 10, chunk(number)) for number in range(10)]
    replayed = [Sent(4.0, chunk(number)) for number in (7, 8, 9)]
    later = [Sent(4.1, chunk(10)), Sent(4.2, chunk(11))]
    placed, again = placed_as_spoken([first, replayed + later])
    assert again == [replayed]
    assert starts(placed)[-3:] == [1.8, 4.0, 4.1]


def test_silence_alone_is_not_taken_for_a_replay_of_speech() -> None:
    spoken = [Sent(1.1, chunk(5)), Sent(1.2, chunk(6))]
    _, again = placed_as_spoken([spoken, [Sent(3.0, chunk(0)), Sent(3.1, chunk(5))]])
    assert again == []


def test_sound_waits_for_the_sound_before_it() -> None:
    playing = Playing()
    playing.play(1.0, hum(1.0, SPEAKING))
    assert playing.next_s(1.2) == 2.0
    playing.play(1.2, hum(0.5, SPEAKING))
    playing.play(4.0, hum(0.5, SPEAKING))
    assert [each.start_s for each in playing.placed] == [1.0, 2.0, 4.0]
    assert playing.end_s == 4.5


def test_a_cut_throws_away_what_is_not_heard_yet() -> None:
    playing = Playing()
    for _ in range(3):
        playing.play(1.0, hum(1.0, SPEAKING))
    assert playing.cut(2.25)
    assert [(each.start_s, each.end_s) for each in playing.placed] == [(1.0, 2.0), (2.0, 2.25)]
    assert not playing.cut(3.0)
    playing.play(3.5, hum(1.0, SPEAKING))
    assert playing.placed[-1].start_s == 3.5
    assert playing.cut(0.0)
    assert playing.placed == []


def test_chunks_that_touch_are_joined() -> None:
    placed = [Placed(0.0, chunk(1)), Placed(0.1, chunk(2)), Placed(0.5, chunk(3)), Placed(0.6, hum(0.1, SPEAKING))]
    runs = list(joined(placed))
    assert [(run.start_s, run.audio.samples) for run in runs] == [(0.0, 3_200), (0.5, 1_600), (0.6, 2_400)]
    assert len(list(joined(placed, seconds_max=0.15))) == 4
    assert list(joined([])) == []
