import threading

import pytest

from antiphon.engines.effort import FADES_S, NOBODYS, Effort, effort
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000.0)


@pytest.fixture
def worked(clock: Clock) -> Effort:
    return Effort(clock)


@pytest.mark.parametrize("age_s", [2.0, 20.0, 2_000.0])
def test_who_keeps_an_engine_at_work_is_a_load_of_one_however_long(worked, clock, age_s):
    with worked.working():
        clock.now += age_s
        assert worked.load() == pytest.approx(1.0), "while it works, not only when it has"
    assert worked.load() == pytest.approx(1.0)


def test_two_at_once_are_two(worked, clock):
    with worked.working(), worked.working():
        clock.now += 5.0
        assert worked.load() == pytest.approx(2.0)


def test_a_second_in_four_is_a_quarter(worked, clock):
    for _ in range(1_000):
        clock.now += 3.0
        with worked.working():
            clock.now += 1.0
    assert worked.load() == pytest.approx(0.25, rel=0.05)


def test_what_is_added_counts_like_what_was_watched(clock):
    watched, told = Effort(clock), Effort(clock)
    for _ in range(3_000):
        with watched.working():
            clock.now += 0.001
        told.add(0.001)
        clock.now += 0.031
    assert told.load() == pytest.approx(watched.load(), rel=0.01) == pytest.approx(1 / 32, rel=0.01)


def test_it_fades(worked, clock):
    clock.now += 1_000.0
    worked.add(6.0)
    assert worked.load() == pytest.approx(6.0 / FADES_S)
    clock.now += FADES_S
    assert worked.load() == pytest.approx(6.0 / FADES_S / 2.718, rel=0.01)
    clock.now += 20 * FADES_S
    assert worked.load() == pytest.approx(0.0, abs=1e-6)


def test_a_moment_of_work_at_the_beginning_is_not_a_full_load(worked, clock):
    with worked.working():
        clock.now += 0.1
    assert worked.load() == pytest.approx(0.1, rel=0.02)


def test_work_that_fails_ends_too(worked, clock):
    with pytest.raises(ValueError, match="bad"), worked.working():
        raise ValueError("bad")
    clock.now += 5.0
    assert worked.load() == 0.0


def test_threads_may_tell_it_at_once(worked, clock):
    def work() -> None:
        for _ in range(500):
            with worked.working():
                worked.add(0.001)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.now += 1.0
    assert worked.load() == pytest.approx(2.0, rel=0.02)


def test_outside_of_a_session_it_is_nobodys():
    assert effort.get() is NOBODYS
