"""Takes values out of strategies, to be played together."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

T = TypeVar("T")


def drawn(strategy: st.SearchStrategy[T], count: int, chance: int) -> list[T]:
    """So many of them, the same for the same `chance`.

    They are played elsewhere and all at once, and what fails is not made smaller: conversations run against a
    clock, so it might not come again.
    """
    found: list[T] = []

    @seed(chance)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(one: T) -> None:
        found.append(one)

    collect()
    return found
