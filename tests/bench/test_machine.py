import platform
from pathlib import Path

from antiphon.bench.machine import load_now, this_machine


def test_describes_the_machine_and_nobody() -> None:
    machine = this_machine()
    assert machine.cpu
    assert machine.cores > 0
    assert machine.memory_bytes > 1 << 28
    assert {"antiphon", "numpy", "websockets"} <= machine.versions.keys()
    told = repr(machine)
    assert platform.node() not in machine.system.split()
    assert str(Path.home()) not in told


def test_the_load_is_a_share() -> None:
    load = load_now()
    assert load.average_1m >= 0
    assert 0 <= load.busy_percent <= 100
