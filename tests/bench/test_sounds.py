import numpy as np
import pytest

from antiphon.audio.loudness import levels_dbfs
from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.bench.questions import questions, readings
from antiphon.bench.sounds import FROM_THE_ENDS_S, gaps, joined, with_pause, with_silence


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("question", questions() + readings(), ids=lambda question: question.name)
def test_a_pause_has_its_length_and_is_inside(question) -> None:
    paused = with_pause(question, 0.6, chance())
    assert paused.audio.seconds == pytest.approx(question.audio.seconds + 0.6, abs=0.001)
    assert paused.audio.speech_end_s == pytest.approx(question.audio.speech_end_s + 0.6, abs=0.04)
    quiet = levels_dbfs(paused.pcm, 0.02) < np.percentile(levels_dbfs(question.pcm, 0.02), 25) + 1
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate(([0], quiet, [0])).astype(int))))[::2] * 0.02
    assert runs.max() >= 0.54
    assert paused.text == question.text


def test_gaps_are_soft_and_apart() -> None:
    audio = questions()[2].pcm
    found = gaps(audio)
    assert len(found) == 3
    assert min(found) / HEARING.rate_hz >= FROM_THE_ENDS_S
    loudness = levels_dbfs(audio, 0.01)
    assert loudness[found[0] * 100 // HEARING.rate_hz] < np.median(loudness)
    assert min(abs(one - other) for one in found for other in found if one != other) >= 0.24 * HEARING.rate_hz


def test_the_same_seed_cuts_at_the_same_place() -> None:
    question = questions()[4]
    assert with_pause(question, 0.4, chance()).pcm.data == with_pause(question, 0.4, chance()).pcm.data
    places = {with_pause(question, 0.4, chance(seed)).pcm.data for seed in range(8)}
    assert len(places) > 1


def test_without_a_pause_nothing_changes() -> None:
    assert with_pause(questions()[0], 0.0, chance()) is questions()[0]
    assert gaps(AudioChunk(bytes(32_000))) == []


def test_silence_behind_moves_no_end() -> None:
    question = questions()[1]
    longer = with_silence(question, 2.0, chance())
    assert longer.audio.seconds == pytest.approx(question.audio.seconds + 2.0, abs=0.001)
    assert longer.audio.speech_end_s == question.audio.speech_end_s


def test_two_become_one() -> None:
    first, second = questions()[:2]
    both = joined(first, second, 0.6, chance())
    assert both.text == f"{first.text} {second.text}"
    assert both.audio.seconds - both.audio.speech_end_s == pytest.approx(
        second.audio.seconds - second.audio.speech_end_s, abs=0.002
    )
    assert both.audio.seconds == pytest.approx(first.audio.seconds + second.audio.seconds + 0.75, abs=0.01)
