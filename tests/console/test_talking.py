"""A question spoken to the page in Chromium, and the answer it plays: the embedded engines at both ends."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

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
NEAR_S = 0.03


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Listening]:
    async with listening(load_settings(server={"port": 0})) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(server: Listening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """The page when a question was spoken and its answer is over."""
    sound = microphone(tmp_path_factory.mktemp("sound") / "microphone.wav", [FRANCE])
    async with chromium(sound) as browser:
        seen = await visit(browser, server.url)
        await seen.press("Talk")
        await seen.shows("() => document.querySelector('.transcript li.model:not(.open)')")
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


async def test_the_page_and_the_server_agree_when_the_answer_began(asked):
    (decided,) = [mark["at"] for mark in await asked.marks() if mark["kind"] == "decided"]
    (wait,) = [span for span in await asked.spans() if span["kind"] == "wait"]
    shown, _, stages = wait["text"].partition(": ")
    measured_s = sum(map(int, re.findall(r"\d+", stages))) / 1000
    assert wait["to"] == pytest.approx(decided + measured_s, abs=NEAR_S)
    assert shown == f"{round(1000 * (wait['to'] - wait['from']))} ms"
    assert await asked.page.locator(".figures dd").first.inner_text() == shown
