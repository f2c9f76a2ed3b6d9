"""How many sessions one server carries: their number is doubled until the 95th percentile of the wait has doubled.

Sessions that listen stream speech and silence, and what is measured is when the server says that somebody speaks;
sessions that converse ask, hear the answer, think, and ask again. The clients run in a process of their own.
"""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Final

from msgspec.structs import replace

from antiphon.bench import leftovers, stages
from antiphon.bench.choices import Sessions
from antiphon.bench.crowding import Crowded, crowded
from antiphon.bench.figures import median, p95, values_of
from antiphon.bench.hosting import Server, hosted
from antiphon.bench.orders import Crowd, Serve
from antiphon.bench.processes import cores
from antiphon.bench.report import Axis, Curve, Finding, Metric, Picture, Sample
from antiphon.bench.rounds import Steps, steps
from antiphon.bench.run import About, Outcome, Terms
from antiphon.bench.tape import tape
from antiphon.config import EngineNames
from antiphon.errors import NoAnswer, SettingsError

ABOUT: Final = About("capacity", "How many sessions does one server carry?")

WARM_S = {Sessions.LISTENING: 3.0, Sessions.CONVERSING: 0.0}
ADDED_MS_MAX = 40.0
"""Of delay at the 95th percentile, in which sessions that listen are still served well."""
REFINED = 3
"""Times the interval between the last number that went well and the first that did not is halved."""
ONCE_ROUND_S = 2.0
"""More than the tape's length: one session alone is to have said all of it."""
FOUR = 4
"""People who talk at once."""

METRICS = (
    Metric(name="delay_ms", unit="ms", meaning="from sending the first sound of speech to being told that it began"),
    Metric(name="added_ms", unit="ms", meaning="... of it more than with one session alone, of the same sound"),
    Metric(name="first_sound_ms", unit="ms", meaning="from the end of speech in the file to the answer's first sound"),
    *stages.METRICS,
    stages.STARVED,
    Metric(name="cpu_percent", unit="%", meaning="CPU of the server, 100 % is one core"),
    Metric(name="rss_mib", unit="MiB", meaning="memory of the server with all sessions open"),
    Metric(name="lost", unit="", meaning="sessions and turns that came to nothing"),
)


async def measure(terms: Terms, sessions: Sessions, most: int, seconds: float) -> Outcome:
    """Raise the number of sessions up to `most`, measuring each for some seconds in every round; or see leftovers."""
    if sessions is Sessions.IDLE:
        return await leftovers.idle(terms, most)
    if sessions is Sessions.PASSING:
        return await leftovers.passing(terms, most)
    if terms.endpoint is not None and sessions is Sessions.LISTENING:
        raise SettingsError(
            "--url takes conversing sessions only: how long others take to notice speech cannot be told"
        )
    samples: list[Sample] = []
    core = _one_core(sessions)
    async with AsyncExitStack() as stack:
        server = await _server(terms, sessions, core, stack)
        order = Crowd(
            kind="listening" if sessions is Sessions.LISTENING else "conversing",
            url=server.endpoint.url,
            count=1,
            seconds=seconds,
            warm_s=WARM_S[sessions],
            seed=terms.seed,
            model=terms.model,
            cores=() if core is None else cores()[1:],
        )
        with steps(terms.rounds * most.bit_length()) as progress:
            for number in range(1, terms.rounds + 1):
                ramp = _Ramp(server, order, sessions, number)
                await ramp.climb(most, progress)
                samples += ramp.samples
    return Outcome(
        samples=tuple(samples),
        metrics=METRICS,
        findings=tuple(_findings(samples, sessions)),
        limits=tuple(_limits(sessions, pinned=core is not None)),
        subject=f"antiphon with {terms.engines.vad} and scripted engines" if sessions is Sessions.LISTENING else "",
        pictures=_pictures(sessions),
    )


def _one_core(sessions: Sessions) -> int | None:
    """Listening is measured on one core, where there is another one for the clients."""
    allowed = cores()
    return allowed[0] if sessions is Sessions.LISTENING and len(allowed) > 1 else None


async def _server(terms: Terms, sessions: Sessions, core: int | None, stack: AsyncExitStack) -> Server:
    if terms.endpoint is not None:
        return Server(terms.name, terms.endpoint)
    engines = terms.engines
    if sessions is Sessions.LISTENING:
        engines = EngineNames.scripted().model_copy(update={"vad": terms.engines.vad})
    order = Serve(settings={"engines": engines.model_dump()}, core=core)
    return await stack.enter_async_context(hosted(terms.name, order))


