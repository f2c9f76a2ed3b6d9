"""A small report, and what belongs to it."""

from datetime import UTC, datetime

from antiphon.bench.figures import figures_of
from antiphon.bench.questions import Question, question_of, questions
from antiphon.bench.report import (
    Axis,
    Bars,
    Curve,
    Finding,
    Load,
    Machine,
    Metric,
    Picture,
    Report,
    Sample,
    Strip,
)
from antiphon.bench.run import Terms
from antiphon.config import EngineNames
from antiphon.runtime.trace import TurnTimes
from antiphon.session.events import TurnId

METRICS = (
    Metric(name="first_ms", unit="ms", meaning="from the end of speech to the first sound"),
    Metric(name="late", unit="", meaning="how often it was late"),
)
PICTURES: tuple[Picture, ...] = (
    Strip(title="Waits", metric="first_ms"),
    Bars(title="Stages", stages=("first_ms", "late")),
    Curve(
        title="Waits against load",
        x=Axis(label="sessions"),
        ys=(Axis(metric="first_ms", label="median"), Axis(metric="first_ms", statistic="p95", label="p95")),
    ),
)

TIMES = TurnTimes(
    turn=TurnId(1),
    drafted=True,
    drafts_wasted=2,
    recognising_s=0.0,
    first_token_s=0.1,
    first_clause_s=0.2,
    first_audio_s=0.3,
)
"""Of a turn, as the server logs them."""


def samples(scale: float = 1.0) -> tuple[Sample, ...]:
    """Two sides at three loads; `quick` waits half as long as `slow`."""
    return tuple(
        Sample(
            side=side,
            item=f"question {item}",
            group="questions",
            round=1,
            step=step,
            values={"first_ms": scale * base * step + item, "late": float(item == 3)},
        )
        for step in (1.0, 4.0, 16.0)
        for item in range(4)
        for side, base in (("quick", 100.0), ("slow", 200.0))
    )


def report(scale: float = 1.0, command: str = "latency", name: str = "quick") -> Report:
    """All of it, as a command gives it."""
    found = samples(scale)
    load = Load(average_1m=0.5, busy_percent=12.0)
    return Report(
        command=command,
        question="How long does it take?",
        subject=f"a server called {name}",
        began=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        seconds=12.5,
        seed=7,
        rounds=1,
        options={"recordings": "questions"},
        machine=Machine(
            cpu="a fast one",
            cores=2,
            memory_bytes=8 << 30,
            system="Linux 6",
            python="CPython 3",
            versions={"numpy": "2"},
        ),
        load_before=load,
        load_after=load,
        metrics=METRICS,
        samples=found,
        figures=figures_of(found, [metric.name for metric in METRICS], 7),
        findings=(
            Finding(what="quick to slow", value=0.5, unit="x", low=0.4, high=0.7, wanted="<= 0.6"),
            Finding(what="sessions", value=12, wanted=">= 300"),
            Finding(what="just a figure", value=3.25, unit="ms"),
        ),
        limits=("Nothing is faster than light.",),
        pictures=PICTURES,
    )


def short() -> Question:
    """Half a second of speech."""
    return question_of("short", "speech", questions()[0].pcm.data[2 * 4_800 : 2 * 12_800])


def terms(rounds: int = 1) -> Terms:
    """Scripted engines, one round."""
    return Terms(rounds=rounds, seed=1, engines=EngineNames.scripted())
