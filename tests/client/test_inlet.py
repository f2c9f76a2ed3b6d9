import asyncio
from collections import deque
from collections.abc import Callable

import pytest

from antiphon.client.events import Event, Said
from antiphon.client.inlet import Inlet
from antiphon.errors import ConnectionClosed, RemoteProtocolError
from antiphon.wire.server import ServerContent, ServerMessage, Transcription


class Line:
    """A connection whose messages the test puts on it."""

    def __init__(self, *texts: str) -> None:
        self._texts: deque[str | Exception] = deque(texts)
        self._more = asyncio.Event()
        self._called = asyncio.Event()
        self.readers: set[object] = set()

    def arrives(self, what: str | Exception) -> None:
        self._texts.append(what)
        self._more.set()

    @property
    def unread(self) -> int:
        return len(self._texts)

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._called.clear()
            await self._called.wait()

    async def receive(self) -> ServerMessage:
        self.readers.add(asyncio.current_task())
        self._called.set()
        while not self._texts:
            self._more.clear()
            await self._more.wait()
        text = self._texts.popleft()
        self._called.set()
        if isinstance(text, Exception):
            raise text
        return ServerMessage(server_content=ServerContent(output_transcription=Transcription(text=text)))


def inlet_of(events_max: int = 100) -> Inlet:
    def take(message: ServerMessage) -> None:
        assert message.server_content is not None
        assert message.server_content.output_transcription is not None
        if message.server_content.output_transcription.text == "nonsense":
            raise RemoteProtocolError("nonsense")
        inlet.put(Said(message.server_content.output_transcription.text))

    inlet = Inlet(take, events_max)
    return inlet


async def events(inlet: Inlet, count: int) -> list[Event | None]:
    async with asyncio.timeout(5):
        return [await inlet.next() for _ in range(count)]


async def running(group: asyncio.TaskGroup, inlet: Inlet, line: Line) -> asyncio.Task[object]:
    task = group.create_task(inlet.run(line))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    return task


async def test_who_waits_reads() -> None:
    inlet, line = inlet_of(), Line("a", "b")
    async with asyncio.TaskGroup() as group:
        task = await running(group, inlet, line)
        assert await events(inlet, 2) == [Said("a"), Said("b")]
        task.cancel()
    assert line.readers == {asyncio.current_task()}


async def test_when_nobody_waits_all_is_read_up_to_a_limit() -> None:
    inlet, line = inlet_of(events_max=2), Line("a", "b", "c")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = await running(group, inlet, line)
        await line.until(lambda: line.unread == 1)
        assert line.readers == {task}
        assert await events(inlet, 3) == [Said("a"), Said("b"), Said("c")]
        task.cancel()


async def test_who_comes_while_it_is_read_in_the_background_gets_what_comes() -> None:
    inlet, line = inlet_of(), Line()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = await running(group, inlet, line)
        await line.until(lambda: bool(line.readers))
        waiting = group.create_task(events(inlet, 2))
        await asyncio.sleep(0)
        line.arrives("a")
        line.arrives("b")
        assert await waiting == [Said("a"), Said("b")]
        assert line.readers == {task, waiting}
        task.cancel()


async def test_who_gives_up_waiting_loses_nothing() -> None:
    inlet, line = inlet_of(), Line()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = await running(group, inlet, line)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await inlet.next()
        line.arrives("a")
        assert await events(inlet, 1) == [Said("a")]
        task.cancel()


@pytest.mark.parametrize(
    ("what", "error"),
    [(ConnectionClosed(1006, "lost"), "lost"), ("nonsense", "nonsense")],
)
@pytest.mark.parametrize("attended", [True, False])
async def test_a_loss_is_raised_to_whoever_runs_it(what: str | Exception, error: str, attended: bool) -> None:
    inlet, line = inlet_of(), Line()
    line.arrives(what)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(inlet.next()) if attended else None
        with pytest.raises((ConnectionClosed, RemoteProtocolError), match=error):
            await inlet.run(line)  # type: ignore[arg-type]
        if waiting is not None:
            assert not waiting.done(), "another connection may follow"
            inlet.close()
            assert await waiting is None


async def test_another_connection_goes_on_for_who_waits() -> None:
    inlet, first, second = inlet_of(), Line(), Line("b")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        waiting = group.create_task(events(inlet, 1))
        await (await cancelled(group, inlet, first))
        first.arrives("a")  # nobody's: it was left
        task = await running(group, inlet, second)
        assert await waiting == [Said("b")]
        task.cancel()


async def cancelled(group: asyncio.TaskGroup, inlet: Inlet, line: Line) -> asyncio.Future[object]:
    """Run a connection for a moment, and leave it."""
    task = await running(group, inlet, line)
    await asyncio.sleep(0)
    task.cancel()
    return asyncio.gather(task, return_exceptions=True)


async def test_what_has_happened_can_be_taken_after_the_end() -> None:
    inlet = inlet_of()
    inlet.put(Said("a"))
    inlet.close()
    assert await events(inlet, 3) == [Said("a"), None, None]
