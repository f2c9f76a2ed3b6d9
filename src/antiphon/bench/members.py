"""What each client of a crowd does, from its connection to its end."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import count

import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import WebSocketException

from antiphon.bench import frames
from antiphon.bench.limits import OPEN_WAIT_S
from antiphon.bench.orders import Crowd, Gathered
from antiphon.bench.questions import questions
from antiphon.bench.tape import tape
from antiphon.client.asking import Asking
from antiphon.client.live import LiveSession, connect
from antiphon.client.pace import Pace, RealTime
from antiphon.errors import AntiphonError, NoAnswer
from antiphon.wire.codec import decode_server
from antiphon.wire.setup import AudioTranscriptionConfig, Setup

LONG_ANSWER = "count to 1000"
"""Five minutes of the scripted voice."""

THINK_S = (1.0, 3.0)
"""Before the next question, at least and at most."""


class Gathering:
    """What all members see, and when they may see it."""

    def __init__(self, order: Crowd) -> None:
        self.order = order
        self.sent = self.received = 0
        self._opened = 0
        self._all_open = asyncio.Event()
        self._waits: list[tuple[str, float]] = []
        self._starved_ms: list[float] = []
        self._lost = 0
        self._why = ""
        self._began: float | None = None
        self._counted: tuple[int, int] | None = None

    @property
    def over(self) -> bool:
        """Nothing new is to be begun."""
        return self._counted is not None

    @asynccontextmanager
    async def arrival(self) -> AsyncIterator[None]:
        """Set one session up in the block; when it is left, it is or never will be."""
        try:
            yield
        finally:
            self._opened += 1
            if self._opened == self.order.count:
                self._all_open.set()

    async def all_open(self) -> None:
        """Wait for all of them."""
        await self._all_open.wait()

    def begin(self) -> None:
        """What comes from now on counts."""
        self.sent = self.received = 0
        self._began = time.monotonic()

    def finish(self) -> None:
        """What comes from now on does not count."""
        self._counted = self.sent, self.received

    def waited(self, what: str, seconds: float, since: float) -> None:
        """Something was waited for, from a moment on."""
        if self._began is not None and since >= self._began:
            self._waits.append((what, 1_000 * seconds))

    def answered(self, asking: Asking, what: str, since: float) -> None:
        """A question, put at a moment, has its whole answer."""
        if asking.first_sound_s is None:
            return
        self.waited(what, asking.first_sound_s, since)
        if self._began is not None and since >= self._began:
            self._starved_ms.append(1_000 * asking.reply.latest.starved_s)

    def lost(self, why: object) -> None:
        """A session or a turn came to nothing."""
        self._lost += 1
        self._why = self._why or f"{type(why).__name__}: {why}"

    def gathered(self) -> Gathered:
        """All of it."""
        sent, received = self._counted or (self.sent, self.received)
        return Gathered(
            sent=sent,
            received=received,
            waits=tuple(self._waits),
            starved_ms=tuple(self._starved_ms),
            lost=self._lost,
            why=self._why,
        )


Member = Callable[[Gathering, int, asyncio.Semaphore], Awaitable[None]]


async def duplex(gathering: Gathering, number: int, opening: asyncio.Semaphore) -> None:
    """Sends silence in real time while a long answer comes."""
    frame = frames.audio(frames.SILENCE)
    async with _socket(gathering, frames.setup(), opening) as socket, asyncio.TaskGroup() as group:
        await socket.send(frames.question(LONG_ANSWER))
        receiving = group.create_task(_receive(gathering, socket))
        async for _ in _ticks(gathering, number):
            await socket.send(frame)
            gathering.sent += 1
        receiving.cancel()


async def listening(gathering: Gathering, number: int, opening: asyncio.Semaphore) -> None:
    """Speaks now and then, and looks when the server says that it noticed."""
    spoken = tape()
    first = spoken.first(number)
    sent_at: list[float] = []
    setup = frames.setup(text=True, tells_activity=True)
    async with _socket(gathering, setup, opening) as socket, asyncio.TaskGroup() as group:
        receiving = group.create_task(_notice(gathering, socket, partial(spoken.place, first), sent_at))
        async for tick in _ticks(gathering, number):
            sent_at.append(time.monotonic())
            await socket.send(spoken.frames[(first + tick) % len(spoken.frames)])
        receiving.cancel()


async def conversing(gathering: Gathering, number: int, opening: asyncio.Semaphore) -> None:
    """Asks, hears the whole answer, thinks, and asks again."""
    chance = np.random.default_rng((gathering.order.seed, number))
    setup = Setup(model=gathering.order.model or "", input_audio_transcription=AudioTranscriptionConfig())
    async with AsyncExitStack() as stack:
        async with gathering.arrival(), opening:
            session = await stack.enter_async_context(connect(gathering.order.url, setup=setup))
        while not gathering.over:
            await _think(session, chance.uniform(*THINK_S))
            question = questions()[chance.integers(len(questions()))]
            await _ask(gathering, session, Asking(question.audio, whole_turn=True), question.name)


async def idle(gathering: Gathering, number: int, opening: asyncio.Semaphore) -> None:
    """Is there."""
    async with _socket(gathering, frames.setup(), opening) as socket:
        async for _ in socket:
            continue


async def passing(gathering: Gathering, number: int, opening: asyncio.Semaphore) -> None:
    """Opens a session, is answered, and leaves; one of three leaves without a word in the middle of the answer."""
    async with opening, _socket(gathering, frames.setup(), asyncio.Semaphore()) as socket:
        await socket.send(frames.audio(frames.SILENCE))
        await socket.send(frames.question("hello"))
        async for message in socket:
            gathering.received += 1
            if number % 3 == 0:
                socket.transport.abort()
                return
            if b"turnComplete" in message:
                return


async def attended(gathering: Gathering, number: int, opening: asyncio.Semaphore) -> None:
    """Be one of the crowd; what goes wrong is counted, and stops nobody else."""
    try:
        await MEMBERS[gathering.order.kind](gathering, number, opening)
    except* (OSError, TimeoutError, WebSocketException, AntiphonError) as several:
        gathering.lost(several.exceptions[0])


MEMBERS: Mapping[str, Member] = {
    "duplex": duplex,
    "listening": listening,
    "conversing": conversing,
    "idle": idle,
    "passing": passing,
}


@asynccontextmanager
async def _socket(gathering: Gathering, setup: str, opening: asyncio.Semaphore) -> AsyncIterator[ClientConnection]:
    """Open a bare socket and set a session up on it."""
    async with AsyncExitStack() as stack:
        async with gathering.arrival(), opening, asyncio.timeout(OPEN_WAIT_S):
            opened = open_socket(gathering.order.url, compression=None, max_size=None, ping_interval=None)
            socket = await stack.enter_async_context(opened)
            await socket.send(setup)
            await socket.recv()
        yield socket


async def _ticks(gathering: Gathering, number: int) -> AsyncIterator[int]:
    """Count chunks in real time from 0, each client at a moment of its own, until it is over."""
    began = time.monotonic() + frames.CHUNK_S * number / gathering.order.count
    for tick in count():
        if gathering.over:
            return
        await asyncio.sleep(max(0.0, began + tick * frames.CHUNK_S - time.monotonic()))
        yield tick


async def _receive(gathering: Gathering, socket: ClientConnection) -> None:
    while True:
        await socket.recv(decode=False)
        gathering.received += 1


async def _notice(
    gathering: Gathering, socket: ClientConnection, place: Callable[[float], str], sent_at: Sequence[float]
) -> None:
    """Note how long after the sending of the first sound of speech the server says that it began."""
    while True:
        message = await socket.recv(decode=False)
        if b"ACTIVITY_START" not in message:
            continue
        now, activity = time.monotonic(), decode_server(message).voice_activity
        if activity is not None and activity.audio_offset is not None:
            since = sent_at[int(activity.audio_offset / frames.CHUNK_S)]
            gathering.waited(place(activity.audio_offset), now - since, since)


async def _think(session: LiveSession, seconds: float) -> None:
    pace = Pace(RealTime())
    for _ in range(round(seconds / frames.CHUNK_S)):
        await pace.record(frames.SILENCE)
        await session.send_audio(frames.SILENCE)


async def _ask(gathering: Gathering, session: LiveSession, asking: Asking, name: str) -> None:
    began = time.monotonic()
    try:
        await asking.put_to(session)
    except NoAnswer as error:
        gathering.lost(error)
        return
    gathering.answered(asking, name, began)
