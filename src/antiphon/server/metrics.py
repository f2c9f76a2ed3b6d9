"""`GET /metrics`: the server's figures in Prometheus' text (docs/operating.md)."""

from collections.abc import Iterator
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from antiphon.engines.registry import Engines
from antiphon.runtime.budget import Budget
from antiphon.runtime.trace import TurnTimes
from antiphon.server.presence import Presence
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import ServerMessage

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
FIRST_SOUND_S: Final = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0)
"""Upper bounds of the classes of waits, in seconds."""
STAGE_S: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)

CODES: Final = frozenset({1000, 1001, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013})
"""Close codes that are counted apart; a client may send thousands of others."""


class Metrics:
    """Of one server, in a registry of its own: several in one process do not mix."""

    def __init__(self, presence: Presence, engines: Engines, budget: Budget) -> None:
        registry = self._registry = CollectorRegistry()
        registry.register(_Present(presence, engines, budget))
        ProcessCollector(registry=registry)
        self.opened = Counter("antiphon_sessions_opened", "Connections let in", ["dialect"], registry=registry)
        self.closes = Counter("antiphon_closes", "Connections that ended, by close code", ["code"], registry=registry)
        self.turns = Counter("antiphon_turns", "Turns of the model that ended", ["end"], registry=registry)
        what = "From the decision that the user has finished to the first sound"
        self.first_sound = Histogram("antiphon_first_sound_seconds", what, buckets=FIRST_SOUND_S, registry=registry)
        what = "... the stages of it"
        self.stages = Histogram("antiphon_stage_seconds", what, ["stage"], buckets=STAGE_S, registry=registry)

    def session(self, dialect: Dialect) -> "SessionMetrics":
        """Count a connection, and what will become of it."""
        self.opened.labels(dialect.value).inc()
        return SessionMetrics(self)

    def memory_bytes(self) -> int | None:
        """What of this process is in memory; None where the system does not say."""
        told = self._registry.get_sample_value("process_resident_memory_bytes")
        return None if told is None else int(told)

    def text(self) -> bytes:
        """All of them as they are now."""
        return generate_latest(self._registry)


class SessionMetrics:
    """What one connection adds."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._interrupted = False

    def sent(self, message: ServerMessage) -> None:
        """Look at a message for the end of a turn; an interrupted one ends twice, and counts once."""
        content = message.server_content
        if content is None:
            return
        self._interrupted = self._interrupted or bool(content.interrupted)
        if content.turn_complete:
            self._metrics.turns.labels("interrupted" if self._interrupted else "complete").inc()
            self._interrupted = False

    def turn(self, times: TurnTimes) -> None:
        """A spoken turn begins to sound."""
        self._metrics.first_sound.observe(times.total_s)
        for stage, seconds in times.stages.items():
            self._metrics.stages.labels(stage).observe(seconds)

    def closed(self, code: int) -> None:
        """It ended."""
        self._metrics.closes.labels(str(code) if code in CODES else "other").inc()


class _Present(Collector):
    """What is read when somebody asks."""

    def __init__(self, presence: Presence, engines: Engines, budget: Budget) -> None:
        self._presence = presence
        self._engines = engines
        self._budget = budget

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("antiphon_sessions_open", "Connections that are open", len(self._presence))
        queues = GaugeMetricFamily("antiphon_engine_queue_calls", "Calls that wait for an engine", labels=["engine"])
        for engine, waiting in self._engines.queues().items():
            queues.add_metric([engine], waiting)
        yield queues
        what = "Answers begun before the user had surely finished"
        drafts = CounterMetricFamily("antiphon_drafts", what, labels=["kind"])
        drafts.add_metric(["begun"], self._budget.begun)
        drafts.add_metric(["wasted"], self._budget.wasted)
        yield drafts
