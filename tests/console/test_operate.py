"""The operator's page in Chromium: he enters, sees who is connected, and sends them away."""

import re

import pytest
from playwright.async_api import expect

from antiphon.engines.effort import Effort
from antiphon.engines.registry import Engines
from antiphon.server.listen import listening
from tests.console.conftest import Visit, visit
from tests.console.test_page import AXE, connected
from tests.runtime.stage import scripted
from tests.server.conftest import clock, server, store

__all__ = ["clock", "server", "store"]


async def opened(browser, server, **options) -> Visit:
    """The page before the key is given."""
    seen = await visit(browser, server.url, **options)
    await seen.page.get_by_role("link", name="Operate").click()
    await seen.page.get_by_role("button", name="Enter").wait_for()
    return seen


async def entered(browser, server, **options) -> Visit:
    """... and after it."""
    seen = await opened(browser, server, **options)
    await give(seen, server.operator_file.read_text())
    await seen.page.get_by_role("button", name="Drain all").wait_for()
    return seen


async def give(seen: Visit, key: str) -> None:
    await seen.page.get_by_label("The operator's key").fill(key)
    await seen.press("Enter")


async def focused(seen: Visit) -> str:
    """The name of the button that has the focus."""
    return await seen.page.evaluate("() => document.activeElement.ariaLabel ?? document.activeElement.innerText")


async def test_a_session_of_another_page_is_seen_and_ended(browser, server):
    talking, seen = await connected(browser, server), await entered(browser, server)
    row = seen.page.locator("tbody tr")
    await row.get_by_text("listening").wait_for()
    told = await row.locator("th, td").all_inner_texts()
    assert re.fullmatch(r"[0-9a-f]{8}", told[0])
    assert told[1:4] == ["none", "Developer", "listening"]
    assert re.fullmatch(r"\d+ s", told[4])
    assert (told[5], told[6], bool(re.fullmatch(r"\d+ ms", told[7]))) == ("1", "0.0 %", True)
    await seen.press(f"End {told[0]}")
    await seen.press("End it")
    await seen.page.get_by_role("status").get_by_text(f"{told[0]} was ended.").wait_for()
    await talking.shows(
        "() => [...antiphon.conversation.timeline.marks].filter((m) => m.text === 'connected').length === 2"
    )
    # It goes on by its handle, as another connection.
    await seen.shows("(id) => ![null, id].includes(document.querySelector('tbody th')?.innerText ?? null)", told[0])
    assert seen.errors == [error for error in seen.errors if "401" in error], "before the key was given"


async def test_a_server_is_drained_and_opened_again(browser, server):
    seen = await entered(browser, server)
    await seen.page.get_by_text("Nobody is connected.").wait_for()
    assert await seen.page.get_by_role("button", name="Let in again").is_disabled()
    await seen.press("Drain all")
    await seen.press("Drain them all")
    await seen.page.get_by_role("heading", name="nobody new is let in").wait_for()
    refused = await visit(browser, server.url)
    await refused.write("hello")
    await refused.shows("() => !document.querySelector('.phase.open')")
    await seen.press("Let in again")
    await seen.page.get_by_role("heading", name="Sessions", exact=True).wait_for()
    await connected(browser, server)


async def test_the_load_of_a_session_and_every_queue_are_shown(browser, server, monkeypatch):
    monkeypatch.setattr(Effort, "load", lambda _: 0.125)
    monkeypatch.setattr(Engines, "queues", lambda _: {"silero": 2, "whisper": 0, "llama": 7})
    await connected(browser, server)
    seen = await entered(browser, server)
    await seen.page.get_by_role("cell", name="13 %", exact=True).wait_for()
    await seen.page.get_by_role("columnheader", name="Load").wait_for()
    figures = await seen.page.locator("dl div").all_inner_texts()
    waiting = dict(figure.split("\n") for figure in figures if "waiting" in figure)
    assert waiting == {"waiting for silero": "2", "waiting for whisper": "0", "waiting for llama": "7"}


async def test_what_cannot_be_undone_is_asked_back_and_nothing_is_done_until_then(browser, server):
    await connected(browser, server)
    seen = await entered(browser, server)
    session = await seen.page.locator("tbody th").inner_text()
    for button, asked in ((f"End {session}", f"End {session}?"), ("Drain all", "Drain all?")):
        for answer in ("Keep", None):
            await seen.press(button)
            dialog = seen.page.get_by_role("alertdialog", name=asked, exact=True)
            await dialog.wait_for()
            assert await focused(seen) == "Keep", "Enter twice does no harm"
            await expect(dialog).to_have_accessible_description(re.compile("client"))
            await (seen.press(answer) if answer else seen.page.keyboard.press("Escape"))
            await dialog.wait_for(state="detached")
            assert await focused(seen) == button
    assert await seen.page.locator("tbody td").nth(2).inner_text() == "listening"
    assert await seen.page.get_by_role("button", name="Let in again").is_disabled()
    assert not [url for url in seen.asked if url.endswith("/end") or "/drain" in url]


