"""A question spoken to the page in Chromium, and the answer it plays: the embedded engines at both ends."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest
import pytest_asyncio

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.audio.resample import Resampler
from antiphon.config import load_settings
from antiphon.engines.contracts import Hints
from antiphon.engines.whisper import make as make_whisper
from antiphon.server.listen import Listening, listening
from tests.console.conftest import CHROMIUM, Visit, chromium, microphone, visit

pytestmark = [
    pytest.mark.real,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="the page is driven in Chromium, which is not installed"),
]

FRANCE = Path(__file__).parents[1] / "data" / "questions" / "01.wav"
TIMES = 3
"""It is asked, long enough apart for the answer."""
APART_S = 6.0
NEAR_S = 0.03


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Listening]:
    async with listening(load_settings(server={"port": 0})) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(server: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """The page when a question was spoken and answered some times."""
    path = tmp_path_factory.mktemp("sound") / "microphone.wav"
    sound = microphone(path, [FRANCE] * TIMES, quiet_s=APART_S)
    async with chromium(sound) as browser:
        seen = await visit(browser, server.url)
        await seen.press("Talk")
        answers = "(times) => document.querySelectorAll('.transcript li.model:not(.open)').length === times"
        await seen.page.wait_for_function(answers, arg=TIMES, timeout=60_000)
        await seen.shows("() => globalThis.played.at(-1).samples.every((sample) => sample === 0)")
        yield seen


async def heard(sound: bytes) -> str:
    whisper = make_whisper(load_settings())
    stream = whisper.open(Hints(languages=("en",)))
    stream.feed(AudioChunk(Resampler(SPEAKING, 16_000).feed(sound, last=True)))
    text = (await stream.transcript()).text
    await whisper.aclose()
    return text


async def test_the_question_and_the_answer_are_shown(asked):
    assert "capital of france" in "".join(await asked.said("user")).lower()
    assert "paris" in "".join(await asked.said("model")).lower()
    assert asked.errors == []


async def test_what_is_played_is_the_answer(asked):
    assert "paris" in (await heard(await asked.played())).lower()


async def test_the_page_and_the_server_agree_when_the_answers_began(asked):
    decided = [mark["at"] for mark in await asked.marks() if mark["kind"] == "decided"]
    waits = [span for span in await asked.spans() if span["kind"] == "wait"]
    texts = [wait["text"].partition(": ") for wait in waits]
    measured_s = [sum(map(int, re.findall(r"\d+", stages))) / 1000 for _, _, stages in texts]
    apart = zip(waits, decided, measured_s, strict=True)
    # The median: once in a while the machine has something else to do for a moment.
    assert median(abs(wait["to"] - at - seconds) for wait, at, seconds in apart) <= NEAR_S
    shown_ms = [int(shown.removesuffix(" ms")) for shown, _, _ in texts]
    assert shown_ms == pytest.approx([1000 * (wait["to"] - wait["from"]) for wait in waits], abs=1)
    assert await asked.page.locator(".figures dd").first.inner_text() == texts[-1][0]
    picture = re.compile(rf"^{TIMES} answers: median \d+ ms, 95 % within \d+ ms, longest {max(shown_ms)} ms$")
    assert await asked.page.get_by_role("img", name=picture).is_visible()
