"""What sessions take of memory while they are open, and what is left of them when they are gone."""

import asyncio
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from antiphon.bench.crowding import crowded
from antiphon.bench.figures import median, values_of
from antiphon.bench.hosting import Server, hosted
from antiphon.bench.limits import SETTLE_WAIT_S
from antiphon.bench.orders import Crowd, Serve, State
from antiphon.bench.report import Finding, Metric, Sample, Strip
from antiphon.bench.rounds import steps
from antiphon.bench.run import Outcome, Terms
from antiphon.config import EngineNames
from antiphon.errors import SettingsError

WARM_SHARE = 5
"""One fifth as many sessions come before, to fill what any process keeps for good."""
LOOK_AGAIN_S = 0.2

METRICS = (
    Metric(name="kib_a_session", unit="KiB", meaning="memory of the server for each open, idle session"),
    Metric(name="rss_kib", unit="KiB", meaning="memory left behind by all sessions that came and went"),
    Metric(name="tasks", unit="", meaning="tasks left behind"),
    Metric(name="threads", unit="", meaning="threads left behind"),
    Metric(name="files", unit="", meaning="files and sockets left behind"),
    Metric(name="lost", unit="", meaning="sessions that came to nothing"),
)


async def idle(terms: Terms, most: int) -> Outcome:
    """Open so many sessions in each round, leave them alone, and close them."""
    samples = []
    with steps(terms.rounds) as progress:
        for number in range(1, terms.rounds + 1):
            progress.begin(f"{most} idle")
            async with hosted(terms.name, _serve(terms)) as server:
                order = Crowd(kind="idle", url=server.endpoint.url, count=most)
                await crowded(server, replace(order, count=max(1, most // WARM_SHARE)))
                before = await _settled(server, await server.state())
                crowd = await crowded(server, order)
                assert crowd.ready is not None
                values = {"kib_a_session": (crowd.ready.rss_bytes - before.rss_bytes) / 1_024 / most}
                values["lost"] = float(crowd.gathered.lost)
                samples.append(Sample(side=server.name, item=f"{most} sessions", round=number, values=values))
            progress.done()
    taken = Finding(
        what="memory of an idle session", value=median(values_of(samples, "kib_a_session")), unit="KiB", wanted="<= 150"
    )
    return _outcome(samples, (taken,), "kib_a_session", "Memory of an idle session")


async def passing(terms: Terms, most: int) -> Outcome:
    """Open, use and close so many sessions in each round, after a few that are not counted."""
    samples = []
    async with hosted(terms.name, _serve(terms)) as server:
        order = Crowd(kind="passing", url=server.endpoint.url, count=most)
        before = await server.state()
        await crowded(server, replace(order, count=max(1, most // WARM_SHARE)))
        before = await _settled(server, before)
        with steps(terms.rounds) as progress:
            for number in range(1, terms.rounds + 1):
                progress.begin(f"{most} passing")
                lost = (await crowded(server, order)).gathered.lost
                after = await _settled(server, before)
                values = _left(before, after) | {"lost": float(lost)}
                samples.append(Sample(side=server.name, item=f"{most} sessions", round=number, values=values))
                before = after
                progress.done()
    return _outcome(samples, tuple(_findings(samples, most)), "rss_kib", "Memory left behind in each round")


def _serve(terms: Terms) -> Serve:
    """Without weights, whose memory would hide what a session takes."""
    if terms.endpoint is not None:
        raise SettingsError("what sessions take of a server is seen from inside only: leave --url out")
    return Serve(settings={"engines": EngineNames.scripted().model_dump()})


async def _settled(server: Server, before: State) -> State:
    """How it is when all that sessions held is given back, or is not in time."""
    try:
        async with asyncio.timeout(SETTLE_WAIT_S):
            while True:
                now = await server.state()
                if now.tasks <= before.tasks and now.files <= before.files:
                    return now
                await asyncio.sleep(LOOK_AGAIN_S)
    except TimeoutError:
        return await server.state()


def _left(before: State, after: State) -> dict[str, float]:
    return {
        "rss_kib": (after.rss_bytes - before.rss_bytes) / 1_024,
        "tasks": float(after.tasks - before.tasks),
        "threads": float(after.threads - before.threads),
        "files": float(after.files - before.files),
    }


def _findings(samples: Sequence[Sample], most: int) -> Iterator[Finding]:
    for metric in ("tasks", "threads", "files"):
        left = float(values_of(samples, metric).sum())
        yield Finding(what=f"{metric} left behind by all rounds of {most} sessions", value=left, wanted="<= 0")
    what = f"memory left behind by a session, median of the rounds of {most}"
    yield Finding(what=what, value=median(values_of(samples, "rss_kib")) / most, unit="KiB")
    yield Finding(what="sessions that came to nothing", value=float(values_of(samples, "lost").sum()), wanted="<= 0")


def _outcome(samples: Sequence[Sample], findings: tuple[Finding, ...], metric: str, title: str) -> Outcome:
    found = {name for sample in samples for name in sample.values}
    return Outcome(
        samples=tuple(samples),
        metrics=tuple(each for each in METRICS if each.name in found),
        findings=findings,
        limits=(
            "Memory is what the system counts for the process: what the allocator keeps to use again counts as taken.",
            "Engines are scripted; real ones take memory of their own for each session that speaks.",
        ),
        subject="antiphon with scripted engines",
        pictures=(Strip(title=title, metric=metric),),
    )
