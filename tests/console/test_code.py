"""The programs the page shows, copied off it and run as they stand; each asks the server for all that the form says."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from antiphon.recording.reader import read_recording
from antiphon.wire.content import Content
from antiphon.wire.setup import Setup
from tests.clients.conftest import HERE, run
from tests.clients.test_foreign import needs_node
from tests.clients.test_run import antiphon_run
from tests.console.conftest import visit
from tests.server.conftest import clock, server

__all__ = ["clock", "server"]

INSTRUCTION = 'Say "true" or null.'


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the server of the test, and that of `antiphon run`, keep what it is sent."""
    monkeypatch.setenv("ANTIPHON_SERVER__RECORD", str(tmp_path / "talk.jsonl"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A program of the page, and the setup it is to send, from its first pane."""

    program: str
    setup: Setup


async def shown(browser, server, kind: str) -> Shown:
    """The program of one kind, for a set-up with all there is on the form."""
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Set-up").click()
    await seen.page.get_by_label("System instruction").fill(INSTRUCTION)
    await seen.page.get_by_label("Functions, as JSON").fill('[{"name": "open_door", "description": "Opens it"}]')
    await seen.page.get_by_label("Voice", exact=True).fill("Puck")
    await seen.page.get_by_label("Language").fill("en-US")
    await seen.page.get_by_label("Speech is found").select_option("readily")
    await seen.page.get_by_label("Its end is found").select_option("with caution")
    await seen.page.get_by_label("Sound that counts as speech, ms").fill("120")
    await seen.page.get_by_label("Silence that ends speech, ms").fill("400")
    await seen.page.get_by_label("Your turn is").select_option("all that is heard")
    for choice in ("Offer get_time", "Speaking interrupts", "Forget the oldest"):
        await seen.page.get_by_label(choice).click()
    assert await seen.page.get_by_label("Resume when the connection is lost").is_checked()
    pane = seen.page.locator(".code pre")
    setup = msgspec.convert(json.loads(await pane.inner_text())["setup"], Setup)
    await seen.press(kind)
    return Shown(await pane.inner_text(), setup)


def sent(folder: Path) -> Setup:
    """What the program asked for, as its server kept it."""
    (recording,) = folder.glob("talk-*.jsonl")
    first = next(message for _, message in read_recording(recording).client_messages())
    assert first.setup is not None
    return first.setup


def assert_same(asked: Setup, wanted: Setup) -> None:
    """The same but for what clients add: Google's a role for the instruction, ours a wish to be told of speech."""
    assert words(asked.system_instruction) == words(wanted.system_instruction) == INSTRUCTION
    added = {"system_instruction": None, "explicit_vad_signal": False}
    assert msgspec.structs.replace(asked, **added) == msgspec.structs.replace(wanted, **added)


def words(content: Content | None) -> str:
    return "".join(part.text or "" for part in content.parts) if content else ""


async def test_python(browser, server, tmp_path):
    script, page = tmp_path / "this.py", await shown(browser, server, "Python")
    script.write_text(page.program)
    assert "Hello" in await antiphon_run(sys.executable, script)
    assert_same(sent(tmp_path), page.setup)


@needs_node
async def test_javascript(browser, server, tmp_path):
    script, page = tmp_path / "this.mjs", await shown(browser, server, "JavaScript")
    script.write_text(page.program)
    (tmp_path / "node_modules").symlink_to(HERE / "node" / "node_modules")
    assert "Hello" in await antiphon_run("node", script)
    assert_same(sent(tmp_path), page.setup)


async def test_antiphon(browser, server, tmp_path):
    script, page = tmp_path / "this.py", await shown(browser, server, "antiphon")
    script.write_text(page.program)
    assert "Hello" in await run(sys.executable, script)
    assert_same(sent(tmp_path), page.setup)
