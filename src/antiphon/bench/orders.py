"""What one process of the bench tells another: what to serve, how it is; each a line of JSON."""

import sys
from typing import Literal

import msgspec

from antiphon.runtime.trace import TurnTimes


class Serve(msgspec.Struct, frozen=True, kw_only=True):
    """What a server of our own is to be."""

    app: Literal["antiphon", "echo"] = "antiphon"
    """`echo` answers each message with the same bytes, through the same library and nothing else."""
    settings: dict[str, dict[str, object]] = {}
    """Groups of settings, as `load_settings` takes them; they count before the environment."""
    core: int | None = None
    """Where it runs, when it is to have one core only."""


class Listens(msgspec.Struct, frozen=True, tag=True):
    """It serves."""

    url: str


class Failed(msgspec.Struct, frozen=True, tag=True):
    """It cannot."""

    error: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What a server holds and has used, and what it logged of its turns since it was last asked."""

    cpu_s: float
    """User and system, since it began."""
    rss_bytes: int
    tasks: int
    threads: int
    files: int
    turns: tuple[TurnTimes, ...] = ()


def say(message: msgspec.Struct) -> None:
    """Write a line to who started this process."""
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """What a crowd of clients is to do; it is Ready when all are, and gives its Gathered at the end."""

    kind: Literal["duplex", "listening", "conversing", "idle", "passing"]
    """`duplex` sends and is sent audio at once; `passing` opens, uses and closes one session after another."""
    url: str
    count: int
    seconds: float = 0.0
    """Of what is measured, after Ready; `idle` stays until its input ends."""
    warm_s: float = 0.0
    """Before Ready."""
    seed: int = 1
    model: str | None = None
    cores: tuple[int, ...] = ()
    """Where it runs; wherever there is room when there are none."""


class Ready(msgspec.Struct, frozen=True):
    """All sessions are open and warm."""


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What a crowd saw."""

    sent: int = 0
    """Chunks of audio."""
    received: int = 0
    waits: tuple[tuple[str, float], ...] = ()
    """On what, and how long, in ms."""
    starved_ms: tuple[float, ...] = ()
    """Of each answer: silence within it because the next of its sound came too late."""
    lost: int = 0
    """Sessions or turns that came to nothing."""
    why: str = ""
    """The first of them."""
