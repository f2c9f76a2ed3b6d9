"""The screen of `antiphon talk`, without a terminal: what it shows, as text."""

import html
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.app import App
from textual.pilot import Pilot

from antiphon.cli.conversation.view import TalkView
from antiphon.client.talk.talking import Duplex, Talking
from antiphon.errors import AntiphonError
from tests.client.talk.fake_talk import FakeMicrophone, FakeSession, FakeSpeaker

_TEXT = re.compile(r'<text class="[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


def shown(app: App[object]) -> str:
    """What is on the screen, line by line."""
    lines: dict[float, list[tuple[float, str]]] = defaultdict(list)
    for x, y, text in _TEXT.findall(app.export_screenshot()):
        lines[float(y)].append((float(x), html.unescape(text).replace("\xa0", " ")))
    return "\n".join("".join(text for _, text in sorted(lines[y])) for y in sorted(lines))


class Screen:
    """A conversation on a screen, all of it in the hands of a test."""

    def __init__(self, duplex: Duplex, where: str) -> None:
        self.session, self.microphone, self.speaker = FakeSession(), FakeMicrophone(), FakeSpeaker()
        self.talking = Talking(self.session, self.microphone, self.speaker, duplex=duplex)
        self.view = TalkView(self.talking, where)
        self.pilot: Pilot[AntiphonError | None]

    def text(self) -> str:
        return shown(self.view)  # type: ignore[arg-type]

    async def until(self, true: Callable[[str], bool]) -> str:
        """Wait for the screen to show something."""
        for _ in range(500):
            if true(text := self.text()):
                return text
            await self.pilot.pause(0.01)
        raise AssertionError(f"the screen stays like this:\n{text}")

    async def until_shows(self, *texts: str) -> str:
        return await self.until(lambda screen: all(text in screen for text in texts))


@asynccontextmanager
async def screen(
    duplex: Duplex = Duplex.HALF, *, where: str = "this machine", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Screen]:
    it = Screen(duplex, where)
    async with it.view.run_test(size=size) as it.pilot:
        yield it
