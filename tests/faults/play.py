"""One run: a server, a proxy, a session and its caller, with faults that strike as planned."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from antiphon.client.live import LiveSession, connect
from antiphon.client.setup import setup_for
from antiphon.config import load_settings
from antiphon.session.snapshot import KeptEntry, read
from antiphon.store.sqlite import open_store
from antiphon.wire.client import ClientMessage
from antiphon.wire.dialect import DEVELOPER_PATH
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import AutomaticActivityDetection, RealtimeInputConfig
from antiphon.wire.tools import FunctionDeclaration, Tool
from tests.faults.caller import Ear, Kept, Mouth, results
from tests.faults.director import Director
from tests.faults.plan import FUNCTION, LAST_WORDS, Patience, Plan, Saying, Typed
from tests.faults.proxy import FaultProxy, fault_proxy
from tests.faults.server import Server, looking, served

TOOLS = (
    Tool(
        function_declarations=(
            FunctionDeclaration(
                name=FUNCTION,
                description="The weather of a city.",
                parameters={"type": "OBJECT", "properties": {"city": {"type": "STRING"}}},
            ),
        )
    ),
)
MANUAL = RealtimeInputConfig(automatic_activity_detection=AutomaticActivityDetection(disabled=True))
UNHEARD_S = 4.0
"""For the answer to something of which the caller was told that the server will not hear it."""
KEPT_S = 6.0
"""For the server to keep the session after its last turn."""
LEFT_S = 3.0
"""For tasks to end."""
LINE_CHARS = 300


@dataclass
class Outcome:
    """All that is known of a run at its end."""

    plan: Plan
    kept: Kept = field(default_factory=Kept)
    history: tuple[KeptEntry, ...] = ()
    """The conversation as the server has it."""
    hung: bool = False
    error: str = ""
    left: list[str] = field(default_factory=list)
    """Tasks that did not end."""
    struck: int = 0
    lines: int = 0
    """Connections the client opened, those that were reset included."""


class Witness:
    """A tap that keeps the newest handle, and a line for each message that is not sound."""

    def __init__(self, log: list[str]) -> None:
        self.handle = ""
        self._log = log

    def sent(self, message: ClientMessage) -> None:
        if not (message.realtime_input and message.realtime_input.audio):
            self._log.append(f"         > {message}"[:LINE_CHARS])

    def received(self, message: ServerMessage) -> None:
        if (update := message.session_resumption_update) is not None:
            self.handle = update.new_handle or self.handle
            index = update.last_consumed_client_message_index
            self._log.append(f"         < handle {(update.new_handle or 'none')[:6]}, index {index}")

    def lost(self, why: str) -> None:
        self._log.append(f"         lost: {why}")

    def dropped(self, what: str) -> None:
        self._log.append(f"         dropped: {what}")


async def play(plan: Plan) -> Outcome:
    """Play a run to its end, or to the time at which it is given up."""
    outcome = Outcome(plan)
    before = asyncio.all_tasks()
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(str(context)))
    try:
        async with asyncio.timeout(plan.run_s_max) as limit:
            await _stage(plan, outcome)
    except* Exception as errors:  # noqa: BLE001 - whatever goes wrong is the result of the run
        outcome.hung = limit.expired()
        outcome.error = "; ".join(map(repr, _leaves(errors)))
    outcome.left = [*await _left(before), *complaints]
    return outcome


def _leaves(group: BaseExceptionGroup) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


async def _left(before: set[asyncio.Task[object]]) -> list[str]:
    """Tasks that are there and were not before, once they had their time to end."""
    async for _ in looking(LEFT_S):
        if not asyncio.all_tasks() - before:
            break
    return [str(task) for task in asyncio.all_tasks() - before]


async def _stage(plan: Plan, outcome: Outcome) -> None:
    async with AsyncExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        server = await stack.enter_async_context(served(Path(directory) / "data"))
        proxy = await stack.enter_async_context(fault_proxy(server.port, plan.latency_s))
        proxy.reset_next(plan.first_resets)
        witness = Witness(outcome.kept.log)
        url = f"ws://127.0.0.1:{proxy.port}{'' if plan.transparent else DEVELOPER_PATH}"
        setup = setup_for(model=None, system=None, voice=None, text=plan.written, tools=TOOLS)
        if plan.manual:
            setup = replace(setup, realtime_input_config=MANUAL)
        async with connect(url, setup=setup, limits=plan.limits, tap=witness) as session:
            ear = Ear(session, outcome.kept, results(plan.sayings))
            await _converse(plan, outcome, session, ear, server, proxy)
            outcome.history = await _history(server.data_dir, witness)
        outcome.lines = proxy.opened


async def _converse(
    plan: Plan, outcome: Outcome, session: LiveSession, ear: Ear, server: Server, proxy: FaultProxy
) -> None:
    mouth = Mouth(session, ear, plan)
    async with asyncio.TaskGroup() as group:
        director = Director(plan, server, proxy, group, ear)
        ear.on_event, mouth.on_voice = director.event, director.voice
        tasks = [group.create_task(ear.listen()), group.create_task(mouth.work())]
        for number, saying in enumerate(plan.sayings):
            director.exchange = number
            await mouth.say(saying)
            await _be_patient(plan, ear, saying, number)
            director.settle()
        if director.busy:
            await asyncio.wait(director.busy)
        if plan.patience is Patience.NONE:
            await _answered(ear, plan.sayings[-1], len(plan.sayings) - 1)
            await ear.until(lambda: ear.turn_over)
        await mouth.say(Typed(LAST_WORDS))
        await _answered(ear, Typed(LAST_WORDS), len(plan.sayings))
        await ear.until(lambda: ear.turn_over)
        outcome.struck = director.struck
        for task in tasks:
            task.cancel()


async def _be_patient(plan: Plan, ear: Ear, saying: Saying, number: int) -> None:
    if plan.patience is Patience.NONE:
        await asyncio.sleep(plan.gap_s / plan.speed)
        return
    await _answered(ear, saying, number)
    if plan.patience is Patience.TURN:
        await ear.until(lambda: ear.turn_over)
    elif ear.kept.answers:
        last = ear.kept.answers[-1]
        await asyncio.sleep(max(0.0, last.began_at + last.sound_s - asyncio.get_running_loop().time()))


async def _answered(ear: Ear, saying: Saying, number: int) -> None:
    """Until the answer is complete, or the caller knows that none will come."""

    def answered() -> bool:
        return any(answer.words == saying.answer for answer in ear.kept.answers)

    def dropped() -> bool:
        from_s, to_s = ear.kept.spoken[number]
        return any(drop.from_s <= to_s and drop.to_s >= from_s for drop in ear.kept.dropped)

    await ear.until(lambda: answered() or dropped())
    if not answered():
        try:
            async with asyncio.timeout(UNHEARD_S):
                await ear.until(answered)
        except TimeoutError:
            ear.says(f"- no answer to {saying.words!r}, of which some was dropped")


async def _history(data_dir: Path, witness: Witness) -> tuple[KeptEntry, ...]:
    """Read what the server keeps of the conversation, once it has kept the last words."""
    store = await open_store(load_settings(server={"data_dir": data_dir}))
    entries: tuple[KeptEntry, ...] = ()
    try:
        async for _ in looking(KEPT_S):
            stored = await store.sessions.load(witness.handle, None, 0.0)
            snapshot = read(stored.record) if stored else None
            entries = snapshot.entries if snapshot else ()
            if entries and entries[-1].content.parts[0].text == Typed(LAST_WORDS).answer:
                break
    finally:
        await store.aclose()
    return entries
