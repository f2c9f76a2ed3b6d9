"""The programs the page shows, copied off it and run as they stand."""

import sys
from pathlib import Path

from tests.clients.conftest import HERE, run
from tests.clients.test_foreign import needs_node
from tests.clients.test_run import antiphon_run
from tests.console.conftest import visit
from tests.server.conftest import clock, server

__all__ = ["clock", "server"]


async def shown(browser, server, kind: str) -> str:
    """The program of one kind, for a set-up with all there is on the form."""
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Set-up").click()
    await seen.page.get_by_label("System instruction").fill('Say "true" or null.')
    await seen.page.get_by_label("Functions, as JSON").fill('[{"name": "open_door", "description": "Opens it"}]')
    await seen.page.get_by_label("Voice", exact=True).fill("Puck")
    await seen.page.get_by_label("Silence that ends speech, ms").fill("400")
    for choice in ("Offer get_time", "Speaking interrupts", "Forget the oldest"):
        await seen.page.get_by_label(choice).click()
    await seen.press(kind)
    return await seen.page.locator(".code pre").inner_text()


async def test_python(browser, server, tmp_path):
    script = tmp_path / "this.py"
    script.write_text(await shown(browser, server, "Python"))
    assert "Hello" in await antiphon_run(sys.executable, script)


@needs_node
async def test_javascript(browser, server, tmp_path):
    script = tmp_path / "this.mjs"
    script.write_text(await shown(browser, server, "JavaScript"))
    (tmp_path / "node_modules").symlink_to(HERE / "node" / "node_modules")
    assert "Hello" in await antiphon_run("node", script)


async def test_antiphon(browser, server, tmp_path: Path):
    script = tmp_path / "this.py"
    script.write_text(await shown(browser, server, "antiphon"))
    assert "Hello" in await run(sys.executable, script)
