from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engines.repetition import loops, said_once


def looping(phrase: list[int], times: int) -> list[int]:
    return list(chain.from_iterable(repeat(phrase, times)))


@pytest.mark.parametrize("phrase", [[1], [1, 2, 3], list(range(11)), list(range(40))])
@pytest.mark.parametrize("broken_off", [0, 1, 10])
def test_a_phrase_said_over_and_over_is_a_loop(phrase: list[int], broken_off: int) -> None:
    said = [90, 91, *looping(phrase, 12), *phrase[:broken_off]]
    assert loops(said)
    assert said_once(said) == [90, 91, *phrase]


@pytest.mark.parametrize("said", [[], [5], [7, 7, 7], looping([1, 2, 3], 3), [*range(30), *range(30)]])
def test_speech_may_repeat_itself_a_little(said: list[int]) -> None:
    assert not loops(said)
    assert said_once(said) == said


def test_every_loop_is_cut() -> None:
    said = [*looping([1, 2, 3, 4], 5), 50, *looping([6], 20), 51]
    assert said_once(said) == [1, 2, 3, 4, 50, 6, 51]


@given(st.lists(st.integers(0, 3), max_size=80))
def test_what_is_left_does_not_loop(said: list[int]) -> None:
    kept = said_once(said)
    assert not loops(kept)
    assert len(kept) <= len(said)
    assert loops(said) == (kept != said)
