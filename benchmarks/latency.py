"""How long a person waits: end of speech to first sound, question by question, with each stage's part.

Every recording is streamed in real time through a real socket, as `antiphon ask` does it, and its
end of speech is found in the file itself. The words heard are compared with what was said.

    .venv/bin/python benchmarks/latency.py [--rounds 3] [--json]
"""

import argparse
import asyncio
import json
import logging
import os
import re
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

import jiwer
from rich.console import Console
from rich.table import Table
from whisper_normalizer.english import EnglishTextNormalizer

from antiphon.client.asking import Asking
from antiphon.client.audio_file import open_audio
from antiphon.client.live import connect
from antiphon.config import load_settings
from antiphon.runtime.trace import TurnTimes
from antiphon.server.listen import listening
from antiphon.wire.setup import AudioTranscriptionConfig, Setup

DATA = Path(__file__).parent.parent / "tests" / "data"
SETUP = Setup(
    model="models/benchmark",
    input_audio_transcription=AudioTranscriptionConfig(),
    output_audio_transcription=AudioTranscriptionConfig(),
)
QUESTION_S_MAX = 60.0
normalise = EnglishTextNormalizer()


@dataclass(frozen=True, slots=True)
class Answered:
    """One question's figures, in ms; `endpoint` is the wait for the decision that the user has finished."""

    file: str
    said: str
    heard: str
    first_sound: float
    endpoint: float
    words: float
    first_token: float
    clause: float
    voice: float


class Turns(logging.Handler):
    """Collects the stage times the server logs for each turn."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[TurnTimes] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.times += [argument for argument in record.args or () if isinstance(argument, TurnTimes)]


def plain(text: str) -> str:
    """Words without case, punctuation and ways of writing numbers; 6 30 and 630 are the same."""
    return re.sub(r"(?<=\d) (?=\d)", "", normalise(text))


def word_error_rate(answers: list[Answered]) -> float:
    """Over all words of all answers."""
    return jiwer.wer([plain(answer.said) for answer in answers], [plain(answer.heard) for answer in answers])


async def answer(url: str, entry: dict[str, str], turns: Turns) -> Answered:
    """Ask one recording and gather what it took."""
    turns.times.clear()
    asking = Asking(open_audio(DATA / entry["file"], QUESTION_S_MAX))
    async with connect(url, setup=SETUP) as session:
        await asking.put_to(session)
    stages, waited_s = turns.times[-1], asking.first_sound_s
    assert waited_s is not None
    return Answered(
        file=entry["file"],
        said=entry["text"],
        heard=asking.reply.heard,
        first_sound=1000 * waited_s,
        endpoint=1000 * (waited_s - stages.total_s),
        words=1000 * stages.recognising_s,
        first_token=1000 * stages.first_token_s,
        clause=1000 * stages.first_clause_s,
        voice=1000 * stages.first_audio_s,
    )


async def measure(rounds: int) -> list[Answered]:
    """Ask everything, after one question that is not counted."""
    turns = Turns()
    log = logging.getLogger("antiphon.runtime.conductor")
    log.setLevel(logging.INFO)
    log.addHandler(turns)
    manifest = json.loads((DATA / "manifest.json").read_text())
    async with listening(load_settings(server={"port": 0})) as server:
        await answer(server.url, manifest[0], turns)
        return [await answer(server.url, entry, turns) for _ in range(rounds) for entry in manifest]


def show(answers: list[Answered]) -> None:
    """A table of the questions' medians and a summary."""
    columns = ("first_sound", "endpoint", "words", "first_token", "clause", "voice")
    table = Table("file", *columns, "heard")
    for file in dict.fromkeys(answer.file for answer in answers):
        rows = [answer for answer in answers if answer.file == file]
        medians = (f"{statistics.median(getattr(row, column) for row in rows):.0f}" for column in columns)
        table.add_row(file, *medians, rows[0].heard)
    console = Console(width=150)
    console.print(table)
    for folder in ("questions", "readings"):
        rows = [answer for answer in answers if answer.file.startswith(folder)]
        parts = ", ".join(
            f"{column} {statistics.median(getattr(row, column) for row in rows):.0f}" for column in columns
        )
        console.print(f"{folder}: median of {len(rows)} in ms: {parts}; word error {100 * word_error_rate(rows):.1f} %")
    console.print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the flags, measure, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, help="times each recording is asked")
    parser.add_argument("--json", action="store_true", help="print every answer as JSON")
    flags = parser.parse_args()
    answers = asyncio.run(measure(flags.rounds))
    if flags.json:
        print(json.dumps([asdict(answer) for answer in answers], indent=1))  # noqa: T201 - its output
    else:
        show(answers)


if __name__ == "__main__":
    main()
