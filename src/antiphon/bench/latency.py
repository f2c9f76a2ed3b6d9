"""How long a person waits: end of speech to first sound, question by question, with each stage's part.

Every recording is streamed in real time through a real socket, and its end of speech is found in the file itself.
Our own server is asked twice, drafting answers and not, in turn.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np

from antiphon.bench import stages, words
from antiphon.bench.choices import Recordings
from antiphon.bench.figures import median, p95, ratio, values_of
from antiphon.bench.hosting import Server, hosted
from antiphon.bench.orders import Serve
from antiphon.bench.questions import Question, questions, readings
from antiphon.bench.report import Bars, Finding, Metric, Sample, Strip
from antiphon.bench.rounds import in_turn, steps
from antiphon.bench.run import About, Outcome, Terms
from antiphon.bench.sounds import joined
from antiphon.client.asking import Asking
from antiphon.client.live import connect
from antiphon.config import load_settings
from antiphon.errors import ConnectionClosed, NoAnswer
from antiphon.runtime.trace import TurnTimes
from antiphon.wire.setup import AudioTranscriptionConfig, Setup

ABOUT: Final = About("latency", "How long does a person wait for the first sound of an answer?")

SPECULATIVE, SERIAL = "speculative", "serial"
PAUSE_S = 0.6
"""Inside a longer question."""

STAGES = ("endpoint_ms", *stages.NAMES)
METRICS = (
    Metric(name="first_sound_ms", unit="ms", meaning="from the end of speech in the file to the first sound here"),
    Metric(name="endpoint_ms", unit="ms", meaning="... of it until the server takes the speech for finished"),
    *stages.METRICS,
    stages.STARVED,
    Metric(name="word_error_percent", unit="%", meaning="words heard wrong, of those said"),
    Metric(name="cut_ins", unit="", meaning="answers begun before the end of speech and taken back"),
    Metric(name="drafted", unit="", meaning="1 where the words were there before the decision"),
    Metric(name="drafts_wasted", unit="", meaning="drafts thrown away in a turn"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A question, and what kind of question it is."""

    group: str
    question: Question


async def measure(terms: Terms, tasks: Sequence[Task]) -> Outcome:
    """Ask everything on every side, a round at a time, after one question that is not counted and must be answered."""
    samples: list[Sample] = []
    async with sides(terms) as servers:
        with steps((terms.rounds * len(tasks) + 1) * len(servers)) as progress:
            for server in servers:
                progress.begin("warm-up")
                await asked(server, tasks[0].question, terms.model)
                progress.done()
            for number in range(1, terms.rounds + 1):
                for position, task in enumerate(tasks):
                    for server in in_turn(servers, number + position - 1):
                        progress.begin(f"{server.name}: {task.question.name}")
                        samples.append(await _sample(server, task, number, terms.model))
                        progress.done()
    return Outcome(
        samples=tuple(samples),
        metrics=METRICS,
        findings=tuple(_findings(samples, terms.seed)),
        limits=tuple(_limits(samples, own=terms.endpoint is None)),
        pictures=(
            Strip(title="First sound after the end of speech", metric="first_sound_ms"),
            Bars(title="Where each turn's time went", stages=STAGES),
        ),
    )


@asynccontextmanager
async def sides(terms: Terms) -> AsyncIterator[tuple[Server, ...]]:
    """Our own server, drafting and not; or the one that is named."""
    async with AsyncExitStack() as stack:
        if terms.endpoint is not None:
            yield (Server(terms.name, terms.endpoint),)
            return
        found = []
        for name in (SPECULATIVE, SERIAL):
            settings: dict[str, dict[str, object]] = {
                "engines": terms.engines.model_dump(),
                "speculation": {"enabled": name == SPECULATIVE},
            }
            found.append(await stack.enter_async_context(hosted(name, Serve(settings=settings))))
        yield tuple(found)


def tasks_of(recordings: Recordings, seed: int) -> tuple[Task, ...]:
    """The questions to ask."""
    chance = np.random.default_rng(seed)
    plain = [Task(Recordings.QUESTIONS, question) for question in questions()]
    pairs = zip(questions()[::2], questions()[1::2], strict=True)
    longer = [Task(Recordings.PAUSES, joined(first, second, PAUSE_S, chance)) for first, second in pairs]
    match recordings:
        case Recordings.QUESTIONS:
            return tuple(plain)
        case Recordings.PAUSES:
            return tuple(longer)
        case Recordings.READINGS:
            return tuple(Task(Recordings.READINGS, reading) for reading in readings())
        case Recordings.ALL:
            return (*plain, *longer)


