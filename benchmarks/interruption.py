"""How fast a long answer stops when the user speaks: onset of speech to `interrupted`, as the client sees it.

Two seconds into an answer a recorded question is streamed in real time. The onset is found in the
recording itself; sound of the old turn behind `interrupted` would be counted.

    .venv/bin/python benchmarks/interruption.py [--rounds 10]
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from antiphon.audio.loudness import level_dbfs
from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.client.audio_file import CHUNK_S, open_audio
from antiphon.client.events import Generated, Interrupted, Said, Sound
from antiphon.client.live import LiveSession, connect
from antiphon.client.pace import Pace, RealTime
from antiphon.config import load_settings
from antiphon.server.listen import listening
from antiphon.wire.setup import AudioTranscriptionConfig, Setup

QUESTION = Path(__file__).parent.parent / "tests" / "data" / "questions" / "01.wav"
LONG_ANSWER = "Count from one to fifty, in words."
SPEAK_AFTER_S = 2.0
ONSET_BELOW_LOUDEST_DB = 30.0
SETUP = Setup(
    model="models/benchmark",
    input_audio_transcription=AudioTranscriptionConfig(),
    output_audio_transcription=AudioTranscriptionConfig(),
)
SILENCE = AudioChunk(bytes(HEARING.bytes_for(CHUNK_S)))


@dataclass(slots=True)
class Interruption:
    """One round: when speech began, when the client was told, and what came of the old and the new turn."""

    onset_at: float = 0.0
    told_at: float = 0.0
    stale_sounds: int = 0
    answer: str = ""

    @property
    def told_ms(self) -> float:
        """From the onset to `interrupted`."""
        return 1000 * (self.told_at - self.onset_at)


def question() -> tuple[list[AudioChunk], int]:
    """The recording in chunks, and which of them speech begins in."""
    chunks = list(open_audio(QUESTION, 60.0).chunks())
    levels = [level_dbfs(chunk) for chunk in chunks]
    return chunks, next(at for at, level in enumerate(levels) if level > max(levels) - ONSET_BELOW_LOUDEST_DB)


def microphone(chunks: list[AudioChunk], speak: asyncio.Event) -> Iterator[tuple[AudioChunk, int | None]]:
    """Silence, then from `speak` on the question, then silence for ever; each with its place in the question."""
    while not speak.is_set():
        yield SILENCE, None
    yield from zip(chunks, range(len(chunks)), strict=True)
    while True:
        yield SILENCE, None


async def speak(session: LiveSession, begin: asyncio.Event, found: Interruption) -> None:
    """Keep a microphone open in real time."""
    chunks, onset = question()
    pace = Pace(RealTime())
    for chunk, place in microphone(chunks, begin):
        if place == onset:
            found.onset_at = time.monotonic()
        await pace.record(chunk)
        await session.send_audio(chunk)


async def listen(session: LiveSession, begin: asyncio.Event, found: Interruption) -> None:
    """Follow both turns to the end of the new one's generation."""
    async for event in session:
        match event:
            case Sound() if not begin.is_set():
                asyncio.get_running_loop().call_later(SPEAK_AFTER_S, begin.set)
            case Interrupted():
                found.told_at = time.monotonic()
            case Sound() if found.told_at and not found.answer:
                found.stale_sounds += 1
            case Said(text) if found.told_at:
                found.answer += text
            case Generated() if found.told_at:
                return


async def interrupt(url: str) -> Interruption:
    """One round in a session of its own."""
    found, begin = Interruption(), asyncio.Event()
    async with connect(url, setup=SETUP) as session, asyncio.timeout(60):
        await session.send_text(LONG_ANSWER)
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(speak(session, begin, found))
            await listen(session, begin, found)
            speaking.cancel()
    return found


async def measure(rounds: int) -> list[Interruption]:
    """All rounds against one server, after one that is not counted."""
    async with listening(load_settings(server={"port": 0})) as server:
        await interrupt(server.url)
        return [await interrupt(server.url) for _ in range(rounds)]


def main() -> None:
    """Read the flags, measure, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    found = asyncio.run(measure(parser.parse_args().rounds))
    times = sorted(one.told_ms for one in found)
    print(f"onset of speech to interrupted, {len(found)} rounds: median {statistics.median(times):.0f} ms,")  # noqa: T201
    print(f"from {times[0]:.0f} to {times[-1]:.0f} ms; {sum(one.stale_sounds for one in found)} stale sounds;")  # noqa: T201
    print(f"new answers: {sorted({one.answer for one in found})}")  # noqa: T201
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
