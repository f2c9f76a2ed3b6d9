"""Takes the pictures in images/: the console in Chromium, a recorded question for a microphone, the embedded engines.

The recorded session is the one the tutorial makes.

.venv/bin/python -m docs.screenshots
"""

import asyncio
import os
import tempfile
from pathlib import Path

from docs.tutorial import executed, notebook
from playwright.async_api import Browser
from rich.console import Console
from tests.console.conftest import Visit, chromium, microphone, visit

from antiphon.config import load_settings
from antiphon.recording.picture import write_page
from antiphon.recording.reader import read_recording
from antiphon.recording.telling import timeline_of
from antiphon.server.listen import Listening, listening

IMAGES = Path(__file__).parent / "images"
QUESTIONS = Path(__file__).parent.parent / "tests" / "data" / "questions"
ASKED = ("01.wav", "04.wav")
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, object]] = {
    "": {"viewport": WIDE, "color_scheme": "dark"},
    "-light": {"viewport": WIDE, "color_scheme": "light"},
    "-phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2},
}
"""What the names of their pictures end in."""

ANSWERS = "(count) => document.querySelectorAll('.transcript li.model:not(.open)').length >= count"


async def main() -> None:
    """Talk, look, and take pictures."""
    with tempfile.TemporaryDirectory() as folder:
        sound = microphone(Path(folder) / "microphone.wav", [QUESTIONS / name for name in ASKED])
        async with listening(load_settings(server={"port": 0})) as server:
            for ending, options in LOOKS.items():
                async with chromium(sound) as browser:
                    seen = await talked(browser, server.url, options)
                    await taken(seen, f"console{ending}")
                    await seen.page.get_by_text("Set-up").click()
                    await seen.press("Python")
                    await taken(seen, f"console-setup{ending}", whole=True)
                    await taken(await operated(browser, server, options), f"console-operate{ending}")
            await recorded(Path(folder), server.url)


async def talked(browser: Browser, url: str, options: dict[str, object]) -> Visit:
    """A page on which all questions were asked and answered."""
    seen = await visit(browser, url, **options)
    await seen.press("Talk")
    await seen.page.wait_for_function(ANSWERS, arg=len(ASKED), timeout=60_000)
    return seen


async def operated(browser: Browser, server: Listening, options: dict[str, object]) -> Visit:
    """The operator's page, while the session is open."""
    assert server.operator_file is not None
    seen = await visit(browser, server.url, **options)
    await seen.page.get_by_role("link", name="Operate").click()
    await seen.page.get_by_label("The operator's key").fill(server.operator_file.read_text().strip())
    await seen.press("Enter")
    await seen.page.locator("tbody tr").first.wait_for()
    return seen


async def recorded(folder: Path, url: str) -> None:
    """The tutorial's session as `antiphon replay --html` shows it: the timeline alone, and the whole page."""
    os.environ |= {"ANTIPHON_URL": url, "TMPDIR": str(folder)}
    if fault := await asyncio.to_thread(executed, notebook()):
        raise SystemExit(fault)
    (session,) = folder.glob("antiphon-*/session.jsonl")  # noqa: ASYNC240 - nobody waits
    write_page(timeline_of(read_recording(session)), folder / "talk.html", "talk.jsonl")
    async with chromium() as browser:
        for name, scheme in {"replay": "light", "replay-dark": "dark"}.items():
            seen = await visit(browser, (folder / "talk.html").as_uri(), place="", viewport=WIDE, color_scheme=scheme)
            await seen.page.locator(".rows li").first.wait_for()
            await taken(seen, name, whole=True)
            if scheme == "light":
                await seen.page.locator("canvas").screenshot(path=IMAGES / "timeline.png")


async def taken(seen: Visit, name: str, *, whole: bool = False) -> None:
    """Keep what is seen."""
    await seen.page.screenshot(path=IMAGES / f"{name}.png", full_page=whole)
    Console(stderr=True).print(f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main())
