"""The user cuts in by voice in Chromium: the real ears hear him, and the answer he cuts off is a long one by rote."""

from collections.abc import AsyncIterator
from statistics import median

import pytest
import pytest_asyncio

from antiphon.config import EngineNames, load_settings
from antiphon.server.listen import Listening, listening
from tests.console.conftest import CHROMIUM, SPEAKER, Visit, chromium, microphone, visit
from tests.console.test_talking import FRANCE

pytestmark = [
    pytest.mark.real,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="the page is driven in Chromium, which is not installed"),
]

ENGINES = EngineNames(llm="scripted", tts="scripted")
"""Counting to 200 takes them 53 s, every one of them loud."""
LEAD_S = 30.0
"""Of sound the server may send ahead: all that is on the page already has to be thrown away there."""
TIMES = 3
"""The median counts: once in a while the machine has something else to do for a moment."""
SILENT_S_MAX = 0.1
QUIET_S = 0.5
"""Before he speaks, from the moment the microphone is open."""

ARRIVALS = """
globalThis.arrived = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(...where) {
    super(...where);
    this.addEventListener("message", ({ data }) => arrived.push({ at: globalThis.loudspeaker?.currentTime, data }));
  }
};
"""
"""Keeps what the socket brought, with the moment by the loudspeaker's clock: before the page itself has seen it."""

LOUD = "() => globalThis.played.some(({ samples }) => samples.some((sample) => Math.abs(sample) > 0.05))"
CUT_IN = "() => [...antiphon.conversation.timeline.marks].some(({ kind }) => kind === 'interrupted')"
ANSWERED = "() => document.querySelectorAll('.transcript li.model:not(.open)').length === 2"

SILENT_AFTER = """async () => {
  const messages = await Promise.all(arrived.map(async ({ at, data }) => ({ at, ...JSON.parse(await data.text()) })));
  const told = messages.find(({ serverContent }) => serverContent?.interrupted).at;
  const around = played.filter(({ plays }) => Math.abs(plays - told) < 0.5);
  const loud = ({ samples }) => samples.some((sample) => Math.abs(sample) > 0.01);
  const after = around.filter(loud).map(({ plays }) => plays - told);
  return { spoke: after.some((seconds) => seconds < 0), silentAfter: Math.max(0, ...after) };
}"""
"""From the frame with `interrupted` to the last of the answer at the loudspeaker, in seconds. The user goes on speaking
for longer than that is looked for, so it can be nothing but the answer he cut off; before, it was to be heard."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Listening]:
    settings = load_settings(server={"port": 0}, engines=ENGINES, limits={"reply_lead_s_max": LEAD_S})
    async with listening(settings) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cut_in(server: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Visit]]:
    """Pages on which a question was spoken into an answer, which was then answered itself."""
    # The file begins with the microphone, which is opened when the answer is heard.
    sound = microphone(tmp_path_factory.mktemp("sound") / "microphone.wav", [FRANCE], quiet_s=QUIET_S)
    async with chromium(sound) as browser:
        yield [await cutting_in(browser, server.url) for _ in range(TIMES)]


async def cutting_in(browser, url: str) -> Visit:
    seen = await visit(browser, url, scripts=(SPEAKER, ARRIVALS))
    await seen.write("count to 200")
    await seen.shows(LOUD)
    await seen.press("Talk")
    await seen.shows(CUT_IN)
    await seen.shows(ANSWERED)
    await seen.press("Stop talking")
    return seen


async def test_the_answer_falls_silent_at_once(cut_in):
    measured = [await seen.page.evaluate(SILENT_AFTER) for seen in cut_in]
    assert all(each["spoke"] for each in measured)
    assert median(each["silentAfter"] for each in measured) <= SILENT_S_MAX, measured


async def test_the_interruption_is_on_the_timeline(cut_in):
    for seen in cut_in:
        kinds = [mark["kind"] for mark in await seen.marks()]
        assert kinds.count("interrupted") == 1
        assert kinds.index("interrupted") < kinds.index("complete"), "the turn that was cut off"
        assert kinds.count("complete") == 2


async def test_the_transcript_says_which_answer_was_cut_off(cut_in):
    for seen in cut_in:
        cut_off, answer = await seen.page.locator(".transcript li.model").all_inner_texts()
        assert cut_off.endswith("(interrupted)")
        assert "(interrupted)" not in answer
        assert "capital of france" in answer.lower(), "what he said when he cut in"
        assert seen.errors == []
