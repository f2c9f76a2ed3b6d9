"""A few runs of benchmarks/faults.py, of each kind of fault, all at once."""

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.faults.judge import Result
from tests.faults.plan import Kind
from tests.faults.run import GOOD, Run, run

AT_ONCE = 8
WAIT_S = 120
RUNS = [
    (Kind.NONE, 102),
    (Kind.CUT, 101),
    (Kind.CUT, 105),
    (Kind.HANDSHAKE, 105),
    (Kind.FREEZE, 101),
    (Kind.FREEZE_LEFT, 103),
    (Kind.FREEZE_LEFT, 104),
    (Kind.HALF_OPEN, 106),
    (Kind.SLOW, 104),
    (Kind.KILL, 104),
    (Kind.FORGET, 104),
    (Kind.RESTART, 105),
    (Kind.GO_AWAY, 101),
    (Kind.GO_AWAY_IGNORED, 101),
    (Kind.GO_AWAY_IGNORED, 529),
    (Kind.SEVERAL, 101),
    (Kind.SEVERAL, 104),
    (Kind.OVERFLOW, 104),
]
"""With seeds whose runs are short and not alike; the freeze of 30 s is left to the benchmark."""


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[tuple[Kind, int], Future[Run]]]:
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
        yield {(kind, seed): pool.submit(run, seed, kind) for kind, seed in RUNS}


@pytest.mark.parametrize(("kind", "seed"), RUNS)
def test_no_word_is_lost(runs: dict[tuple[Kind, int], Future[Run]], kind: Kind, seed: int) -> None:
    found = runs[kind, seed].result(WAIT_S)
    assert found.result in GOOD, "\n".join((found.why, str(found.plan), *found.log))
    assert found.result is Result.COMPLETE or kind is Kind.OVERFLOW
    assert found.struck or kind is Kind.NONE, "nothing happened in this run"
