"""What the console costs a browser while somebody talks: time of a frame, and memory, minute by minute.

Chromium, headless and drawing in software, has a recorded question for a microphone, over and over; the engines are
scripted, so that the browser has the machine to itself. A frame is what the page does in one
`requestAnimationFrame`; how often frames come is told beside it.

    .venv/bin/python -m benchmarks.console_frames [--minutes 10] [--json]
"""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import TypedDict

from playwright.async_api import CDPSession, Page
from rich.console import Console
from rich.progress import track
from rich.table import Table
from tests.console.conftest import chromium, microphone, visit

from antiphon.config import EngineNames, load_settings
from antiphon.server.listen import listening

QUESTION = Path(__file__).parent.parent / "tests" / "data" / "questions" / "01.wav"
MINUTE_S = 60.0
FRAMES = """
globalThis.frameMs = [];
const request = globalThis.requestAnimationFrame;
globalThis.requestAnimationFrame = (work) => request((at) => {
  const began = performance.now();
  work(at);
  globalThis.frameMs.push(performance.now() - began);
});
"""


class Minute(TypedDict):
    """What one minute was like."""

    frame_p50_ms: float
    frame_p95_ms: float
    frames_per_s: float
    heap_mib: float
    turns: int


async def measured(minutes: int) -> list[Minute]:
    """Talk for so long."""
    settings = load_settings(server={"port": 0}, engines=EngineNames.scripted())
    with tempfile.TemporaryDirectory() as folder:
        sound = microphone(Path(folder) / "microphone.wav", [QUESTION], end_s=2.0)
        async with listening(settings) as server, chromium(sound) as browser:
            seen = await visit(browser, server.url, scripts=[FRAMES])
            session = await seen.page.context.new_cdp_session(seen.page)
            await seen.press("Talk")
            return [await _minute(seen.page, session) for _ in track(range(minutes), console=Console(stderr=True))]


async def _minute(page: Page, session: CDPSession) -> Minute:
    await page.evaluate("() => { globalThis.frameMs = []; }")
    await asyncio.sleep(MINUTE_S)
    frames = await page.evaluate("() => globalThis.frameMs")
    await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    percent = quantiles(frames, n=100)
    return Minute(
        frame_p50_ms=percent[49],
        frame_p95_ms=percent[94],
        frames_per_s=len(frames) / MINUTE_S,
        heap_mib=heap["usedSize"] / 2**20,
        turns=await page.evaluate("() => document.querySelectorAll('.transcript li.model').length"),
    )


def main() -> None:
    """Measure and tell."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=int, default=10, help="how long to talk (10)")
    options.add_argument("--json", action="store_true", help="JSON instead of a table")
    asked = options.parse_args()
    minutes = asyncio.run(measured(asked.minutes))
    if asked.json:
        print(json.dumps(minutes, indent=2))  # noqa: T201 - the result
        return
    table = Table("minute", "frame, median", "frame, p95", "frames/s", "heap", "answers")
    for number, minute in enumerate(minutes, 1):
        frame = (f"{minute[name]:.1f} ms" for name in ("frame_p50_ms", "frame_p95_ms"))
        rest = (f"{minute['frames_per_s']:.0f}", f"{minute['heap_mib']:.1f} MiB", str(minute["turns"]))
        table.add_row(str(number), *frame, *rest)
    Console().print(table)


if __name__ == "__main__":
    main()
