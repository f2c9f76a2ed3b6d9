"""Where a turn's time went from the decision that the user has finished to the first sound, as our server logs it."""

from typing import Final

from antiphon.bench.report import Metric
from antiphon.runtime.trace import TurnTimes

METRICS: Final = (
    Metric(name="words_ms", unit="ms", meaning="from the decision that the user has finished to the words"),
    Metric(name="first_token_ms", unit="ms", meaning="... to the model's first token"),
    Metric(name="clause_ms", unit="ms", meaning="... to the first clause a voice can speak"),
    Metric(name="voice_ms", unit="ms", meaning="... to the first of its sound"),
)
NAMES: Final = tuple(metric.name for metric in METRICS)
"""In the order in which they follow one another."""

STARVED: Final = Metric(
    name="starved_ms", unit="ms", meaning="silence within an answer: sound that came when all before it had been played"
)


def values(times: TurnTimes) -> dict[str, float]:
    """The stages of one turn."""
    return {name: 1_000 * seconds for name, seconds in zip(NAMES, times.stages.values(), strict=True)}