async def test_a_question_is_answered_with_the_keyboard_alone(browser, server):
    await connected(browser, server)
    seen = await entered(browser, server)
    session = await seen.page.locator("tbody th").inner_text()
    await seen.page.get_by_role("button", name=f"End {session}").focus()
    await seen.page.keyboard.press("Enter")
    await seen.page.get_by_role("alertdialog").wait_for()
    reached = []
    while len(reached) < 6 or reached[-1] != "End it":
        assert len(reached) < 12
        await seen.page.keyboard.press("Tab")
        reached.append(await focused(seen))
    assert "Drain all" not in reached, "what is behind cannot be reached"
    await seen.page.keyboard.press("Enter")
    await seen.page.get_by_role("status").get_by_text(f"{session} was ended.").wait_for()


async def test_a_wrong_key_is_told_so_and_the_right_one_is_kept_nowhere(browser, server):
    seen = await opened(browser, server)
    await give(seen, "no such key")
    await seen.page.get_by_role("alert").get_by_text("not valid").wait_for()
    key = server.operator_file.read_text().strip()
    await give(seen, key)
    await seen.page.get_by_role("button", name="Drain all").wait_for()
    assert await seen.page.get_by_role("alert").inner_text() == ""
    kept = "() => JSON.stringify([location.href, document.cookie, {...sessionStorage}, {...localStorage}])"
    assert await seen.page.evaluate(kept) == f'["{seen.page.url}","",{{}},{{}}]'
    assert key not in "".join(seen.asked)
    await seen.page.reload()
    await seen.page.get_by_role("button", name="Drain all").wait_for()
    await seen.press("Leave")
    await seen.page.get_by_label("The operator's key").wait_for()
    assert await seen.page.get_by_role("alert").inner_text() == ""


async def test_another_server_of_the_host_leaves_the_entry_alone(browser, server):
    seen = await entered(browser, server)
    async with listening(scripted(server={"port": 0})) as other:
        await seen.page.goto(f"http://127.0.0.1:{other.port}/operate")
        await give(seen, other.operator_file.read_text())
        await seen.page.get_by_role("button", name="Drain all").wait_for()
        await seen.page.goto(f"http://127.0.0.1:{server.port}/operate")
        await seen.page.get_by_role("button", name="Drain all").wait_for()


async def test_an_entry_that_ends_asks_for_the_key_again(browser, server, clock):
    await connected(browser, server)
    seen = await entered(browser, server)
    await seen.press("Drain all")
    await seen.page.get_by_role("alertdialog").wait_for()
    clock.now += 43_200
    await seen.page.get_by_role("alert").get_by_text("Your entry has ended").wait_for()
    await seen.page.get_by_label("The operator's key").wait_for()
    assert await seen.page.get_by_role("alertdialog").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.skipif(not AXE.exists(), reason="axe comes with the page's own packages")
async def test_everybody_can_use_it(browser, server, scheme, width):
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    await connected(browser, server)
    shut = await opened(browser, server, **look)
    await give(shut, "no such key")
    await shut.page.get_by_role("alert").get_by_text("not valid").wait_for()
    inside = await entered(browser, server, **look)
    await inside.page.locator("tbody tr").wait_for()
    asked = await entered(browser, server, **look)
    await asked.press("Drain all")
    await asked.page.get_by_role("alertdialog").wait_for()
    for seen in (shut, inside, asked):
        await seen.page.evaluate(AXE.read_text())
        found = await seen.page.evaluate("() => axe.run()")
        serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
        assert [(each["id"], [node["html"][:90] for node in each["nodes"]]) for each in serious] == []
        assert await seen.page.evaluate("() => document.body.scrollWidth <= innerWidth")


async def test_it_is_used_with_the_keyboard_alone(browser, server):
    await connected(browser, server)
    seen = await entered(browser, server)
    await seen.page.locator("tbody tr").wait_for()
    session = await seen.page.locator("tbody th").inner_text()
    reached = []
    await seen.page.evaluate("() => document.activeElement?.blur()")
    while f"Drain {session}" not in reached:
        assert len(reached) < 20
        await seen.page.keyboard.press("Tab")
        reached.append(await seen.page.evaluate("() => document.activeElement.ariaLabel ?? ''"))
    await seen.page.keyboard.press("Enter")
    await seen.page.get_by_role("status").get_by_text(f"{session} was asked to go").wait_for()
