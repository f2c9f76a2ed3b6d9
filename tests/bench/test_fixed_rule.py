import pytest

from antiphon.bench.fixed_rule import fixed_rule
from antiphon.bench.virtual import REPLY_S
from tests.bench.stage import COSTS, ears, spoken

WINDOWS_S = 0.07
"""Two of them: speech and silence begin in the middle of one."""

ANSWER_S = COSTS.words_s + REPLY_S


async def test_a_verdict_ends_it_soon() -> None:
    async with ears(verdict=0.9) as made:
        course = await fixed_rule(spoken(1.0, 2.0), made, COSTS, 0.8)
    assert course.ends_s == [pytest.approx(1.24, abs=WINDOWS_S)]
    assert course.sounds_s == [pytest.approx(course.ends_s[0] + ANSWER_S, abs=0.001)]


async def test_an_answer_drafted_before_the_end_is_heard_sooner() -> None:
    async with ears(verdict=0.9) as made:
        course = await fixed_rule(spoken(1.0, 2.0), made, COSTS, 0.8, draft_below=0.9)
    assert course.ends_s == [pytest.approx(1.24, abs=WINDOWS_S)]
    assert course.sounds_s == [pytest.approx(1.0 + ANSWER_S, abs=WINDOWS_S)]


async def test_a_draft_is_heard_at_its_end_at_the_soonest() -> None:
    async with ears(verdict=0.1) as made:
        course = await fixed_rule(spoken(1.0, 2.0), made, COSTS, 0.8, draft_below=0.9)
    assert course.sounds_s == course.ends_s


async def test_else_silence_does() -> None:
    async with ears(verdict=0.1) as made:
        course = await fixed_rule(spoken(1.0, 2.0), made, COSTS, 0.8)
    assert course.ends_s == [pytest.approx(1.8, abs=WINDOWS_S)]


async def test_who_hesitates_is_cut_off_but_heard_out_if_he_goes_on_in_time() -> None:
    async with ears(verdict=0.9) as made:
        soon = await fixed_rule(spoken(1.0, 0.5, 1.0, 2.0), made, COSTS, 0.8)
        late = await fixed_rule(spoken(1.0, 1.5, 1.0, 2.0), made, COSTS, 0.8)
    assert len(soon.ends_s) == 2
    assert len(soon.sounds_s) == 1
    assert len(late.sounds_s) == 2


async def test_a_click_is_no_speech() -> None:
    async with ears(verdict=0.9) as made:
        course = await fixed_rule(spoken(0.05, 2.0), made, COSTS, 0.8)
    assert course.ends_s == []
