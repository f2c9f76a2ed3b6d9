import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from antiphon.client.asking import Asking
from antiphon.client.audio_file import open_audio
from antiphon.client.live import connect
from antiphon.config import Client
from antiphon.errors import ConnectionClosed, NoAnswer, RemoteProtocolError
from antiphon.wire.setup import Setup
from tests.client.fake_live import COMPLETE, FakeLive, Peer, Script, content, fake_live, sound
from tests.client.fake_time import FakeTime
from tests.client.recordings import question

SPEECH_S, FILE_S = 0.3, 0.4
QUICK = Client(answer_wait_s=0.3, settle_s=0.1)
HEARD = content(inputTranscription={"text": "Where is it?", "finished": True})


@asynccontextmanager
async def asked(tmp_path: Path, script: Script, asking: Asking) -> AsyncIterator[FakeLive]:
    async with asyncio.timeout(10), fake_live(script) as live:
        async with connect(live.url, setup=Setup(model="models/x")) as session:
            await asking.put_to(session)
        yield live


def asking(tmp_path: Path, **options: object) -> Asking:
    file = open_audio(question(tmp_path, SPEECH_S, FILE_S - SPEECH_S), 60.0)
    return Asking(file, **{"time": FakeTime(), "limits": QUICK, **options})  # type: ignore[arg-type]


async def answer_after(peer: Peer, heard_s: float) -> None:
    await peer.say(COMPLETE)
    await peer.until_heard(heard_s)
    await peer.say(
        HEARD,
        content(outputTranscription={"text": "It is near."}),
        content(**sound(20)),
        content(generationComplete=True),
        {"serverContent": {"turnComplete": True}, "usageMetadata": {"totalTokenCount": 7}},
    )


async def test_the_microphone_stays_open_until_the_answer_is_complete(tmp_path: Path) -> None:
    ask = asking(tmp_path)
    async with asked(tmp_path, lambda peer: answer_after(peer, FILE_S + 1.0), ask) as live:
        pcm = bytes(live.peer.pcm)
    assert (ask.reply.heard, ask.reply.text) == ("Where is it?", "It is near.")
    assert ask.sent_s == pytest.approx(FILE_S)
    assert pcm[: int(FILE_S * 32_000)] == b"".join(chunk.data for chunk in ask.question.chunks())
    assert set(pcm[int(FILE_S * 32_000) :]) == {0}
    assert not live.peer.ended, "the server has to find the end of speech itself"


async def test_counts_from_the_end_of_speech_and_not_of_the_file(tmp_path: Path) -> None:
    time = FakeTime()
    ask = asking(tmp_path, time=time)
    began = time.now()
    assert (ask.first_sound_s, ask.waited_s) == (None, None)
    async with asked(tmp_path, lambda peer: answer_after(peer, FILE_S + 1.0), ask):
        pass
    arrived = ask.reply.latest.first_sound_at
    assert arrived is not None
    assert ask.first_sound_s is not None
    assert ask.question.speech_end_s == pytest.approx(SPEECH_S, abs=0.03)
    assert ask.first_sound_s == pytest.approx(arrived - began - ask.question.speech_end_s)
    assert ask.first_sound_s >= FILE_S + 1.0 - SPEECH_S - 0.05
    assert ask.first_text_s is not None
    assert ask.waited_s is not None


async def test_the_file_is_sent_in_real_time(tmp_path: Path) -> None:
    time = FakeTime()
    ask = asking(tmp_path, time=time)
    sent: list[tuple[float, float]] = []
    began = time.now()

    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        while len(peer.pcm) < FILE_S * 32_000:
            await peer.until_heard(len(peer.pcm) / 32_000 + 0.02)
            sent.append((len(peer.pcm) / 32_000, time.now() - began))
        await answer_after(peer, 0)

    async with asked(tmp_path, script, ask):
        pass
    assert all(clock >= audio - 1e-9 for audio, clock in sent), "never ahead of what a microphone has"


async def test_at_once_marks_the_end(tmp_path: Path) -> None:
    time = FakeTime()
    ask = asking(tmp_path, paced=False, time=time)

    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_ended()
        assert len(peer.pcm) == int(FILE_S * 32_000)
        time.seconds += 2.0
        await answer_after(peer, 0)

    async with asked(tmp_path, script, ask):
        pass
    assert time.slept == []
    assert ask.first_sound_s == pytest.approx(2.0)


