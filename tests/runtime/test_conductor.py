import asyncio
import base64
import json
from contextlib import suppress

import pytest

from antiphon.engines import scripted as scripted_engines
from antiphon.engines.effort import Effort, effort
from antiphon.runtime.budget import Budget
from antiphon.runtime.channel import Channel, ChannelClosed
from antiphon.runtime.conductor import Conductor
from antiphon.runtime.outbox import Farewell
from antiphon.session.events import Received, ReplyEnded, TurnId
from antiphon.session.session import Session
from antiphon.wire.codec import decode_client
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import ServerMessage
from tests.runtime.stage import all_engines, keeper, running, scripted, soon


def received(**message: object) -> Received:
    return Received(decode_client(json.dumps(message)))


LOUD_S, QUIET_S = b"\x00\x20" * 16_000, bytes(64_000)
SETUP = received(setup={"model": "m", "outputAudioTranscription": {}})


async def conductor(**limits: object) -> Conductor:
    settings = scripted(limits=limits)
    return Conductor(
        Session("id", Dialect.DEVELOPER, settings), await all_engines(), keeper(), settings.limits, Budget(1)
    )


async def read_until(conducting: Conductor, member: str) -> list[ServerMessage]:
    messages = []
    while not (messages and messages[-1].server_content and getattr(messages[-1].server_content, member)):
        messages.append(await soon(conducting.outbox.take()))
    return messages


async def seen(lines: Channel[bytes]) -> list[str]:
    """The kinds of lines that were told so far."""
    return [json.loads(await lines.get())["type"] for _ in range(len(lines))]


async def test_effects_are_performed_and_reported_back():
    conducting = await conductor()
    async with running() as group:
        group.create_task(conducting.run())
        await conducting.inbox.put(SETUP)
        await conducting.inbox.put(received(realtimeInput={"text": "hello"}))
        messages = await read_until(conducting, "turn_complete")
        assert messages[0].setup_complete is not None
        said = [m.server_content.output_transcription for m in messages if m.server_content]
        assert "".join(part.text for part in said if part) == "You said: hello."


async def test_a_timer_fires():
    conducting = await conductor(setup_wait_s=0.01)
    await soon(conducting.run())
    assert isinstance(await soon(conducting.outbox.take()), Farewell)


async def test_a_timer_fires_although_events_never_cease():
    conducting = await conductor(setup_wait_s=0.05)
    async with running() as group:
        task = group.create_task(conducting.run())
        while not task.done():
            with suppress(ChannelClosed):
                await conducting.inbox.put(ReplyEnded(TurnId(99)))
            await asyncio.sleep(0)
        assert isinstance(await soon(conducting.outbox.take()), Farewell)


async def test_when_it_ends_nothing_of_it_is_left_running():
    conducting = await conductor()
    before = asyncio.all_tasks()
    async with running() as group:
        run = group.create_task(conducting.run())
        await conducting.inbox.put(SETUP)
        await conducting.inbox.put(received(realtimeInput={"text": "count to 1000"}))
        await soon(conducting.outbox.take())
        await conducting.inbox.put(SETUP)
        await soon(run)
    assert asyncio.all_tasks() == before


@pytest.mark.requirement("interruption.at_once")
async def test_a_cancelled_reply_leaves_nothing_in_the_outbox():
    conducting = await conductor()
    async with running() as group:
        group.create_task(conducting.run())
        await conducting.inbox.put(SETUP)
        await conducting.inbox.put(received(realtimeInput={"text": "count to 500"}))
        await read_until(conducting, "model_turn")
        await conducting.inbox.put(received(clientContent={}))
        after = await read_until(conducting, "turn_complete")
        contents = [message.server_content for message in after]
        interrupted = next(at for at, content in enumerate(contents) if content.interrupted)
        assert not any(content.model_turn for content in contents[interrupted:])


async def test_a_draft_beyond_the_budget_is_recognised_when_it_is_asked_for_in_earnest():
    settings = scripted()
    budget = Budget(1)
    assert budget.take()  # somebody else has it
    conducting = Conductor(
        Session("id", Dialect.DEVELOPER, settings), await all_engines(), keeper(), settings.limits, budget
    )
    async with running() as group:
        with conducting.sights.watching(0.0) as lines:
            group.create_task(conducting.run())
            await conducting.inbox.put(received(setup={"model": "m", "inputAudioTranscription": {}}))
            for data in (LOUD_S, QUIET_S):
                blob = {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(data).decode()}
                await conducting.inbox.put(received(realtimeInput={"audio": blob}))
            await read_until(conducting, "input_transcription")
            told = await seen(lines)
    assert (budget.begun, budget.wasted) == (1, 0)
    assert "decided" in told
    assert not {"drafted", "withdrawn"} & set(told), "nothing was begun"


async def test_the_work_of_all_its_engines_is_its_own_effort(monkeypatch):
    sessions = [await conductor(), await conductor()]
    worked: dict[Effort, set[str]] = {}

    def spy(_: object, engine: str = "scripted EOT") -> None:
        worked.setdefault(effort.get(), set()).add(engine)

    monkeypatch.setattr(scripted_engines, "require_open", spy)
    monkeypatch.setattr(scripted_engines, "hearing_samples", spy)
    async with running() as group:
        for conducting in sessions:
            group.create_task(conducting.run())
            await conducting.inbox.put(SETUP)
        for data in (LOUD_S, QUIET_S):
            blob = {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(data).decode()}
            for conducting in sessions:
                await conducting.inbox.put(received(realtimeInput={"audio": blob}))
        for conducting in sessions:
            await read_until(conducting, "turn_complete")
    all_five = {f"scripted {kind}" for kind in ("VAD", "EOT", "ASR", "LLM", "TTS")}
    assert worked == {conducting.effort: all_five for conducting in sessions}


class Watched(Budget):
    """Says when somebody has begun."""

    def __init__(self, at_once_max: int) -> None:
        super().__init__(at_once_max)
        self.taken = asyncio.Event()

    def take(self) -> bool:
        self.taken.set()
        return super().take()


async def test_a_session_that_goes_gives_its_draft_back():
    settings = scripted()
    budget = Watched(1)
    conducting = Conductor(
        Session("id", Dialect.DEVELOPER, settings), await all_engines(), keeper(), settings.limits, budget
    )
    async with running() as group:
        with conducting.sights.watching(0.0) as lines:
            run = group.create_task(conducting.run())
            await conducting.inbox.put(received(setup={"model": "m"}))
            blob = {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(LOUD_S + QUIET_S[:4_096]).decode()}
            await conducting.inbox.put(received(realtimeInput={"audio": blob}))
            await soon(budget.taken.wait())
            await conducting.inbox.put(SETUP)
            await soon(run)
            assert "drafted" in await seen(lines)
    assert budget.take()
