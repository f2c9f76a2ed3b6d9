"""A run of a command: what it is told, what it found, and the report that is made of both."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field

from antiphon.bench.figures import figures_of
from antiphon.bench.machine import load_now, this_machine
from antiphon.bench.report import Finding, Metric, Picture, Report, Sample, now
from antiphon.bench.rounds import Stopwatch
from antiphon.client.endpoint import Endpoint
from antiphon.config import EngineNames


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every command is told."""

    rounds: int
    seed: int
    engines: EngineNames = field(default_factory=EngineNames)
    """Of our own servers."""
    endpoint: Endpoint | None = None
    """Somebody's server, instead of our own."""
    model: str | None = None
    """The name it is asked for."""

    @property
    def name(self) -> str:
        """What the side is called when there is only one."""
        return self.endpoint.url.split("/")[2] if self.endpoint is not None else "antiphon"

    @property
    def subject(self) -> str:
        """What is measured."""
        if self.endpoint is not None:
            return self.endpoint.url
        names = dict.fromkeys(name for _, name in self.engines)
        return f"antiphon with {', '.join(names)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command found."""

    samples: tuple[Sample, ...]
    metrics: tuple[Metric, ...]
    findings: tuple[Finding, ...]
    limits: tuple[str, ...]
    subject: str = ""
    """What was measured, where that is not what the terms say."""
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class About:
    """Which command, and what it asks."""

    command: str
    question: str


async def reported(about: About, terms: Terms, options: Mapping[str, object], run: Awaitable[Outcome]) -> Report:
    """Run, and say where and when, and what else the machine did."""
    began, watch, before = now(), Stopwatch(), load_now()
    outcome = await run
    return Report(
        command=about.command,
        question=about.question,
        subject=outcome.subject or terms.subject,
        began=began,
        seconds=round(watch.seconds, 1),
        seed=terms.seed,
        rounds=terms.rounds,
        options={name: str(value) for name, value in options.items()},
        machine=this_machine(),
        load_before=before,
        load_after=load_now(),
        metrics=outcome.metrics,
        samples=outcome.samples,
        figures=figures_of(outcome.samples, [metric.name for metric in outcome.metrics], terms.seed),
        findings=outcome.findings,
        limits=outcome.limits,
        pictures=outcome.pictures,
    )