class _Ramp:
    """One round: more and more sessions on one server."""

    def __init__(self, server: Server, order: Crowd, sessions: Sessions, number: int) -> None:
        self._server = server
        self._order = order
        self._sessions = sessions
        self._number = number
        self._alone: dict[str, float] = {}
        """What one session waits, at each place of the tape."""
        self.samples: list[Sample] = []

    async def climb(self, most: int, progress: Steps) -> None:
        """Double until it goes badly, then look for the limit between."""
        good, count = 0, 1
        bad: int | None = None
        for _ in range(most.bit_length() + REFINED):
            progress.begin(f"{count} {self._sessions.value}")
            await self._measure(count)
            progress.done()
            good, bad = (count, bad) if goes_well(self.samples, self._sessions, count) else (good, count)
            count = min(2 * count, most) if bad is None else (good + bad) // 2
            if count in {good, bad}:
                return

    async def _measure(self, count: int) -> None:
        seconds = self._order.seconds if count > 1 else max(self._order.seconds, tape().seconds + ONCE_ROUND_S)
        crowd = await crowded(self._server, replace(self._order, count=count, seconds=seconds))
        gathered = crowd.gathered
        if count == 1:
            if not gathered.waits:
                raise NoAnswer(f"one session alone was not served: {gathered.why or 'it waited in vain'}")
            self._alone = {
                place: median([wait_ms for each, wait_ms in gathered.waits if each == place])
                for place, _ in gathered.waits
            }
        self._keep("server", count, _usage(crowd), gathered.why)
        for item, wait_ms in gathered.waits:
            self._keep(item, count, self._wait(item, wait_ms))
        if self._sessions is Sessions.CONVERSING:
            for times in crowd.turns:
                self._keep("turn", count, stages.values(times))
            for starved_ms in gathered.starved_ms:
                self._keep("answer", count, {"starved_ms": starved_ms})

    def _wait(self, item: str, wait_ms: float) -> dict[str, float]:
        if self._sessions is Sessions.CONVERSING:
            return {"first_sound_ms": wait_ms}
        added = {"added_ms": wait_ms - self._alone[item]} if item in self._alone else {}
        return {"delay_ms": wait_ms} | added

    def _keep(self, item: str, count: int, values: dict[str, float], note: str = "") -> None:
        sample = Sample(side=self._server.name, item=item, round=self._number, step=count, values=values, note=note)
        self.samples.append(sample)


def _usage(crowd: Crowded) -> dict[str, float]:
    usage = {"lost": float(crowd.gathered.lost)}
    if crowd.ready is not None and crowd.cpu_share is not None:
        usage |= {"cpu_percent": 100 * crowd.cpu_share, "rss_mib": crowd.ready.rss_bytes / (1 << 20)}
    return usage


def goes_well(samples: Sequence[Sample], sessions: Sessions, count: int) -> bool:
    """Tell whether nothing was lost, and the wait is still near to that of one session alone."""
    if values_of(samples, "lost", step=count).sum():
        return False
    if sessions is Sessions.LISTENING:
        added = values_of(samples, "added_ms", step=count)
        return bool(added.size) and p95(added) < ADDED_MS_MAX
    alone, now = (values_of(samples, "first_sound_ms", step=step) for step in (1, count))
    return bool(alone.size and now.size) and p95(now) <= 2 * p95(alone)


def _findings(samples: Sequence[Sample], sessions: Sessions) -> Iterator[Finding]:
    counts = sorted({int(sample.step) for sample in samples})
    well = [count for count in counts if goes_well(samples, sessions, count)]
    if sessions is Sessions.LISTENING:
        what = f"sessions listening on one core, the 95th percentile of the added delay below {ADDED_MS_MAX:g} ms"
        yield Finding(what=what, value=max(well, default=0), wanted=">= 300")
    else:
        what = "sessions conversing, the 95th percentile of the wait at most twice that of one alone"
        yield Finding(what=what, value=max(well, default=0))
        alone, four = (values_of(samples, "first_sound_ms", step=step) for step in (1, FOUR))
        if alone.size and four.size:
            what = "95th percentile of the wait, four people at once to one alone"
            yield Finding(what=what, value=p95(four) / p95(alone), unit="x")
        if (starved := values_of(samples, "starved_ms", step=FOUR)).size:
            what = "answers whose voice ran dry, four people at once"
            yield Finding(what=what, value=100 * float((starved > 0).mean()), unit="%")
    busiest = values_of(samples, "cpu_percent", step=max(well, default=1))
    if busiest.size:
        yield Finding(what="CPU of the server then", value=median(busiest), unit="%")


def _limits(sessions: Sessions, *, pinned: bool) -> Iterator[str]:
    if sessions is Sessions.LISTENING:
        yield "Recogniser, brain and voice cost nothing here: it is the ears and the protocol that are measured."
        where = "one core" if pinned else "all cores, for the system lets no process choose or has only one"
        yield f"The server has {where}; the clients are a process of their own, beside it."
    else:
        yield "A person thinks for one to three seconds between an answer's end and the next question."
        yield "Brain and voice are shared: those who speak at the same moment wait for each other's answers."


def _pictures(sessions: Sessions) -> tuple[Picture, ...]:
    metric = "added_ms" if sessions is Sessions.LISTENING else "first_sound_ms"
    what = "added delay" if sessions is Sessions.LISTENING else "first sound"
    x = Axis(label="sessions")
    return (
        Curve(
            title=f"The {what} against the load",
            x=x,
            ys=(
                Axis(metric=metric, label=f"{what}, median, ms"),
                Axis(metric=metric, statistic="p95", label=f"{what}, 95th percentile, ms"),
            ),
        ),
        *_stages_picture(sessions),
        Curve(title="CPU of the server", x=x, ys=(Axis(metric="cpu_percent", label="% of a core"),)),
        Curve(title="Memory of the server", x=x, ys=(Axis(metric="rss_mib", label="MiB"),)),
    )


def _stages_picture(sessions: Sessions) -> Iterator[Curve]:
    if sessions is Sessions.CONVERSING:
        names = {name: name.removesuffix("_ms").replace("_", " ") for name in stages.NAMES}
        ys = tuple(
            Axis(metric=metric, statistic="p95", label=f"{name}, 95th percentile, ms") for metric, name in names.items()
        )
        yield Curve(title="Where the time goes after the end of a turn", x=Axis(label="sessions"), ys=ys)
