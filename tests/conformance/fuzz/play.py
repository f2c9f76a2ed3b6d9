"""A client that plays conversations to a server and notices what it does wrong."""

import asyncio
import json
import re
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.conformance.fuzz.malformed import Broken
from tests.conformance.fuzz.reading import Reading
from tests.conformance.fuzz.wellformed import (
    BLOCKING,
    PATHS,
    Answer,
    Conversation,
    Hear,
    JsonObject,
    Reconnect,
    Send,
    Settle,
    Step,
    manual,
    realtime,
)

WAIT_S = 30.0
"""For anything; a server that needs longer hangs."""
PROBES_MAX = 20
PATIENCE_S = 0.3
"""Of a client that goes on all the same."""
MESSAGES_BEFORE_CALL_MAX = 20
COURSE_LINES = 40
"""Of a conversation that went wrong, to be told."""
REASON_BYTES_MAX = 123
UNKNOWN_CALL = re.compile(r"tool_response\.function_responses\[\d+\]\.id: no call")
SUPERSEDED = "The operation was aborted"


@dataclass(slots=True)
class Tally:
    """What was played."""

    wellformed: int = 0
    malformed: int = 0
    connections: int = 0
    turns: int = 0
    slowest_s: float = 0.0
    """From a question to the end of its turn."""
    closes: Counter[int] = field(default_factory=Counter)
    """By code."""
    seen: Counter[str] = field(default_factory=Counter)
    """Members of what the server sent."""


class Excused(Exception):
    """The server closed the socket for something this client did on purpose."""


