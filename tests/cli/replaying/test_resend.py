import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.cli.replaying.resend import SILENCE, Resending
from antiphon.client.events import Event, Interrupted, ToolCalled, TurnEnded
from antiphon.errors import ConnectionClosed
from antiphon.recording.reader import Recorded
from antiphon.wire.client import ClientMessage, RealtimeInput
from antiphon.wire.content import FunctionCall
from antiphon.wire.setup import AutomaticActivityDetection, RealtimeInputConfig, Setup
from tests.client.fake_time import FakeTime
from tests.recording.sample import Stage, hum

WAIT_S = 5.0


class FakeSession:
    """Keeps what is sent, with its time; its events are those the test puts in."""

    def __init__(self, time: FakeTime) -> None:
        self.time = time
        self.began_s = time.now()
        self.sent: list[tuple[float, AudioChunk | ClientMessage]] = []
        self.results: list[tuple[str, Mapping[str, object]]] = []
        self.events: list[Event | Exception] = []
        self.much_sent = asyncio.Event()
        self._news = asyncio.Event()

    def happen(self, *events: Event | Exception) -> None:
        self.events += events
        self._news.set()

    async def send_audio(self, audio: AudioChunk) -> None:
        self._keep(audio)

    async def send(self, message: ClientMessage) -> None:
        self._keep(message)

    def _keep(self, what: AudioChunk | ClientMessage) -> None:
        self.sent.append((round(self.time.now() - self.began_s, 3), what))
        if len(self.sent) > 100:
            self.much_sent.set()

    async def send_tool_result(self, call: FunctionCall, result: Mapping[str, object]) -> None:
        self.results.append((call.name, result))

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            while self.events:
                event = self.events.pop(0)
                if isinstance(event, Exception):
                    raise event
                yield event
            self._news.clear()
            await self._news.wait()


def stage() -> Stage:
    stage = Stage()
    stage.open()
    stage.speak(hum(0.06))
    stage.clock.now += 1.0
    stage.write("Where?")
    stage.call("look_up", city="Paris")
    stage.answer("look_up", output="near")
    stage.say("Near.", hum(0.2, SPEAKING))
    stage.end_turn()
    return stage


async def put(
    recorded: Recorded, *events: Event | Exception, turns: int = 1, wait_s: float = WAIT_S
) -> tuple[FakeSession, Resending]:
    time = FakeTime()
    session = FakeSession(time)
    resending = Resending(recorded, turns, wait_s=wait_s, time=time)
    session.happen(*events)
    async with asyncio.timeout(10):
        await resending.put_to(session)
    return session, resending


async def test_sends_the_same_at_the_same_times() -> None:
    session, resending = await put(stage().recorded(), TurnEnded(number=1))
    times = [at_s for at_s, what in session.sent if what is not SILENCE]
    assert times == [0.02, 0.04, 0.06, 1.06]
    assert b"".join(what.data for _, what in session.sent[:3] if isinstance(what, AudioChunk)) == hum(0.06).data
    assert isinstance(session.sent[3][1], ClientMessage)
    assert resending.turns == 1


async def test_gives_functions_their_results_again() -> None:
    call = FunctionCall(id="other", name="look_up", args={})
    session, _ = await put(stage().recorded(), ToolCalled(call), Interrupted(), TurnEnded(number=1))
    assert session.results == [("look_up", {"output": "near"})]


async def test_the_microphone_stays_open_until_the_answers_are_there() -> None:
    time = FakeTime()
    session = FakeSession(time)
    resending = Resending(stage().recorded(), 1, wait_s=WAIT_S, time=time)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(resending.put_to(session))
        await session.much_sent.wait()
        session.happen(TurnEnded(number=1))
    silences = [at_s for at_s, what in session.sent if what is SILENCE]
    assert silences[:3] == [1.08, 1.1, 1.12]


@pytest.mark.parametrize("how", ["ended", "manual", "written"])
async def test_and_is_not_opened_where_it_was_shut(how: str) -> None:
    stage = Stage()
    detection = AutomaticActivityDetection(disabled=how == "manual")
    config = RealtimeInputConfig(automatic_activity_detection=detection)
    stage.sent(ClientMessage(setup=Setup(model="models/x", realtime_input_config=config)))
    if how == "written":
        stage.write("Where?")
    else:
        stage.speak(hum(0.04))
    if how == "ended":
        stage.sent(ClientMessage(realtime_input=RealtimeInput(audio_stream_end=True)))
    session, _ = await put(stage.recorded(), wait_s=0.05)
    assert session.sent
    assert all(what is not SILENCE for _, what in session.sent)


async def test_gives_up_when_nothing_comes_any_more() -> None:
    _, resending = await put(stage().recorded(), TurnEnded(number=1), turns=2, wait_s=0.05)
    assert resending.turns == 1


async def test_what_ends_the_session_is_raised() -> None:
    with pytest.raises(ConnectionClosed, match="1008"):
        await put(stage().recorded(), ConnectionClosed(1008, "no"))
