"""Ears that hear what a test says, for rules that decide in virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from antiphon.bench.ears import Costs, Ears
from antiphon.bench.questions import Question, question_of
from antiphon.config import EngineNames, load_settings

COSTS = Costs(verdict_s=0.04, words_s=0.2)


class Scripted(Ears):
    """Scripted engines, but for verdicts: no pause is an end unless it is said to be one."""

    verdict = 0.0

    async def finished(self, question: Question, start: int, end: int) -> float:
        return self.verdict


@asynccontextmanager
async def ears(verdict: float) -> AsyncIterator[Scripted]:
    made = Scripted(load_settings(engines=EngineNames.scripted()))
    made.verdict = verdict
    try:
        yield made
    finally:
        await made.aclose()


def spoken(*lengths_s: float) -> Question:
    """Sound and silence by turns, beginning with sound."""
    kinds = (b"\x00\x20", b"\x00\x00")
    pcm = b"".join(kinds[number % 2] * round(16_000 * length_s) for number, length_s in enumerate(lengths_s))
    return question_of("spoken", "words", pcm)
