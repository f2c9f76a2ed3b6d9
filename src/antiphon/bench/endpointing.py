"""How well the end of speech is found: false ends against the wait, as a curve over the settings.

Recordings get a pause of known length between two words, and silence behind them. The real ears listen to each once;
then every rule decides in virtual time, and so in seconds and always alike.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from antiphon.bench.ears import Costs, Ears
from antiphon.bench.figures import median, values_of
from antiphon.bench.fixed_rule import fixed_rule
from antiphon.bench.questions import Question, questions, readings
from antiphon.bench.report import Axis, Curve, Finding, Metric, Sample
from antiphon.bench.rounds import Steps, steps
from antiphon.bench.run import About, Outcome, Terms
from antiphon.bench.sounds import with_pause, with_silence
from antiphon.bench.virtual import REPLY_S, Course, Stage
from antiphon.config import Settings, load_settings
from antiphon.errors import SettingsError

ABOUT: Final = About("endpointing", "How often is a speaker cut off, and how long does he wait at the end?")

PAUSES_S = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2)
SILENCE_S = 3.0
"""Behind every recording: longer than any rule waits."""
OWN, FIXED = "antiphon", "fixed rule"
AS_SPOKEN, WITH_PAUSE = "as spoken", "with a pause"
FIXED_SILENCES_MS = (400, 500, 600, 800, 1_000, 1_200)
USUAL_FIXED_MS = 800
SWEEPS = {
    "silence_ms_min_high": (100, 160, 220, 300, 400, 500),
    "silence_duration_ms_high": (500, 700, 900, 1_100, 1_500),
    "whole_share": (0.5, 0.6, 0.7, 0.9, 1.0),
    "finished_probability": (0.94, 0.95, 0.975, 0.99),
    "unfinished_probability": (0.3, 0.6, 0.9, 0.94),
}
"""Settings of `endpointing` that are varied one by one, the others as they are set."""

METRICS = (
    Metric(name="false_ends", unit="", meaning="answers whose sound began before the speaker had finished"),
    Metric(name="told_early", unit="", meaning="ends that were told before he had finished, taken back or not"),
    Metric(name="wait_ms", unit="ms", meaning="from the end of speech in the file to the decision that it is over"),
    Metric(
        name="sound_ms", unit="ms", meaning=f"... to the first sound, if brain and voice take {1_000 * REPLY_S:.0f} ms"
    ),
)

Rule = Callable[[Question], Awaitable[Course]]


@dataclass(frozen=True, slots=True)
class _Side:
    name: str
    step: float
    rule: Rule


async def measure(terms: Terms, *, drafts: bool) -> Outcome:
    """Let every rule decide on every recording; a round has other pauses. `drafts` answers as the server does."""
    if terms.endpoint is not None:
        raise SettingsError("bench endpointing tries our own rules: for others see `bench latency --recordings pauses`")
    settings = load_settings(engines=terms.engines, speculation={"enabled": drafts})
    ears = Ears(settings)
    samples: list[Sample] = []
    try:
        costs = await ears.costs(questions()[0])
        rules = list(_sides(settings, ears, costs))
        with steps(terms.rounds * len(PAUSES_S) * len(questions() + readings())) as progress:
            for number in range(1, terms.rounds + 1):
                for group, question in recordings(np.random.default_rng((terms.seed, number)), number):
                    samples += await _samples(rules, group, question, number, progress)
    finally:
        await ears.aclose()
    return Outcome(
        samples=tuple(samples),
        metrics=METRICS,
        findings=tuple(_findings(samples)),
        limits=tuple(_limits(costs)),
        pictures=_pictures(),
    )


def recordings(chance: np.random.Generator, number: int) -> Iterator[tuple[str, Question]]:
    """Every recording with every pause, silence behind it, and the group it belongs to."""
    for question in questions() + readings():
        for pause_s in PAUSES_S:
            longer = with_silence(with_pause(question, pause_s, chance), SILENCE_S, chance)
            yield (WITH_PAUSE if pause_s else AS_SPOKEN), longer


def _sides(settings: Settings, ears: Ears, costs: Costs) -> Iterator[_Side]:
    speculation = settings.speculation
    draft_below = speculation.draft_probability if speculation.enabled else None
    for silence_ms in FIXED_SILENCES_MS:
        yield _Side(FIXED, silence_ms, _fixed(ears, costs, silence_ms / 1_000, draft_below))
    yield _Side(OWN, 0.0, _own(ears, costs, settings))
    for name, values in SWEEPS.items():
        for value in values:
            changed = settings.endpointing.model_copy(update={name: value})
            rule = _own(ears, costs, settings.model_copy(update={"endpointing": changed}))
            yield _Side(f"{OWN}, {name}", value, rule)


def _fixed(ears: Ears, costs: Costs, silence_s: float, draft_below: float | None) -> Rule:
    return lambda question: fixed_rule(question, ears, costs, silence_s, draft_below)


def _own(ears: Ears, costs: Costs, settings: Settings) -> Rule:
    return lambda question: Stage(question, ears, costs, settings).play()


async def _samples(
    rules: Sequence[_Side], group: str, question: Question, number: int, progress: Steps
) -> list[Sample]:
    progress.begin(question.name)
    found = [
        Sample(
            side=side.name,
            step=side.step,
            item=question.name,
            group=group,
            round=number,
            values=judged(await side.rule(question), question.audio.speech_end_s),
        )
        for side in rules
    ]
    progress.done()
    return found


def judged(course: Course, speech_end_s: float) -> dict[str, float]:
    """What a rule did to one speaker."""
    values = {
        "false_ends": float(sum(at < speech_end_s for at in course.sounds_s)),
        "told_early": float(sum(at < speech_end_s for at in course.ends_s)),
    }
    for name, moments in (("wait_ms", course.ends_s), ("sound_ms", course.sounds_s)):
        after = [at for at in moments if at >= speech_end_s]
        if after:
            values[name] = 1_000 * (after[0] - speech_end_s)
    return values


def _findings(samples: Sequence[Sample]) -> Iterator[Finding]:
    """The fixed rule as it is usually set beside ours as it is set."""
    usual = [sample for sample in samples if sample.side == FIXED and sample.step == USUAL_FIXED_MS]
    own = [sample for sample in samples if sample.side == OWN]
    for metric, name in (("false_ends", "answers begun too early"), ("told_early", "ends told too early")):
        theirs, ours = (float(values_of(side, metric).sum()) for side in (usual, own))
        yield Finding(what=f"{name}, the fixed rule", value=theirs)
        yield Finding(what=f"{name}, antiphon", value=ours)
        if theirs:
            what = f"{name}, antiphon to the fixed rule"
            yield Finding(what=what, value=ours / theirs, unit="x", wanted="<= 0.5")
    waits = [median(values_of(side, "wait_ms")) for side in (usual, own)]
    what = "median wait for the decision, antiphon to the fixed rule"
    yield Finding(what=what, value=waits[1] / waits[0], unit="x", wanted="<= 1")
    spoken = values_of([sample for sample in own if sample.group == AS_SPOKEN], "false_ends")
    yield Finding(what="answers begun too early to recordings as they were spoken", value=float(spoken.sum()))


def _limits(costs: Costs) -> Iterator[str]:
    yield (
        f"A verdict costs {1_000 * costs.verdict_s:.0f} ms and the words {1_000 * costs.words_s:.0f} ms here; both are "
        "counted, but nobody else speaks meanwhile."
    )
    yield "Pauses are cut into fluent speech, whose voice does not fall as it does before a real one: a hard test."
    yield "The end of speech is the last loud moment of the file; who hears softer sounds waits a little longer."


def _pictures() -> tuple[Curve, ...]:
    told, heard = (
        Axis(metric=metric, statistic="mean", label=f"{what} for each recording")
        for metric, what in (("told_early", "ends told too early"), ("false_ends", "answers begun too early"))
    )
    decided = Axis(metric="wait_ms", statistic="mean", label="wait for the decision, mean, ms")
    sounding = Axis(metric="sound_ms", statistic="mean", label="wait for the first sound, mean, ms")
    return (
        Curve(title="Answers begun too early against the wait for the first sound", x=sounding, ys=(heard,)),
        Curve(title="Ends told too early against the wait for the decision", x=decided, ys=(told,)),
    )
