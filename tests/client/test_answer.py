import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import soundfile

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.client.answer import Answer, ask, write
from antiphon.client.audio_file import open_audio
from antiphon.client.live import LiveSession, connect
from antiphon.config import Client
from antiphon.errors import NoAnswer, SettingsError
from tests.client.fake_live import COMPLETE, FakeLive, Peer, Script, content, fake_live, sound
from tests.client.recordings import question

QUICK = Client(answer_wait_s=0.3, settle_s=0.1)
SPOKEN = Answer("Where <is> it?", "It is <near>.", AudioChunk(bytes(4_800), SPEAKING), 0.5, 0.4, None)
WRITTEN = Answer("", "It is near.", AudioChunk(b"", SPEAKING), None, 0.4, None)


@asynccontextmanager
async def session_with(script: Script) -> AsyncIterator[tuple[LiveSession, FakeLive]]:
    async with asyncio.timeout(10), fake_live(script) as live, connect(live.url, api_key="k") as session:
        yield session, live


async def answers(peer: Peer) -> None:
    await peer.say(COMPLETE)
    await peer.until(lambda: peer.ended or (len(peer.messages) > 1 and "clientContent" in peer.messages[1]))
    await peer.say(
        content(inputTranscription={"text": "Where is it?"}),
        content(outputTranscription={"text": "It is near."}),
        content(**sound(100)),
        content(generationComplete=True, turnComplete=True),
    )


@pytest.mark.parametrize("opened", [False, True])
async def test_asks_a_file_and_gives_the_answer(tmp_path: Path, opened: bool) -> None:
    file = question(tmp_path)
    async with session_with(answers) as (session, _):
        answer = await ask(session, open_audio(file, 60) if opened else str(file), paced=False)
    assert (answer.heard, answer.text) == ("Where is it?", "It is near.")
    assert answer.audio.seconds == pytest.approx(0.1)
    assert answer.first_sound_s is not None


async def test_asks_in_writing() -> None:
    async with session_with(answers) as (session, live):
        answer = await write(session, "Where is it?")
    assert answer.text == "It is near."
    turns = live.peer.messages[1]["clientContent"]["turns"]
    assert turns == [{"role": "user", "parts": [{"text": "Where is it?"}]}]


async def test_no_answer_is_an_error() -> None:
    async def silent(peer: Peer) -> None:
        await peer.say(COMPLETE)

    async with session_with(silent) as (session, _):
        with pytest.raises(NoAnswer, match=r"within 0\.3 s"):
            await write(session, "Where is it?", limits=QUICK)
        with pytest.raises(SettingsError, match="does not exist"):
            await ask(session, "missing.wav")


def test_the_voice_can_be_saved(tmp_path: Path) -> None:
    SPOKEN.save(tmp_path / "reply.flac")
    samples, rate_hz = soundfile.read(tmp_path / "reply.flac")
    assert (len(samples), rate_hz) == (2_400, 24_000)


def test_what_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no sound"):
        WRITTEN.save(tmp_path / "reply.wav")
    for name in ("missing/reply.wav", "reply.nonsense", "reply"):
        with pytest.raises(SettingsError, match=r"name a \.wav file"):
            SPOKEN.save(tmp_path / name)


def test_a_notebook_shows_the_words_and_a_player() -> None:
    shown = SPOKEN._repr_html_()
    assert "Where &lt;is&gt; it?" in shown
    assert "<b>It is &lt;near&gt;.</b>" in shown
    assert 'src="data:audio/wav;base64,UklGR' in shown
    assert "<audio" not in WRITTEN._repr_html_()


async def test_a_question_that_is_given_up_is_stopped() -> None:
    async def slow(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until(lambda: len(peer.messages) == 3)

    async with session_with(slow) as (session, live):
        with pytest.raises(NoAnswer):
            await write(session, "Where is it?", limits=QUICK)
        await live.peer.until(lambda: len(live.peer.messages) == 3)
    assert live.peer.messages[2] == {"clientContent": {}}
