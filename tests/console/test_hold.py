"""Hold to talk, and mute, in Chromium: what the server is told when, however the button is held and let go."""

import asyncio
import json
from contextlib import suppress
from itertools import groupby

import pytest
import soundfile

from antiphon.audio.pcm import HEARING, AudioChunk
from tests.console.conftest import WAIT_S, Visit, visit
from tests.console.test_page import AXE
from tests.server.conftest import clock, server, tone

__all__ = ["clock", "server"]

DECLARED = ["activityStart", "audio", "activityEnd"]
"""What one speech is to a server that does not listen for it."""

TALKING = "() => document.querySelector('.talk').ariaPressed === 'true'"
QUIET = "() => document.querySelector('.talk').ariaPressed === 'false'"
ANSWERS = "(count) => document.querySelectorAll('.transcript li.model:not(.open)').length === count"

ENOUGH = """(from) => {
  const { timeline } = antiphon.conversation;
  let loud = 0;
  for (let at = from; at < antiphon.conversation.now(); at += 0.02) loud += timeline.user.range(at, at + 0.02)[1] > 0;
  return loud * 0.02 >= 0.2;
}"""
"""Whether the user was loud for 0.2 s since a moment; Chromium's own microphone beeps, with pauses."""

MICROPHONE = """
const media = navigator.mediaDevices;
const open = media.getUserMedia.bind(media);
globalThis.opened = [];
media.getUserMedia = async (wanted) => {
  await globalThis.allowed;
  const stream = await open(wanted);
  globalThis.opened.push(stream);
  return stream;
};
"""
"""Counts how often the microphone was opened, and opens it when it is `allowed`."""


class Sent:
    """What the page sends of the user, one name for many chunks of sound in a row."""

    def __init__(self, seen: Visit) -> None:
        self.messages: list[dict[str, object]] = []
        self._came = asyncio.Event()
        seen.page.on("websocket", lambda socket: socket.on("framesent", self._take))

    def _take(self, frame: str | bytes) -> None:
        self.messages.append(json.loads(frame))
        self._came.set()

    @property
    def inputs(self) -> list[str]:
        names = [name for message in self.messages for name in message.get("realtimeInput", ())]
        return [name for name, _ in groupby(names)]

    async def becomes(self, inputs: list[str]) -> None:
        """Wait for the last of them: the browser tells of what was sent when it finds the time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                while len(self.inputs) < len(inputs):
                    self._came.clear()
                    await self._came.wait()
        assert self.inputs == inputs


async def opened(browser, server, *, holds: bool = True, **options: object) -> tuple[Visit, Sent]:
    seen = await visit(browser, server.url, scripts=(MICROPHONE,), **options)
    sent = Sent(seen)
    if holds:
        await seen.page.get_by_text("Hold to talk", exact=True).click()
    return seen, sent


async def heard(seen: Visit) -> None:
    """Wait until enough of the user's voice went out in this hold: to less the server says NEED_MORE_INPUT."""
    await seen.shows(TALKING)
    await seen.shows(ENOUGH, await seen.page.evaluate("() => antiphon.conversation.now()"))


async def pointed(seen: Visit) -> None:
    """Press the button with the mouse, and leave it pressed."""
    await seen.page.locator(".talk").hover()
    await seen.page.mouse.down()


async def test_a_button_that_is_held_speaks(browser, server):
    seen, sent = await opened(browser, server)
    for count in (1, 2):
        await pointed(seen)
        await heard(seen)
        await seen.page.mouse.up()
        await seen.shows(ANSWERS, count)  # to which the microphone listens for seconds, and nothing is sent
    await sent.becomes(DECLARED * 2)
    assert await seen.page.evaluate("() => opened.length") == 1
    assert seen.errors == []


async def test_it_may_be_let_go_beside_the_button(browser, server):
    seen, sent = await opened(browser, server)
    await pointed(seen)
    await heard(seen)
    await seen.page.mouse.move(5, 5)
    await seen.page.mouse.up()
    await seen.shows(QUIET)
    await sent.becomes(DECLARED)


@pytest.mark.parametrize("key", ["Space", "Enter"])
async def test_so_do_keys_on_the_button(browser, server, key):
    seen, sent = await opened(browser, server)
    await seen.page.get_by_role("button", name="Hold and speak").focus()
    await seen.page.keyboard.down(key)
    await heard(seen)
    await seen.page.keyboard.down(key)  # the keyboard's own repetition
    await seen.page.keyboard.up(key)
    await seen.shows(QUIET)
    await seen.shows(ANSWERS, 1)
    await sent.becomes(DECLARED)


async def test_so_does_the_space_bar_where_it_is_of_no_other_use(browser, server):
    seen, sent = await opened(browser, server)
    await seen.page.keyboard.down("Space")  # on the choice
    await heard(seen)
    await seen.page.keyboard.up("Space")
    await seen.shows(QUIET)
    await seen.page.evaluate("() => document.activeElement.blur()")
    await seen.page.keyboard.down("Space")  # on nothing
    await heard(seen)
    await seen.page.keyboard.up("Space")
    await seen.shows(QUIET)
    await sent.becomes(DECLARED * 2)
    await seen.page.get_by_label("A message").press("Space")
    await seen.page.locator("canvas").press("Space")
    await seen.page.get_by_role("button", name="Follow").wait_for()
    assert await seen.page.get_by_label("A message").input_value() == " "
    await sent.becomes(DECLARED * 2)


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param("() => window.dispatchEvent(new Event('blur'))", id="another window"),
        pytest.param("() => document.querySelector('.talk').blur()", id="another place of the page"),
        pytest.param("() => document.dispatchEvent(new Event('visibilitychange'))", id="another tab"),
    ],
)
async def test_what_is_let_go_out_of_sight_is_let_go(browser, server, lost):
    seen, sent = await opened(browser, server)
    await pointed(seen)
    await heard(seen)
    await seen.page.evaluate(lost)
    await seen.shows(QUIET)
    await seen.page.mouse.up()
    await sent.becomes(DECLARED)


