"""What every command of the bench gives: one schema, as JSON, from which everything that is shown is drawn."""

import gzip
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from antiphon.errors import SettingsError


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is measured, the same way in every sample."""

    name: str
    """Its key in the values of the samples."""
    unit: str
    meaning: str
    """From what to what, or of what: a sentence for people."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement."""

    side: str
    """What was measured: `speculative`, `serial`, a server's name."""
    item: str
    """On what: a recording, a session."""
    group: str = ""
    """What it belongs to, where there are several kinds of items."""
    round: int
    """From 1; warm-ups are not kept."""
    step: float = 0.0
    """The load, or the value of the setting that is varied."""
    values: dict[str, float]
    note: str = ""
    """What was heard, or why there are values missing."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """The distribution of one metric on one side, of one group, at one step."""

    side: str
    group: str
    metric: str
    step: float
    count: int
    least: float
    mean: float
    median: float
    p95: float
    most: float
    low: float
    """The median lies between `low` and `high` with 95 % confidence (bootstrap)."""
    high: float


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that answers the question: a ratio of two sides, a share, a capacity."""

    what: str
    value: float
    unit: str = ""
    low: float | None = None
    high: float | None = None
    wanted: str = ""
    """The bound it is held against, such as `<= 0.6`."""

    @property
    def met(self) -> bool | None:
        """Whether the value keeps to its bound; None without one."""
        if not self.wanted:
            return None
        relation, bound = self.wanted.split()
        return self.value <= float(bound) if relation == "<=" else self.value >= float(bound)


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """One axis of a curve: a statistic of a metric over the samples of a step, or the step itself."""

    metric: str = ""
    """Empty for the step."""
    statistic: Literal["median", "p95", "mean"] = "median"
    label: str


class Strip(msgspec.Struct, frozen=True, kw_only=True, tag="strip"):
    """Every value of a metric as a dot, side by side with its quartiles."""

    title: str
    metric: str


class Bars(msgspec.Struct, frozen=True, kw_only=True, tag="bars"):
    """Each sample as a bar of stages that follow one another."""

    title: str
    stages: tuple[str, ...]


class Curve(msgspec.Struct, frozen=True, kw_only=True, tag="curve"):
    """A line for each side and group, a point for each step."""

    title: str
    x: Axis
    ys: tuple[Axis, ...]


Picture = Strip | Bars | Curve


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was measured."""

    cpu: str
    cores: int
    memory_bytes: int
    system: str
    python: str
    versions: dict[str, str]
    """Of antiphon and the libraries that do the work."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What else the machine had to do."""

    average_1m: float
    """The load average of the last minute."""
    busy_percent: float
    """Of all cores, at that moment."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one command."""

    version: Literal[1] = 1
    command: str
    question: str
    """What the command asks, as a sentence."""
    subject: str
    """What was measured: our own server with its engines, or a URL without secrets."""
    began: datetime
    seconds: float
    seed: int
    rounds: int
    options: dict[str, str]
    """The flags that shape the run."""
    machine: Machine
    load_before: Load
    load_after: Load
    metrics: tuple[Metric, ...]
    samples: tuple[Sample, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    limits: tuple[str, ...]
    """What the figures cannot fall below, or do not say."""
    pictures: tuple[Picture, ...]

    def metric(self, name: str) -> Metric:
        """The description of a metric; its name alone where there is none."""
        return next((each for each in self.metrics if each.name == name), Metric(name=name, unit="", meaning=""))

    @property
    def sides(self) -> tuple[str, ...]:
        """In the order they were first measured."""
        return tuple(dict.fromkeys(sample.side for sample in self.samples))


def now() -> datetime:
    """The moment, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def write(report: Report, path: Path) -> None:
    """Keep a report as JSON, compressed in a file that ends in `.gz`; raises SettingsError when that cannot be done."""
    written = msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"
    try:
        path.write_bytes(gzip.compress(written, mtime=0) if path.suffix == ".gz" else written)
    except OSError as error:
        raise SettingsError(f"--json {path} cannot be written ({error.strerror}): name another file") from None


def read(path: Path) -> Report:
    """Read a report; raises SettingsError for a file that holds none."""
    try:
        kept = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return msgspec.json.decode(gzip.decompress(kept) if path.suffix == ".gz" else kept, type=Report)
    except (gzip.BadGzipFile, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise SettingsError(f"{path} is no report of `antiphon bench` ({error})") from None