async def test_leaves_at_generation_complete_or_waits_for_the_usage(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_ended()
        await peer.say(HEARD, content(**sound(20)), content(generationComplete=True))
        await played.wait()
        await peer.say({"serverContent": {"turnComplete": True}, "usageMetadata": {"totalTokenCount": 7}})

    played = asyncio.Event()
    early = asking(tmp_path, paced=False)
    async with asked(tmp_path, script, early):
        assert early.reply.usage is None
        played.set()
    whole = asking(tmp_path, paced=False, whole_turn=True)
    async with asked(tmp_path, script, whole):
        assert whole.reply.usage is not None
        assert whole.reply.usage.total_token_count == 7


async def test_a_transcript_that_comes_last_is_waited_for(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_ended()
        await peer.say(content(**sound(20)), content(generationComplete=True), HEARD)

    ask = asking(tmp_path, paced=False)
    async with asked(tmp_path, script, ask):
        assert ask.reply.heard == "Where is it?"


async def test_a_pause_taken_for_the_end_does_not_end_the_question(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_heard(0.1)
        await peer.say(content(inputTranscription={"text": "Where", "finished": True}))
        await peer.say(content(outputTranscription={"text": "Where is wh"}), content(**sound(20, value=1)))
        await peer.until_heard(FILE_S + 0.2)
        await peer.say(content(interrupted=True), content(turnComplete=True))
        await peer.say(content(inputTranscription={"text": "is it?", "finished": True}))
        await peer.say(content(outputTranscription={"text": "Near."}), content(**sound(20, value=2)))
        await peer.say(content(generationComplete=True))

    ask = asking(tmp_path)
    async with asked(tmp_path, script, ask):
        pass
    assert (ask.reply.heard, ask.reply.text, ask.reply.interruptions) == ("Where is it?", "Near.", 1)
    assert set(ask.reply.audio.int16()) == {2}
    assert ask.first_sound_s is not None
    assert ask.first_sound_s > 0


async def test_an_answer_to_the_first_half_is_not_taken_for_the_answer(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_heard(0.1)
        await peer.say(HEARD, content(**sound(20, value=1)), content(generationComplete=True, turnComplete=True))
        await answer_after(peer, FILE_S + 0.2)

    ask = asking(tmp_path, limits=Client())
    async with asked(tmp_path, script, ask):
        pass
    assert list(ask.reply.audio.int16()[::480]) == [1, 7]
    assert ask.first_sound_s is not None
    assert ask.first_sound_s > 0


async def test_an_early_answer_is_taken_when_no_other_follows(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_heard(0.1)
        await peer.say(HEARD, content(**sound(20)), content(generationComplete=True), content(turnComplete=True))

    ask = asking(tmp_path)
    async with asked(tmp_path, script, ask):
        pass
    assert ask.reply.audio.samples == 480
    assert ask.first_sound_s is not None
    assert ask.first_sound_s < 0


async def silent(peer: Peer) -> None:
    await peer.say(COMPLETE)


async def hears_only(peer: Peer) -> None:
    await peer.say(COMPLETE)
    await peer.until_heard(FILE_S)
    await peer.say(HEARD)


async def stops_in_the_middle(peer: Peer) -> None:
    await hears_only(peer)
    await peer.say(content(**sound(20)))


async def has_nothing_to_say(peer: Peer) -> None:
    await hears_only(peer)
    await peer.say(content(turnComplete=True, turnCompleteReason="NEED_MORE_INPUT"))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (silent, r"no answer within 0\.3 s of the end of the question"),
        (hears_only, r"no answer within 0\.3 s"),
        (stops_in_the_middle, "stopped in the middle"),
        (has_nothing_to_say, r"without an answer \(NEED_MORE_INPUT\)"),
    ],
)
@pytest.mark.parametrize("paced", [True, False])
async def test_no_answer_in_time(tmp_path: Path, script: Script, said: str, paced: bool) -> None:
    with pytest.raises(NoAnswer, match=said):
        async with asked(tmp_path, script, asking(tmp_path, paced=paced)):
            pass


async def test_other_messages_do_not_buy_time(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await silent(peer)
        while True:
            await peer.say({"sessionResumptionUpdate": {}})
            await asyncio.sleep(0)

    with pytest.raises(NoAnswer):
        async with asked(tmp_path, script, asking(tmp_path)):
            pass


@pytest.mark.parametrize("code", [1000, 1007, 1008])
@pytest.mark.parametrize("heard_s", [0.0, 0.1, FILE_S + 0.1])
async def test_a_close_for_good_on_the_way(tmp_path: Path, code: int, heard_s: float) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_heard(heard_s)
        await peer.say(content(outputTranscription={"text": "It i"}))
        await peer.socket.close(code, "not allowed")

    ask = asking(tmp_path)
    with pytest.raises(ConnectionClosed, match="not allowed") as caught:
        async with asked(tmp_path, script, ask):
            pass
    assert caught.value.code == code
    assert ask.reply.text == "It i", "what was said before the close is kept"


@pytest.mark.parametrize("code", [1001, 1011])
async def test_an_answer_that_breaks_off_is_made_anew(tmp_path: Path, code: int) -> None:
    peers = []

    async def script(peer: Peer) -> None:
        peers.append(peer)
        if len(peers) == 2:
            await answer_after(peer, FILE_S + 0.1)
            return
        await peer.say(COMPLETE)
        await peer.until_heard(FILE_S + 0.1)
        await peer.say(HEARD, content(outputTranscription={"text": "It i"}))
        await peer.socket.close(code, "overloaded")

    ask = asking(tmp_path)
    async with asked(tmp_path, script, ask):
        pass
    assert (ask.reply.heard, ask.reply.text) == ("Where is it?", "It is near.")


async def test_nonsense_ends_it(tmp_path: Path) -> None:
    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE, content(**sound(20, mime="audio/mp3")))

    with pytest.raises(RemoteProtocolError, match="audio/mp3"):
        async with asked(tmp_path, script, asking(tmp_path)):
            pass


async def test_can_be_cancelled(tmp_path: Path) -> None:
    cancelled = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_heard(FILE_S)
        task.cancel()
        cancelled.set()

    async def run() -> None:
        async with asked(tmp_path, script, asking(tmp_path)):
            pass

    async with asyncio.TaskGroup() as group:
        task = group.create_task(run())
    assert task.cancelled()
    assert cancelled.is_set()
