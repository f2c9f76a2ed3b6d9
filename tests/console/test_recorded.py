"""A recorded session in Chromium: the page `antiphon replay --html` writes, and the same view in the console."""

import asyncio
from pathlib import Path

import pytest

from antiphon.recording.picture import fragment, write_page
from antiphon.recording.timeline import Timeline
from tests.console.conftest import WAIT_S, Visit, visit
from tests.console.test_page import AXE, connected, serious
from tests.recording.sample import HOSTILE, asked_and_answered, hostile
from tests.recording.test_archive import LINES
from tests.server.conftest import clock, server, store

__all__ = ["clock", "server", "store"]

PAINTED = """() => {
  const canvas = document.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""
"""How many colours there are in the picture."""


async def opened(browser, folder: Path, timeline: Timeline, title: str = "talk.jsonl", **options) -> Visit:
    """The page of a session, from a file."""
    write_page(timeline, folder / "talk.html", title)
    seen = await visit(browser, (folder / "talk.html").as_uri(), place="", **options)
    await seen.page.locator(".rows li").first.wait_for()
    return seen


async def test_a_page_shows_what_was_said_and_when(browser, tmp_path):
    seen = await opened(browser, tmp_path, asked_and_answered().timeline())
    assert await seen.page.locator(".rows li bdi").all_inner_texts() == [
        "Where is it?",
        "They are lost.",
        "It is near.",
    ]
    assert await seen.page.evaluate(PAINTED) > 10
    assert await seen.page.locator("dd", has_text="gemini-live").count() == 1
    assert seen.errors == []
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []


async def test_a_click_plays_from_there(browser, tmp_path):
    seen = await opened(browser, tmp_path, asked_and_answered().timeline())
    await seen.shows("() => document.querySelector('audio').readyState > 0")
    await seen.page.get_by_role("button", name="Go to 0:01.5").first.click()
    await seen.shows("() => Math.abs(document.querySelector('audio').currentTime - 1.5) < 0.1")
    box = await seen.page.locator("canvas").bounding_box()
    await seen.page.mouse.click(box["x"] + box["width"] - 2, box["y"] + 60)
    await seen.shows("() => document.querySelector('audio').currentTime > 3")


async def test_words_tell_more_when_they_are_pointed_at(browser, tmp_path):
    seen = await opened(browser, tmp_path, asked_and_answered().timeline())
    box = await seen.page.locator("canvas").bounding_box()
    tips = set()
    for y in range(60, round(box["height"]), 8):
        await seen.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + y)
        tips |= set(await seen.page.locator(".tip").all_inner_texts())
    assert any("It is near." in tip and "said" in tip for tip in tips)


async def test_a_hostile_recording_is_text(browser, tmp_path):
    seen = await opened(browser, tmp_path, hostile().timeline(), HOSTILE)
    texts = await seen.page.locator(".rows li bdi").all_inner_texts()
    assert texts.count(HOSTILE) == 4
    assert await seen.page.title() == HOSTILE
    assert await seen.page.locator("img").count() == 0
    assert seen.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.skipif(not AXE.exists(), reason="axe comes with the page's own packages")
async def test_everybody_can_read_it(browser, tmp_path, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    seen = await opened(browser, tmp_path, asked_and_answered().timeline(), **options)
    assert await serious(seen) == []
    assert await seen.page.evaluate("() => document.body.scrollWidth <= innerWidth")


async def test_a_notebook_shows_it(browser, tmp_path):
    framed = tmp_path / "notebook.html"
    framed.write_text(f"<!doctype html><meta charset=utf-8>{fragment(asked_and_answered().timeline())}")
    seen = await visit(browser, framed.as_uri(), place="")
    await seen.page.frame_locator("iframe").locator(".rows li", has_text="It is near.").wait_for()
    assert seen.errors == []


async def test_a_downloaded_session_is_opened_again(browser, server, tmp_path):
    seen = await connected(browser, server)
    said = await seen.said("model")
    await seen.page.get_by_text("Keep", exact=True).click()
    async with seen.page.expect_download() as download:
        await seen.press("Download this session")
    await (await download.value).save_as(tmp_path / "talk.zip")
    await seen.page.get_by_label("Open a recording").set_input_files(tmp_path / "talk.zip")
    await seen.page.locator(".rows li.model").first.wait_for()
    assert await seen.page.locator(".rows li.model bdi").all_inner_texts() == said
    assert await seen.page.locator("h2", has_text="talk.zip").count() == 1
    await seen.shows("() => document.querySelector('audio').duration > 0")
    await seen.press("Close the recording")
    assert await seen.said("model") == said
    assert seen.errors == []


async def test_who_talks_can_stop_while_a_recording_is_open(browser, server, tmp_path):
    seen = await visit(browser, server.url)
    await seen.press("Talk")
    await seen.shows("() => document.querySelector('.talk').ariaPressed === 'true'")
    (tmp_path / "talk.jsonl").write_bytes(LINES)
    await seen.page.get_by_text("Keep", exact=True).click()
    await seen.page.get_by_label("Open a recording").set_input_files(tmp_path / "talk.jsonl")
    await seen.page.locator("h2", has_text="talk.jsonl").wait_for()
    await seen.press("Stop talking")
    await seen.shows("() => document.querySelector('.talk').ariaPressed === 'false'")
    await seen.press("Close the recording")
    await seen.press("Talk")
    await seen.shows("() => document.querySelector('.talk').ariaPressed === 'true'")


async def test_loose_files_are_opened_and_others_told_why(browser, server, tmp_path):
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Keep", exact=True).click()
    choose = seen.page.get_by_label("Open a recording")
    (tmp_path / "talk.zip").write_bytes(b"nonsense")
    await choose.set_input_files(tmp_path / "talk.zip")
    await seen.page.get_by_role("status").filter(has_text="no ZIP file of a recording").wait_for()
    (tmp_path / "talk.jsonl").write_bytes(LINES)
    await choose.set_input_files(tmp_path / "talk.jsonl")
    await seen.page.locator("h2", has_text="talk.jsonl").wait_for()


async def test_another_recording_is_looked_at_from_its_beginning(browser, server, tmp_path):
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Keep", exact=True).click()
    choose = seen.page.get_by_label("Open a recording")
    later = b'{"at":%d,"from":"client","message":{"realtimeInput":{"text":"hello"}}}\n'
    for name, seconds in (("long", 600), ("short", 5)):
        (tmp_path / f"{name}.jsonl").write_bytes(LINES + later % seconds)
        await choose.set_input_files(tmp_path / f"{name}.jsonl")
        await seen.page.locator("h2", has_text=f"{name}.jsonl").wait_for()
    box = await seen.page.locator("canvas").bounding_box()
    tip = seen.page.locator(".tip", has_text="hello")
    end = box["x"] + box["width"]  # where what was written stands when all of it is seen
    async with asyncio.timeout(WAIT_S):
        while not await tip.count():
            for x in range(round(end - 100), round(end), 5):
                await seen.page.mouse.move(x, box["y"] + 106)
                if await tip.count():
                    break