async def asked(server: Server, question: Question, model: str | None) -> tuple[dict[str, float], str]:
    """Ask in a session of its own; gives the values and the words heard.

    Raises NoAnswer and ConnectionClosed.
    """
    setup = Setup(
        model=model or "",
        input_audio_transcription=AudioTranscriptionConfig(),
        output_audio_transcription=AudioTranscriptionConfig(),
    )
    asking = Asking(question.audio)
    async with connect(server.endpoint, setup=setup) as session:
        await asking.put_to(session)
    waited_s, heard = asking.first_sound_s, asking.reply.heard
    if waited_s is None:
        raise NoAnswer("the answer has no sound")
    values = {
        "first_sound_ms": 1_000 * waited_s,
        "word_error_percent": words.error_percent(question.text, heard),
        "cut_ins": float(asking.reply.interruptions),
        "starved_ms": 1_000 * asking.reply.latest.starved_s,
    }
    if server.process is not None:
        values |= _stages(waited_s, (await server.state()).turns)
    return values, heard


def _stages(waited_s: float, turns: Sequence[TurnTimes]) -> dict[str, float]:
    """The parts of the wait, as the server logged them of its last turn."""
    if not turns:
        return {}
    times = turns[-1]
    return {
        "endpoint_ms": 1_000 * (waited_s - times.total_s),
        **stages.values(times),
        "drafted": float(times.drafted),
        "drafts_wasted": float(sum(each.drafts_wasted for each in turns)),
    }


async def _sample(server: Server, task: Task, number: int, model: str | None) -> Sample:
    values: dict[str, float] = {}
    try:
        values, note = await asked(server, task.question, model)
    except (NoAnswer, ConnectionClosed) as error:
        note = f"no answer: {error}"
    return Sample(side=server.name, item=task.question.name, group=task.group, round=number, values=values, note=note)


def _findings(samples: Sequence[Sample], seed: int) -> Iterator[Finding]:
    groups = dict.fromkeys(sample.group for sample in samples)
    for group in groups:
        drafted, serial = (values_of(samples, "first_sound_ms", side, group) for side in (SPECULATIVE, SERIAL))
        if drafted.size and serial.size:
            for name, statistic, wanted in (("median", median, "<= 0.6"), ("95th percentile", p95, "<= 0.75")):
                value, low, high = ratio(drafted, serial, statistic, seed)
                what = f"{group}: {name} of the wait, speculative to serial"
                yield Finding(what=what, value=value, unit="x", low=low, high=high, wanted=wanted)
        yield from _cut_ins(samples, group)
    if pairs := _pairs(samples):
        same = sum(words.plain(one) == words.plain(other) for one, other in pairs)
        yield Finding(
            what="turns whose words are those of the serial side",
            value=100 * same / len(pairs),
            unit="%",
            wanted=">= 98",
        )
    unanswered = sum("first_sound_ms" not in sample.values for sample in samples)
    yield Finding(what="questions without an answer", value=unanswered, wanted="<= 0")


def _cut_ins(samples: Sequence[Sample], group: str) -> Iterator[Finding]:
    """How often a speaker was cut off by our server as it is set."""
    cut_ins = values_of(samples, "cut_ins", SPECULATIVE, group)
    if cut_ins.size:
        items = {sample.item for sample in samples if sample.group == group}
        what = f"{group}: answers begun too early, of {len(items)}"
        wanted = "<= 1" if group == Recordings.QUESTIONS else ""
        yield Finding(what=what, value=len(items) * float(cut_ins.mean()), wanted=wanted)


def _pairs(samples: Sequence[Sample]) -> list[tuple[str, str]]:
    """What both sides heard of the same recording in the same round."""
    heard = {(sample.side, sample.round, sample.item): sample.note for sample in samples if sample.values}
    return [
        (text, heard[SERIAL, number, item])
        for (side, number, item), text in heard.items()
        if side == SPECULATIVE and (SERIAL, number, item) in heard
    ]


def _limits(samples: Sequence[Sample], *, own: bool) -> Iterator[str]:
    yield "The end of speech is the last moment in the file that is as loud as speech; a soft last consonant is later."
    yield "Sound is counted when it arrives; a client's own buffer and sound card come on top."
    if own and (waits := values_of(samples, "endpoint_ms")).size:
        yield (
            f"No answer can begin before the end of speech is decided: {median(waits):.0f} ms here. What is drafted "
            "before that decision takes no time after it."
        )
        yield (
            f"Nor before voice activity has been falling for {load_settings().speculation.sound_after_ms} ms, for "
            "until then the decision may be taken back; what an answer waits for that stands in the last stage."
        )
    if not own:
        yield "A server of somebody else's shows no stages, and the way to it is a part of the wait."
