"""The page in a real Chromium, its microphone a file and its loudspeaker listened to."""

import asyncio
import base64
import json
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from playwright.async_api import Browser, Page, async_playwright

from antiphon.audio.pcm import HEARING
from antiphon.client.audio_file import open_audio

CHROMIUM = shutil.which("chromium")
WAIT_S = 20.0
QUIET_S = 2.0
"""Before the first recording, and between two."""

SPEAKER = """
const connect = AudioNode.prototype.connect;
globalThis.played = [];
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    const tap = this.context.createScriptProcessor(256, 1, 1);
    globalThis.loudspeaker = this.context;
    tap.onaudioprocess = ({ inputBuffer, playbackTime }) =>
      globalThis.played.push({
        at: performance.now(),
        plays: playbackTime,
        samples: inputBuffer.getChannelData(0).slice(),
      });
    connect.call(this, tap);
    connect.call(tap, to);
  }
  return connect.call(this, to, ...rest);
};
"""
"""Keeps what goes to the loudspeaker, with the moment it went: `at` when the page's thread, which may have been busy,
saw it, and `plays` by the clock of the sound itself."""

HEARD = """() => {
  const samples = globalThis.played.flatMap(({ samples }) => [...samples]);
  const bytes = new Uint8Array(Int16Array.from(samples, (sample) => sample * 32767).buffer);
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}"""


class Visit:
    """One page, and what one looks for on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.asked: list[str] = []
        """URLs of all requests and sockets."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def write(self, text: str) -> None:
        await self.page.get_by_label("A message").fill(text)
        await self.press("Send")

    async def said(self, who: str) -> list[str]:
        """What the transcript shows of one side."""
        return await self.page.locator(f".transcript li.{who} bdi").all_inner_texts()

    async def shows(self, expression: str, argument: object = None) -> None:
        """Wait until something is true on the page."""
        await self.page.wait_for_function(expression, arg=argument, timeout=1000 * WAIT_S)

    async def marks(self) -> list[dict[str, object]]:
        """The timeline's, in the order they were made."""
        return json.loads(await self.page.evaluate("() => JSON.stringify([...antiphon.conversation.timeline.marks])"))

    async def spans(self) -> list[dict[str, object]]:
        return json.loads(await self.page.evaluate("() => JSON.stringify([...antiphon.conversation.timeline.spans])"))

    async def played(self) -> bytes:
        """What went to the loudspeaker: 16-bit PCM at 24 kHz."""
        return base64.b64decode(await self.page.evaluate(HEARD))


Visiting = Callable[..., Awaitable[Visit]]


def microphone(path: Path, recordings: Iterable[Path], end_s: float = 60.0, quiet_s: float = QUIET_S) -> Path:
    """Recordings with silence around each, as a file Chromium takes for a microphone; after `end_s` it begins anew."""
    quiet: NDArray[np.int16] = np.zeros(round(quiet_s * HEARING.rate_hz), np.int16)
    pieces = [quiet]
    for recording in recordings:
        pieces += [*(chunk.int16() for chunk in open_audio(recording, 60.0).chunks()), quiet]
    end: NDArray[np.int16] = np.zeros(round(end_s * HEARING.rate_hz), np.int16)
    soundfile.write(path, np.concatenate([*pieces, end]), HEARING.rate_hz)
    return path


@asynccontextmanager
async def chromium(sound: Path | None = None) -> AsyncIterator[Browser]:
    """A browser that allows the microphone, which hears the file."""
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--no-sandbox"]
    flags += ["--autoplay-policy=no-user-gesture-required"]
    if sound:
        flags.append(f"--use-file-for-fake-audio-capture={sound}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        await browser.close()


async def visit(
    browser: Browser, url: str, *, place: str = "/", scripts: Iterable[str] = (SPEAKER,), **options: object
) -> Visit:
    """Open the page of a server in a browser that knows nothing yet, with scripts that run before the page's own."""
    seen = await browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    page = await seen.new_page()
    for script in scripts:
        await page.add_init_script(script)
    visit = Visit(page)
    async with asyncio.timeout(WAIT_S):
        await page.goto(re.sub("^ws", "http", url) + place)
    return visit


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("the page is driven in Chromium, which is not installed")
    async with chromium() as browser:
        yield browser
