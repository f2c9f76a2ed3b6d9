"""The page in Chromium against a server with scripted engines: what a user does, and what a tester breaks."""

import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from antiphon.recording.reader import read_recording
from antiphon.recording.telling import timeline_of
from tests.console.conftest import visit
from tests.server.conftest import clock, server, store

__all__ = ["clock", "server", "store"]

AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> \u202eevil\u202c \u0007\u001b[31mred"


async def connected(browser, server, **options):
    """A page that has written one message and has the answer."""
    seen = await visit(browser, server.url, **options)
    await seen.write("hello")
    await seen.shows("() => document.querySelector('.transcript li.model:not(.open)')")
    return seen


async def test_a_written_message_is_answered_and_heard(browser, server):
    seen = await connected(browser, server)
    assert await seen.said("user") == ["hello"]
    assert "".join(await seen.said("model"))
    assert any(mark["kind"] == "complete" for mark in await seen.marks())
    assert seen.errors == []


async def test_nothing_is_asked_of_another_host(browser, server):
    seen = await connected(browser, server)
    assert {urlsplit(url).netloc for url in seen.asked} == {urlsplit(server.url).netloc}


async def test_speaking_is_heard(browser, server):
    seen = await visit(browser, server.url)
    await seen.press("Talk")  # Chromium's own microphone beeps
    await seen.shows("() => antiphon.conversation.timeline.user.range(0, antiphon.conversation.now())[1] > 0")
    await seen.press("Stop talking")
    await seen.shows("() => document.querySelector('.talk').ariaPressed === 'false'")
    assert seen.errors == []


@pytest.mark.parametrize("server", [{"server": {"tls": True}}], indirect=True)
async def test_it_talks_over_tls(browser, server):
    seen = await connected(browser, server, ignore_https_errors=True)
    await seen.press("Talk")
    await seen.shows("() => antiphon.conversation.timeline.user.range(0, antiphon.conversation.now())[1] > 0")
    assert {urlsplit(url).scheme for url in seen.asked} == {"https", "wss"}


async def test_a_lost_socket_heals_and_the_session_goes_on(browser, server):
    seen = await connected(browser, server)
    await seen.page.get_by_text("Break").click()
    await seen.press("Drop the socket")
    await seen.shows("() => document.querySelector('.phase.open')")
    await seen.write("and now?")
    await seen.shows("() => document.querySelectorAll('.transcript li.model:not(.open)').length === 2")
    texts = [mark["text"] for mark in await seen.marks() if mark["kind"] in ("connection", "trouble")]
    assert texts == ["connected", "the connection was dropped here", "connected"]


async def test_a_server_that_wants_to_go_is_left_and_found_again(browser, server):
    seen = await connected(browser, server)
    await seen.page.get_by_text("Break").click()
    await seen.press("Ask for goAway")
    await seen.shows(
        "() => [...antiphon.conversation.timeline.marks].filter((m) => m.text === 'connected').length === 2"
    )
    await seen.shows("() => document.querySelector('.phase.open')")


async def test_a_reload_goes_on_with_the_session(browser, server):
    seen = await connected(browser, server)
    first = await seen.page.evaluate("() => sessionStorage.getItem('antiphon-session')")
    assert "handle" in first
    await seen.page.reload()
    await seen.shows("() => document.querySelector('.phase.open')")
    await seen.page.get_by_text("Messages").click()
    await seen.page.locator(".frames li", has_text=re.compile(r'"sessionResumption": {\s*"handle"')).wait_for()
    assert seen.errors == []


async def test_a_token_that_ends_says_so(browser, server, clock):
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Break").click()
    await seen.press("New session on a token of 20 s")
    await seen.shows("() => document.querySelector('.phase.open')")
    clock.now += 30
    await seen.write("hello")
    await seen.page.locator(".transcript li.note", has_text="expired").wait_for()


async def test_a_slow_network_makes_the_answer_late(browser, server):
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Break").click()
    await seen.page.get_by_label("Delay each way, ms").fill("300")
    await seen.write("hello")
    await seen.shows("() => document.querySelector('.transcript li.model:not(.open)')")
    connected, *_, complete = await seen.marks()
    assert connected["at"] > 0.6, "the setup and its answer"
    assert complete["at"] - connected["at"] > 0.6


@pytest.mark.parametrize("server", [{"limits": {"reply_lead_s_max": 30.0}}], indirect=True)
async def test_an_interruption_is_silent_at_once(browser, server):
    seen = await visit(browser, server.url)
    await seen.write("count to 200")
    await seen.shows("() => globalThis.played.some(({ samples }) => samples.some((sample) => Math.abs(sample) > 0.05))")
    await seen.write("silence")  # to which nothing is said
    await seen.shows("() => [...antiphon.conversation.timeline.marks].some(({ kind }) => kind === 'interrupted')")
    silent_ms = await seen.page.evaluate("""async () => {
      const { timeline } = antiphon.conversation;
      const { at } = [...timeline.marks].find(({ kind }) => kind === "interrupted");
      const told = 1000 * (timeline.began + at);
      const loud = ({ samples }) => samples.some((sample) => Math.abs(sample) > 0.01);
      while (performance.now() < told + 300) await new Promise(requestAnimationFrame);
      const quietFrom = globalThis.played.find((piece) => piece.at > told && !loud(piece));
      return quietFrom.at - told;
    }""")
    assert silent_ms < 100


async def test_a_hostile_text_is_shown_as_text(browser, server):
    seen = await visit(browser, server.url)
    await seen.write(HOSTILE)
    await seen.shows("() => document.querySelector('.transcript li.model')")
    shown = (await seen.said("user"))[0]
    assert shown == "<img src=x onerror=alert(1)><script>alert(2)</script> evil [31mred"
    assert await seen.page.locator(".transcript img, .transcript script").count() == 0
    await seen.write("x" * 1_000_000)
    await seen.shows("() => document.body.innerText.includes('more characters')")
    assert await seen.page.evaluate("() => document.body.scrollWidth <= innerWidth")
    assert seen.errors == []


async def test_functions_are_checked_and_shown_as_code(browser, server):
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Set-up").click()
    await seen.page.get_by_label("Functions, as JSON").fill('[{"name": "no name"}]')
    await seen.page.get_by_role("alert").get_by_text("tools[0].name").wait_for()
    await seen.page.get_by_label("Functions, as JSON").fill('[{"name": "open_door"}]')
    await seen.press("Python")
    assert '"open_door"' in await seen.page.locator(".code pre").inner_text()


async def test_what_is_no_time_is_not_sent(browser, server):
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Set-up").click()
    await seen.page.get_by_label("Silence that ends speech, ms").fill("soon")
    await seen.page.get_by_role("alert").get_by_text("a whole number").wait_for()
    await seen.write("hello")
    await seen.page.locator(".transcript li.note", has_text="soon: a whole number").wait_for()
    assert not any("BidiGenerateContent" in url for url in seen.asked)
    await seen.page.get_by_label("No voice detection").check()
    await seen.page.get_by_role("alert").get_by_text("a whole number").wait_for(state="detached")


async def test_a_session_that_is_not_to_be_resumed_ends_with_its_socket(browser, server):
    seen = await visit(browser, server.url)
    await seen.page.get_by_text("Set-up").click()
    await seen.page.get_by_label("Resume when the connection is lost").uncheck()
    assert "sessionResumption" not in await seen.page.locator(".code pre").inner_text()
    await seen.write("hello")
    await seen.shows("() => document.querySelector('.transcript li.model:not(.open)')")
    await seen.page.get_by_text("Break").click()
    await seen.press("Drop the socket")
    await seen.page.get_by_role("status").get_by_text("not connected").wait_for()


async def test_a_server_that_refuses_says_why(browser, server, store):
    secret = await store.keys.add("somebody")
    seen = await visit(browser, server.url)
    await seen.write("hello")
    await seen.page.locator(".transcript li.note", has_text="unregistered callers").wait_for()
    await seen.page.get_by_text("Key", exact=True).click()
    await seen.page.get_by_label("API key").fill(secret)
    await seen.write("hello again")
    await seen.shows("() => document.querySelector('.transcript li.model:not(.open)')")
    kept = await seen.page.evaluate("() => JSON.stringify([location.href, {...sessionStorage}, {...localStorage}])")
    assert secret not in kept


async def serious(seen):
    """What axe finds that keeps somebody out."""
    await seen.page.evaluate(AXE.read_text())
    found = await seen.page.evaluate("() => axe.run()")
    bad = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    return [(each["id"], [node["html"][:90] for node in each["nodes"]]) for each in bad]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.skipif(not AXE.exists(), reason="axe comes with the page's own packages")
async def test_everybody_can_use_it(browser, server, scheme, width):
    seen = await connected(browser, server, color_scheme=scheme, viewport={"width": width, "height": 844})
    for panel in await seen.page.locator("summary").all():
        await panel.click()
    assert await serious(seen) == []
    assert await seen.page.evaluate("() => document.body.scrollWidth <= innerWidth")


async def test_a_session_is_kept_as_replay_reads_it(browser, server, tmp_path):
    seen = await connected(browser, server)
    await seen.press("Talk")
    await seen.shows("() => antiphon.conversation.timeline.user.range(0, antiphon.conversation.now())[1] > 0")
    await seen.page.get_by_text("Keep", exact=True).click()
    async with seen.page.expect_download() as download:
        await seen.press("Download this session")
    with zipfile.ZipFile(await (await download.value).path()) as kept:
        kept.extractall(tmp_path)
    timeline = timeline_of(read_recording(tmp_path / "talk.jsonl"))
    assert [words.text for words in timeline.wrote] == ["hello"]
    assert [words.text for words in timeline.said] == await seen.said("model")
    assert timeline.user_sound
    assert timeline.model_sound
