import pytest

from antiphon.bench.virtual import REPLY_S, Course, Stage
from antiphon.config import load_settings
from tests.bench.stage import COSTS, ears, spoken


async def played(*lengths_s: float, verdict: float = 0.9, drafts: bool = False) -> Course:
    async with ears(verdict) as made:
        settings = load_settings(speculation={"enabled": drafts})
        return await Stage(spoken(*lengths_s), made, COSTS, settings).play()


async def test_an_end_is_told_and_answered() -> None:
    course = await played(1.0, 2.5)
    assert len(course.ends_s) == len(course.sounds_s) == 1
    assert 1.0 < course.ends_s[0] < 2.5
    assert course.sounds_s[0] - course.ends_s[0] == pytest.approx(COSTS.words_s + REPLY_S, abs=0.03)


async def test_what_was_drafted_is_heard_sooner() -> None:
    serial, drafted = await played(1.0, 2.5), await played(1.0, 2.5, drafts=True)
    assert drafted.ends_s == serial.ends_s
    assert drafted.sounds_s[0] < serial.sounds_s[0]


async def test_who_goes_on_in_time_hears_nothing_of_the_first_answer() -> None:
    course = await played(1.0, 0.5, 1.0, 2.5)
    assert len(course.sounds_s) == 1
    assert course.sounds_s[0] > 2.5


async def test_the_same_again_is_the_same() -> None:
    assert await played(1.0, 1.2, 1.0, 2.5, drafts=True) == await played(1.0, 1.2, 1.0, 2.5, drafts=True)