async def test_what_was_let_go_before_the_microphone_opened_says_nothing(browser, server):
    seen, sent = await opened(browser, server)
    await seen.page.evaluate("() => { globalThis.allowed = new Promise((allow) => (globalThis.allow = allow)); }")
    await pointed(seen)
    await seen.page.get_by_text("One moment…").wait_for()
    await seen.page.mouse.up()
    await seen.page.evaluate("() => allow()")
    await seen.shows("() => opened.length === 1")
    await pointed(seen)
    await heard(seen)
    await seen.page.mouse.up()
    await seen.shows(QUIET)
    await sent.becomes(DECLARED)  # of the second alone


async def test_who_cannot_hold_presses_twice(browser, server):
    seen, sent = await opened(browser, server)
    button = seen.page.locator(".talk")
    await button.dispatch_event("click")  # as a screen reader does, without pointer or key
    await heard(seen)
    await button.dispatch_event("click")
    await seen.shows(QUIET)
    await sent.becomes(DECLARED)


async def test_a_session_that_listens_is_told_that_the_stream_ended(browser, server):
    seen, sent = await opened(browser, server)
    await seen.page.get_by_text("Set-up").click()
    await seen.page.get_by_label("No voice detection").uncheck()
    await pointed(seen)
    await heard(seen)
    await seen.page.get_by_text("A pause ends your turn, too.").wait_for()
    await seen.page.mouse.up()
    await seen.shows(QUIET)
    await sent.becomes(["audio", "audioStreamEnd"])


async def test_holding_again_cuts_the_answer_off(browser, server):
    seen, _ = await opened(browser, server)
    await seen.write("count to 200")
    await seen.page.locator(".transcript li.model").wait_for()
    await pointed(seen)
    await seen.page.locator(".transcript li.model em", has_text="(interrupted)").wait_for()
    await seen.page.mouse.up()


async def test_mute_keeps_the_session_and_the_microphone(browser, server):
    seen, sent = await opened(browser, server, holds=False)
    assert await seen.page.get_by_role("button", name="Mute").is_disabled()
    await seen.press("Talk")
    await heard(seen)
    await seen.press("Mute")
    await seen.page.get_by_text("nothing of you is heard").wait_for()
    await seen.write("hello")
    await seen.shows("() => document.querySelector('.transcript').innerText.includes('You said: hello')")
    await sent.becomes(["audio", "audioStreamEnd", "text"])
    await seen.press("Mute")
    await heard(seen)
    await seen.press("Stop talking")
    await seen.shows(QUIET)
    await sent.becomes(["audio", "audioStreamEnd", "text", "audio", "audioStreamEnd"])
    assert await seen.page.evaluate("() => opened.length") == 1
    await seen.shows("() => opened[0].getTracks().every(({ readyState }) => readyState === 'ended')")


async def test_another_way_to_talk_ends_what_was_said_in_the_one(browser, server):
    seen, sent = await opened(browser, server)
    await pointed(seen)
    await heard(seen)
    await seen.page.get_by_role("radio", name="Hands-free").dispatch_event("click")  # by a mouse that holds the other
    await seen.page.get_by_text("This session has to be told").wait_for()
    await seen.shows(QUIET)
    await seen.press("Talk")
    await heard(seen)
    await seen.press("Stop talking")
    await seen.shows(QUIET)
    await sent.becomes(DECLARED * 2)


async def test_a_sound_file_is_declared_as_well(browser, server, tmp_path):
    seen, sent = await opened(browser, server)
    soundfile.write(tmp_path / "tone.wav", AudioChunk(tone(440, 600)).int16(), HEARING.rate_hz)
    await seen.page.get_by_label("Send a file").set_input_files(tmp_path / "tone.wav")
    await seen.page.locator(".transcript li.model", has_text="tone 440 hertz").wait_for()
    await seen.shows(ANSWERS, 1)
    await sent.becomes(DECLARED)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.skipif(not AXE.exists(), reason="axe comes with the page's own packages")
async def test_everybody_can_use_it(browser, server, scheme, width):
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    seen, _ = await opened(browser, server, holds=False, **look)
    await seen.page.evaluate(AXE.read_text())
    await seen.press("Talk")
    await heard(seen)
    await seen.press("Mute")
    await accessible(seen)
    await seen.page.get_by_text("Hold to talk", exact=True).click()
    await accessible(seen)
    await pointed(seen)
    await heard(seen)
    await accessible(seen)


async def accessible(seen: Visit) -> None:
    found = await seen.page.evaluate("() => axe.run()")
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:90] for node in each["nodes"]]) for each in serious] == []
    assert await seen.page.evaluate("() => document.body.scrollWidth <= innerWidth")
