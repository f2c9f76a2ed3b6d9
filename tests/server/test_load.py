from pathlib import Path

import pytest

from antiphon.server import load
from antiphon.server.load import Load, memory_bytes


class Meter:
    def __init__(self) -> None:
        self.value = 100.0

    def __call__(self) -> float:
        return self.value


def test_the_processor_is_measured_from_one_question_to_the_next():
    clock, worked = Meter(), Meter()
    measured = Load(clock, worked)
    assert measured.cpu_percent() == 0.0, "nothing is known yet"
    clock.value, worked.value = 102.0, 105.0
    assert measured.cpu_percent() == 250.0
    clock.value += 0.1
    assert measured.cpu_percent() == 250.0, "two who ask at once"
    clock.value = 104.0
    assert measured.cpu_percent() == 0.0


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux says")
def test_memory_is_what_this_process_has():
    assert 10e6 < memory_bytes() < 100e9


@pytest.mark.parametrize("told", [None, "", "1", "1 many"])
def test_a_system_that_does_not_say_is_not_guessed_at(monkeypatch, tmp_path, told):
    if told is not None:
        (tmp_path / "statm").write_text(told)
    monkeypatch.setattr(load, "_STATM", tmp_path / "statm")
    assert memory_bytes() is None
