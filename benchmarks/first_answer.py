"""What a first-time user waits for: from `pip install` of a built wheel to the first answer by three lines of Python.

Everything begins from nothing: a new virtual environment, an empty home, no weights, no pip cache. The three lines are
those of the README; a recorded question of the examples is asked.

    .venv/bin/python benchmarks/first_answer.py [--rounds 1] [--json]
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
QUESTION = ROOT / "examples" / "where_is_the_nearest_train_station.wav"
LINES = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)[0]
OURS = ("ANTIPHON_", "GOOGLE_", "GEMINI_")

console = Console(stderr=True)


def first_answer(wheel: Path, folder: Path) -> dict[str, float | str]:
    """Seconds of each step, and the answer."""
    home, python = folder / "home", folder / "venv" / "bin" / "python"
    home.mkdir()
    shutil.copy(QUESTION, folder / "question.wav")
    (folder / "three_lines.py").write_text(LINES)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment = kept | {"HOME": str(home), "PIP_NO_CACHE_DIR": "1"}

    def run(what: str, *command: object) -> str:
        with timed(what, figures):
            done = subprocess.run(  # noqa: S603 - our own commands
                [str(part) for part in command],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise SystemExit(f"{what} failed:\n{done.stderr[-2_000:]}")
        return done.stdout

    figures: dict[str, float | str] = {}
    run("environment", sys.executable, "-m", "venv", "venv")
    run("pip install", python, "-m", "pip", "install", "--quiet", f"{wheel}[local]")
    antiphon = python.with_name("antiphon")
    first = run("first answer, with the weights", antiphon, "run", "--", python, "three_lines.py")
    again = run("each further run of it", antiphon, "run", "--", python, "three_lines.py")
    return figures | {"answer": first.strip(), "answer again": again.strip()}


@contextmanager
def timed(what: str, figures: dict[str, float | str]) -> Iterator[None]:
    """Enter how long the block takes."""
    began = time.monotonic()
    with console.status(what):
        yield
    figures[what] = time.monotonic() - began


def main() -> None:
    """Build the wheel, and go the way as often as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as built:
        build = (
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            built,
            ROOT,
        )
        subprocess.run(build, check=True)  # noqa: S603 - our own command
        (wheel,) = Path(built).glob("*.whl")
        rounds = []
        for _ in range(arguments.rounds):
            with tempfile.TemporaryDirectory() as folder:
                rounds.append(first_answer(wheel, Path(folder)))
    if arguments.json:
        print(json.dumps(rounds))  # noqa: T201 - its output
        return
    table = Table("step", "seconds")
    steps = [step for step, value in rounds[0].items() if not isinstance(value, str)]
    for step in steps:
        table.add_row(step, f"{statistics.median(float(each[step]) for each in rounds):.1f}")
    waited = statistics.median(sum(float(each[step]) for step in steps[:3]) for each in rounds)
    table.add_row("in all, to the first answer", f"{waited:.1f}")
    Console().print(table, rounds[0]["answer"])


if __name__ == "__main__":
    main()
