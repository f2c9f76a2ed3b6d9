"""What the protocol costs: CPU of our server for 20 ms of audio in and 20 ms out, beside a bare echo of its library.

Clients stream in real time, and the engines cost nothing, so what is left is sockets, codec, session and conductor. The
echo is the same HTTP server with the same options, and an application that answers each message with the same bytes.
"""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Final

from msgspec.structs import replace

from antiphon.bench import machinery
from antiphon.bench.crowding import crowded
from antiphon.bench.figures import median, ratio, values_of
from antiphon.bench.hosting import Server, hosted
from antiphon.bench.orders import Crowd, Serve
from antiphon.bench.processes import cores
from antiphon.bench.quiet_engines import NAME
from antiphon.bench.report import Finding, Metric, Sample, Strip
from antiphon.bench.rounds import Steps, in_turn, steps
from antiphon.bench.run import About, Outcome, Terms
from antiphon.config import EngineNames
from antiphon.errors import NoAnswer, SettingsError

ABOUT: Final = About("overhead", "What does the server itself cost, without its engines?")

ANTIPHON, ECHO, PARTS = "antiphon", "bare echo", "parts alone"
BOTH_WAYS, NO_SOCKET = "a chunk in and one out", "one call, no socket"
WARM_S = 1.0
LEAD_S = 0.1
"""A reply is sent no further ahead than that, so that as much goes out as comes in."""
CALLS = 20_000
"""Of each part in a round."""

METRICS = (
    Metric(name="cpu_us", unit="µs", meaning="CPU, user and system, for 20 ms of audio in and 20 ms out, or one call"),
    Metric(name="chunks_per_s", unit="/s", meaning="chunks in, and nearly as many out, over all sessions"),
)


async def measure(terms: Terms, sessions: int, seconds: float) -> Outcome:
    """Measure both servers in turn, each on one core while the clients have the others; then the parts, here."""
    if terms.endpoint is not None:
        raise SettingsError("bench overhead looks at a server's CPU: it measures our own, without --url")
    samples: list[Sample] = []
    core, others = (cores() or (None,))[0], cores()[1:]
    order = Crowd(kind="duplex", url="", count=sessions, seconds=seconds, warm_s=WARM_S, cores=others)
    async with AsyncExitStack() as stack:
        orders = {ANTIPHON: Serve(settings=_settings(), core=core), ECHO: Serve(app="echo", core=core)}
        sides = [await stack.enter_async_context(hosted(name, each)) for name, each in orders.items()]
        with steps(terms.rounds * (len(sides) + 1)) as progress:
            for number in range(1, terms.rounds + 1):
                for side in in_turn(sides, number - 1):
                    progress.begin(side.name)
                    samples.append(await _sample(side, order, number))
                    progress.done()
                samples += _parts(number, progress)
    return Outcome(
        samples=tuple(samples),
        metrics=METRICS,
        findings=tuple(_findings(samples, terms.seed)),
        limits=tuple(_limits(samples)),
        subject="antiphon with engines that cost nothing",
        pictures=(Strip(title="CPU for 20 ms of audio", metric="cpu_us"),),
    )


def _settings() -> dict[str, dict[str, object]]:
    engines = EngineNames.scripted().model_copy(update={"vad": NAME, "tts": NAME})
    return {"engines": engines.model_dump(), "limits": {"reply_lead_s_max": LEAD_S}}


async def _sample(side: Server, order: Crowd, number: int) -> Sample:
    crowd = await crowded(side, replace(order, url=side.endpoint.url))
    gathered = crowd.gathered
    pairs_per_s = (gathered.sent + gathered.received) / 2 / order.seconds
    if gathered.lost or not pairs_per_s or crowd.cpu_share is None:
        raise NoAnswer(f"{gathered.lost} of {order.count} clients of {side.name} failed: {gathered.why}")
    values = {"cpu_us": 1e6 * crowd.cpu_share / pairs_per_s, "chunks_per_s": pairs_per_s}
    return Sample(side=side.name, item=f"{order.count} sessions", group=BOTH_WAYS, round=number, values=values)


def _parts(number: int, progress: Steps) -> Iterator[Sample]:
    progress.begin(PARTS)
    for name, case in machinery.CASES.items():
        values = {"cpu_us": machinery.microseconds(case, CALLS)}
        yield Sample(side=name, item=PARTS, group=NO_SOCKET, round=number, values=values)
    progress.done()


def _findings(samples: Sequence[Sample], seed: int) -> Iterator[Finding]:
    own, bare = (values_of(samples, "cpu_us", side) for side in (ANTIPHON, ECHO))
    value, low, high = ratio(own, bare, median, seed)
    what = "CPU for 20 ms in and 20 ms out, antiphon to a bare echo"
    yield Finding(what=what, value=value, unit="x", low=low, high=high, wanted="<= 3")


def _limits(samples: Sequence[Sample]) -> Iterator[str]:
    bare = median(values_of(samples, "cpu_us", ECHO))
    yield f"No server of this library costs less than its socket, read and written: {bare:.0f} µs here."
    yield "Engines are left out: ears and voice of a real session cost far more than what is measured here."
    yield "With few sessions the event loop wakes for each message; with many it takes several at a time, for less."
