"""Made-up messages by the hundred thousand against a real server with scripted engines, well-formed and malformed.

Everything `tests/conformance/fuzz` asserts is asserted; the first fault ends the run with the conversation it was
in. Printed at the end: how sockets were closed, the longest wait for the end of a turn, and what was left behind.

    .venv/bin/python -m benchmarks.fuzz [--messages 100000] [--seed 0]
"""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from tests.conformance.fuzz.draw import drawn
from tests.conformance.fuzz.malformed import TOO_LARGE, breaks
from tests.conformance.fuzz.play import Tally
from tests.conformance.fuzz.stage import Stage, staged
from tests.conformance.fuzz.wellformed import conversations
from websockets.exceptions import WebSocketException

AT_ONCE = 180
"""Conversations of one round; hypothesis remembers what it made of a round, so rounds are kept short."""
BREAKS = 2_000
LARGE_EVERY = 10
"""Rounds between two messages that are too large."""
MIB = 1 << 20
PAGE_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Left:
    """What is there while nothing is played."""

    rss_mib: float
    tasks: int
    connections: int


async def look(stage: Stage) -> Left:
    """Once nothing is played any more."""
    connections = stage.connections_alive()
    return Left(_resident_mib(), len(asyncio.all_tasks()), connections)


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / MIB


class Rounds:
    """Plays rounds until both counts are reached."""

    def __init__(self, runner: asyncio.Runner, stage: Stage, messages: int, first_seed: int) -> None:
        self._runner = runner
        self._stage = stage
        self._messages = messages
        self._seed = first_seed

    def play(self) -> list[Left]:
        """Gives what was left behind before, after half of it, and after all."""
        tally, total = self._stage.tally, 2 * self._messages
        self._round(well=True, broken=True)
        left = [self._runner.run(look(self._stage))]
        with Progress() as progress:
            bar = progress.add_task("messages", total=total)
            while (played := self._counted(tally)) < total:
                progress.update(bar, completed=played)
                if len(left) == 1 and played >= total / 2:
                    left.append(self._runner.run(look(self._stage)))
                self._round(well=tally.wellformed < self._messages, broken=tally.malformed < self._messages)
            progress.update(bar, completed=total)
        return [*left, self._runner.run(look(self._stage))]

    def _counted(self, tally: Tally) -> int:
        return min(tally.wellformed, self._messages) + min(tally.malformed, self._messages)

    def _round(self, *, well: bool, broken: bool) -> None:
        self._seed += 1
        made = drawn(conversations(), AT_ONCE if well else 1, self._seed)
        spoilt = drawn(breaks, BREAKS if broken else 1, self._seed)
        self._runner.run(self._stage.play(made, spoilt))
        if self._seed % LARGE_EVERY == 0:
            self._runner.run(self._stage.play([], TOO_LARGE))
            self._runner.run(self._stage.still_serves())


def told(tally: Tally, left: list[Left]) -> Table:
    """The summary."""
    table = Table("", "", show_header=False)
    closes = ", ".join(f"{code}: {count:,}" for code, count in sorted(tally.closes.items()))
    rows = {
        "well-formed messages": f"{tally.wellformed:,}",
        "malformed messages": f"{tally.malformed:,}",
        "connections": f"{tally.connections:,}",
        "turns waited for": f"{tally.turns:,}",
        "longest wait for the end of a turn": f"{tally.slowest_s:.1f} s",
        "closed by the server": closes,
        "received": ", ".join(f"{name}: {count:,}" for name, count in tally.seen.most_common()),
        "RSS before, half-way, after": ", ".join(f"{each.rss_mib:.0f} MiB" for each in left),
        "tasks before, half-way, after": ", ".join(str(each.tasks) for each in left),
        "sessions left behind": str(left[-1].connections),
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def main() -> None:
    """Play, and print the summary; exits with the story of the first fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    flags = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as directory, asyncio.Runner() as runner:
        stages = staged(Path(directory))
        stage = runner.run(stages.__aenter__())
        try:
            left = Rounds(runner, stage, flags.messages, flags.seed).play()
        except* (AssertionError, TimeoutError, OSError, WebSocketException) as faults:
            sys.exit("\n\n".join(_story(fault) for fault in _leaves(faults)))
        finally:
            runner.run(stages.__aexit__(None, None, None))
    Console().print(told(stage.tally, left))
    if left[-1].connections or left[-1].tasks > left[0].tasks:
        sys.exit("sessions were left behind")


def _leaves(group: BaseExceptionGroup) -> Iterator[BaseException]:
    for fault in group.exceptions:
        if isinstance(fault, BaseExceptionGroup):
            yield from _leaves(fault)
        else:
            yield fault


def _story(fault: BaseException) -> str:
    return "\n".join((f"{type(fault).__name__}: {fault}", *getattr(fault, "__notes__", ())))


if __name__ == "__main__":
    main()
