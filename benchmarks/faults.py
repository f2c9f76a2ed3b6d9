"""Does the client lose a word? Whole conversations over lines that break, with a server that dies, run by run.

Each run is made from its seed: a server process, a fault proxy, a caller. Compared at the end: what was said with
what the server keeps of the conversation, and what was answered with what the caller got. Exit status 1 when
anything was lost, doubled or waited for in vain without the caller having been told.

    .venv/bin/python -m benchmarks.faults [--runs 200] [--seed 0] [--parallel 8] [-v]
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from tests.faults.judge import Result
from tests.faults.plan import Kind
from tests.faults.run import GOOD, Run, run


def all_runs(seeds: range, kind: Kind | None, parallel: int, console: Console) -> Iterator[Run]:
    """Play many at once; gives each as it ends."""
    with ProcessPoolExecutor(parallel, mp_context=get_context("spawn")) as pool, Progress(console=console) as progress:
        bar = progress.add_task("runs", total=len(seeds))
        for future in as_completed([pool.submit(run, seed, kind) for seed in seeds]):
            progress.advance(bar)
            yield future.result()


def counted(runs: list[Run]) -> Table:
    """Kinds of faults by results."""
    table = Table("fault", "runs", *Result, "reconnected")
    for kind in Kind:
        of_kind = [each for each in runs if each.plan.kind is kind]
        if of_kind:
            table.add_row(kind, *_cells(of_kind))
    table.add_section()
    table.add_row("all", *_cells(runs))
    return table


def _cells(runs: list[Run]) -> list[str]:
    results = Counter(each.result for each in runs)
    counts = [str(results[result] or "") for result in Result]
    return [str(len(runs)), *counts, str(sum(each.reconnected for each in runs))]


def told(each: Run) -> str:
    """One run for people."""
    made = each.plan
    how = f"{made.kind}, {made.patience}, {made.microphone.name}, x{made.speed:g}, latency {made.latency_s:g} s"
    return (
        f"seed {made.seed} ({how}, transparent {made.transparent}): {each.result} in {each.seconds:.1f} s. {each.why}"
    )


def main() -> None:
    """Read the flags, play, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the first run")
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--kind", type=Kind, choices=list(Kind), help="this fault only")
    parser.add_argument("-v", "--verbose", action="store_true", help="every event of every run")
    flags = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()
    runs = []
    for each in all_runs(range(flags.seed, flags.seed + flags.runs), flags.kind, flags.parallel, console):
        runs.append(each)
        if each.result not in GOOD or flags.verbose:
            console.print(told(each), markup=False)
        if flags.verbose:
            console.print(f"{each.plan}", *each.log, sep="\n", markup=False)
    console.print(counted(runs))
    results = Counter(each.result for each in runs)
    summary = {"runs": len(runs), "seconds": round(time.monotonic() - began)}
    console.print(json.dumps(summary | {result.lower(): results[result] for result in Result}), markup=False)
    sys.exit(any(each.result not in GOOD for each in runs))


if __name__ == "__main__":
    main()
