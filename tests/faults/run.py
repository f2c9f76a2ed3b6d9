"""A run and its verdict, in one call that can be made in a process of its own."""

import asyncio
import time
from dataclasses import dataclass

from tests.faults.draw import drawn
from tests.faults.judge import Result, judge
from tests.faults.plan import Kind, Plan
from tests.faults.play import play

GOOD = (Result.COMPLETE, Result.TOLD)


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one run."""

    plan: Plan
    result: Result
    why: str
    seconds: float
    reconnected: int
    struck: int
    log: tuple[str, ...]


def run(seed: int, kind: Kind | None) -> Run:
    """Play and judge one run, in a process of its own."""
    began = time.monotonic()
    made = drawn(seed, kind)
    outcome = asyncio.run(play(made))
    verdict = judge(outcome)
    return Run(
        made,
        verdict.result,
        verdict.why,
        time.monotonic() - began,
        len(outcome.kept.reconnected),
        outcome.struck,
        tuple(outcome.kept.log),
    )