class Player:
    """One client. Raises AssertionError for whatever the server must not do, TimeoutError when it hangs."""

    def __init__(self, url: str, conversation: Conversation, tally: Tally) -> None:
        self._url = url + conversation.path
        self._setup = conversation.setup
        self._steps = conversation.steps
        self._tally = tally
        self._reading = Reading(tally.seen)
        self._socket: ClientConnection
        self._course: deque[str] = deque(maxlen=COURSE_LINES)
        self._told_off = False
        """It answered a call that may be none: being closed for that is right."""

    async def play(self) -> None:
        await self._connect(None)
        try:
            for step in (*self._steps, Settle()):
                await self._step(step)
        except Excused:
            pass
        except Exception as error:
            error.add_note("\n".join((f"setup: {self._setup}", *self._course)))
            raise
        finally:
            await self._socket.close()

    async def _step(self, step: Step) -> None:
        match step:
            case Send(message):
                await self._send(message)
            case Answer():
                await self._answer(step)
            case Reconnect(leaves, resumes):
                await self._reconnect(leaves, resumes=resumes)
            case Settle():
                await self._settle()
            case Hear(messages):
                await self._hear(messages)

    # The connection

    async def _connect(self, handle: str | None) -> None:
        resumption = self._setup.get("sessionResumption")
        setup = self._setup if handle is None else self._setup | {"sessionResumption": resumption | {"handle": handle}}
        self._reading = Reading(self._tally.seen)
        self._socket = await connected(self._url)
        self._tally.connections += 1
        await self._send({"setup": setup})
        await self._read()

    async def _reconnect(self, leaves: str, *, resumes: bool) -> None:
        """Leave politely, without a word, or not at all: then the older connection has to be closed by the server."""
        await self._catch_up()
        former, handle = self._socket, self._reading.handle if resumes else None
        if leaves == "closes" or (leaves == "stays" and handle is None):
            await former.close()
        elif leaves == "vanishes":
            former.transport.abort()
        await self._connect(handle)
        async with asyncio.timeout(WAIT_S):
            await former.wait_closed()
        if leaves == "stays" and handle is not None and not self._told_off:
            assert former.close_code == 1008
            assert former.close_reason.startswith(SUPERSEDED)
        self._told_off = False

    async def _send(self, message: JsonObject) -> None:
        self._tally.wellformed += 1
        try:
            self._course.append(f"→ {str(message)[:300]}")
            await self._socket.send(json.dumps(message))
        except ConnectionClosed:
            self._closed()

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                frame = await self._socket.recv()
        except ConnectionClosed:
            self._closed()
        self._take(frame)

    def _take(self, frame: str | bytes) -> None:
        self._course.append(f"← {str(frame)[:120]}")
        self._reading.read(frame)

    async def _catch_up(self) -> None:
        """Read what is there."""
        with suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(0):
                while True:
                    self._take(await self._socket.recv())

    async def _hear(self, messages: int) -> None:
        """Read so many messages, or until a turn ends or a function is called."""
        ends, waiting = self._reading.ends, len(self._reading.waiting)
        with suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(PATIENCE_S):
                while messages and self._reading.ends == ends and len(self._reading.waiting) <= waiting:
                    self._take(await self._socket.recv())
                    messages -= 1

    def _closed(self) -> None:
        code, reason = self._socket.close_code, self._socket.close_reason
        assert self._told_off, f"closed with {code}: {reason}"
        assert UNKNOWN_CALL.match(reason or ""), f"closed with {code}: {reason}"
        self._tally.closes[code] += 1
        raise Excused

    # The client's functions

    async def _answer(self, step: Answer) -> None:
        await self._hear(MESSAGES_BEFORE_CALL_MAX)
        waiting, over = self._reading.waiting, self._reading.over
        id, name = next(iter(waiting.items()), ("", BLOCKING))
        response: JsonObject = {"id": id, "name": name, "response": {"output": "ok"}}
        match step.whom:
            case "waiting" if not waiting:
                return
            case "over":
                response["id"] = over[-1] if over else "long-ago"
            case "nobody":
                response["id"] = "nobody"
            case "by name":
                del response["id"]
        self._told_off = self._told_off or step.whom != "waiting"
        response |= dict(step.options)
        if step.whom == "waiting" and not response.get("willContinue"):
            self._reading.answered(id)
        await self._send({"toolResponse": {"functionResponses": [response]}})

    async def _answer_blocking(self) -> None:
        for id, name in list(self._reading.waiting.items()):
            if name == BLOCKING:
                self._reading.answered(id)
                response = {"id": id, "name": name, "response": {"output": "late"}}
                await self._send({"toolResponse": {"functionResponses": [response]}})

    # That every turn ends

    async def _settle(self) -> None:
        """End what the user began, then ask until a whole answer comes; each question has to end in time."""
        await self._send(realtime(activityEnd={}) if manual(self._setup) else realtime(audioStreamEnd=True))
        marks: list[str] = []
        while len(marks) < PROBES_MAX:
            marks.append(f"mark {len(marks)}.")
            await self._send(realtime(text=marks[-1]))
            if await self._answered(marks):
                return
        raise AssertionError(f"{PROBES_MAX} questions in a row were not answered")

    async def _answered(self, marks: list[str]) -> bool:
        """Whether the last mark is said back; one that says none was asked for before, or by speech."""
        reading = self._reading
        while True:
            whole_ends = reading.whole_ends
            await self._turn_ends(marks[-1])
            if reading.whole_ends == whole_ends:
                continue  # what cut that turn short is answered too
            if self._unheard or marks[-1] in reading.words:
                return True
            if not any(mark in reading.words for mark in marks):
                return False

    @property
    def _unheard(self) -> bool:
        """Nobody can tell what the server says."""
        spoken = "AUDIO" in self._setup["generationConfig"]["responseModalities"]
        return spoken and "outputAudioTranscription" not in self._setup

    async def _turn_ends(self, asked: str) -> None:
        reading, clock = self._reading, asyncio.get_running_loop().time
        ends, begun = reading.ends, clock()
        while reading.ends == ends:
            await self._answer_blocking()
            try:
                await self._read()
            except TimeoutError:
                raise AssertionError(f"{asked!r} was not answered; waiting: {reading.waiting}") from None
        self._tally.turns += 1
        self._tally.slowest_s = max(self._tally.slowest_s, clock() - begun)


async def connected(url: str) -> ClientConnection:
    return await connect(
        url, compression=None, max_size=None, max_queue=None, open_timeout=WAIT_S, close_timeout=1, ping_interval=None
    )


async def play_broken(url: str, broken: Broken, tally: Tally) -> None:
    """Send one frame that must close its socket, and look at how."""
    socket = await connected(url + PATHS[0])
    tally.connections += 1
    tally.malformed += 1
    try:
        if broken.setup is not None:
            await socket.send(json.dumps({"setup": broken.setup}))
        with suppress(ConnectionClosed):
            await socket.send(broken.frame, text=broken.text)
        async with asyncio.timeout(WAIT_S):
            await socket.wait_closed()
    finally:
        await socket.close()
    code, reason = socket.close_code, socket.close_reason or ""
    tally.closes[code] += 1
    assert code == broken.code, f"{broken} was closed with {code}: {reason}"
    assert re.match(broken.reason, reason), f"{broken} was closed with {code}: {reason}"
    assert len(reason.encode()) <= REASON_BYTES_MAX
