"""A session with any Live API server that outlives its connections: `connect`, send, iterate over its events.

What is sent is kept until the server surely has it. When a connection is lost, or is about to be cut, the session
goes on over another one: resumed where the server kept it, else told what was said; what the server may not have
heard is sent again. What cannot be saved is told, exactly (InputDropped, Reconnected).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from os import PathLike
from pathlib import Path
from typing import Self

from antiphon.audio.pcm import AudioChunk, pcm_mime
from antiphon.client.connection import Tap
from antiphon.client.endpoint import Endpoint, resolve
from antiphon.client.events import Event
from antiphon.client.mending import Mending
from antiphon.client.reading import UNNAMED
from antiphon.client.setup import setup_for
from antiphon.config import Client
from antiphon.errors import AntiphonError, CloseCode, ConnectionClosed, SettingsError
from antiphon.recording.lines import Side
from antiphon.recording.recorder import About, Recorder
from antiphon.wire.client import (
    ActivityEnd,
    ActivityStart,
    ClientContent,
    ClientMessage,
    ContextUpdate,
    ContextUpdateTools,
    RealtimeInput,
    ToolResponse,
)
from antiphon.wire.content import Blob, Content, FunctionCall, FunctionResponse, Part, Scheduling
from antiphon.wire.setup import Setup
from antiphon.wire.tools import Tool

_ENDED = ClientMessage(realtime_input=RealtimeInput(audio_stream_end=True))
_FINISHED = ClientMessage(realtime_input=RealtimeInput(activity_end=ActivityEnd()))


@asynccontextmanager
async def connect(  # noqa: PLR0913 - what a session may be asked for
    endpoint: Endpoint | str | None = None,
    *,
    model: str | None = None,
    system: str | None = None,
    voice: str | None = None,
    text: bool = False,
    tools: Sequence[Tool] = (),
    setup: Setup | None = None,
    project: str | None = None,
    location: str | None = None,
    api_key: str | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Client | None = None,
    record: str | PathLike[str] | None = None,
    tap: Tap | None = None,
) -> AsyncIterator["LiveSession"]:
    """Open a session; leaving the block closes it.

    `endpoint` is `antiphon`, `gemini`, `vertex`, `google` or a URL, as `resolve` takes it; by default what
    ANTIPHON_ENDPOINT says, else the server on this machine. `setup` takes the place of model, system, voice, text
    and tools; `headers` go into the handshake, for a gateway. `record` names a `.jsonl` file to keep the session in,
    with its audio beside it; otherwise a `tap` is shown each message. Raises SettingsError for what cannot be used,
    ConnectionRefused, ConnectionClosed when the server does not like the setup, NoAnswer when it takes too long.
    """
    if record is not None and tap is not None:
        raise SettingsError("record and tap: give one of them; a Recorder is a tap, too")
    if not isinstance(endpoint, Endpoint):
        # In a thread: Google's library looks for credentials on the disk, and on cloud machines on the network.
        endpoint = await asyncio.to_thread(resolve, endpoint, project=project, location=location, api_key=api_key)
    wanted = setup or setup_for(model=model, system=system, voice=voice, text=text, tools=tools)
    with _recording(record, endpoint, wanted) as recorder:
        mending = Mending(endpoint, wanted, limits or Client(), headers=headers, tap=recorder or tap)
        await mending.open()
        async with _carried(mending):
            yield LiveSession(mending)


@asynccontextmanager
async def _carried(mending: Mending) -> AsyncIterator[None]:
    """Let a session go on by itself in the block, and close it behind it."""
    try:
        async with asyncio.TaskGroup() as group:
            carrying = group.create_task(mending.run())
            try:
                yield
                await mending.written_out()
            finally:
                carrying.cancel()
    except BaseExceptionGroup as several:  # the caller's own exception goes on as it was raised
        if len(several.exceptions) > 1:
            raise
        error = several.exceptions[0]
        chain = error.__cause__, error.__context__, error.__suppress_context__
        try:
            raise error
        finally:
            error.__cause__, error.__context__, error.__suppress_context__ = chain
    finally:
        await mending.close()


@contextmanager
def _recording(file: str | PathLike[str] | None, endpoint: Endpoint, setup: Setup) -> Iterator[Recorder | None]:
    if file is None:
        yield None
        return
    model = endpoint.model_name(setup.model)
    with closing(Recorder(Path(file), About(endpoint=endpoint.url, seen_from=Side.CLIENT, model=model))) as recorder:
        yield recorder


class LiveSession:
    """An open session. Sending and iterating may go on at the same time.

    Iterating gives every event, Opened first, through any number of connections and turns. It ends when the session
    is closed, by leaving the block or by the server with 1000; it raises ConnectionClosed, ConnectionRefused or
    NoAnswer when the session cannot go on. Nothing that is sent waits for the network.
    """

    def __init__(self, mending: Mending) -> None:
        self._mending = mending

    @property
    def endpoint(self) -> Endpoint:
        """The server's."""
        return self._mending.endpoint

    @property
    def ended(self) -> AntiphonError | None:
        """Why the session is over, when it is and was not closed by us."""
        return self._mending.ended

    async def send_audio(self, audio: AudioChunk | bytes | bytearray | memoryview) -> None:
        """Send a stretch of the user's voice, of one channel; bytes are 16 kHz, signed 16-bit little-endian.

        Raises SettingsError for half a sample, or several channels.
        """
        chunk = audio if isinstance(audio, AudioChunk) else AudioChunk(bytes(audio))
        if len(chunk.data) % chunk.format.frame_bytes or chunk.format.channels != 1:
            raise SettingsError("send_audio: give whole 16-bit samples of one channel")
        blob = Blob(mime_type=pcm_mime(chunk.format), data=chunk.data)
        message = ClientMessage(realtime_input=RealtimeInput(audio=blob))
        number = self._mending.write(message, chunk.seconds, len(chunk.data))
        self._mending.speech.sent(chunk, number, self._mending.now())
        await self._mending.flush()

    async def drain(self) -> None:
        """Wait until no more than `backlog_s_high` of the audio waits for the socket: for what is sent all at once.

        Raises what ended the session.
        """
        await self._mending.drain()

    async def end_audio(self) -> None:
        """Tell that the microphone is off: the turn ends with what there is. Sending audio turns it on again."""
        self._mending.speech.ended(self._mending.write(_ENDED))
        await self._mending.flush()

    async def start_activity(self) -> None:
        """The user begins to speak; only where the setup disables automatic activity detection."""
        await self._send(ClientMessage(realtime_input=RealtimeInput(activity_start=ActivityStart())))

    async def end_activity(self) -> None:
        """The user has finished speaking."""
        self._mending.stopwatch.finished(self._mending.now())
        self._mending.speech.ended(self._mending.write(_FINISHED))
        await self._mending.flush()

    async def send_text(self, text: str) -> None:
        """Say something in writing, as a whole turn to be answered."""
        turn = Content(role="user", parts=(Part(text=text),))
        await self.send(ClientMessage(client_content=ClientContent(turns=(turn,), turn_complete=True)))

    async def send_image(self, data: bytes, mime_type: str) -> None:
        """Show a still picture: JPEG, PNG or WebP (protocol.md 4.8)."""
        await self._send(ClientMessage(realtime_input=RealtimeInput(video=Blob(mime_type=mime_type, data=data))))

    async def send_tool_result(
        self,
        call: FunctionCall,
        result: Mapping[str, object],
        *,
        scheduling: Scheduling | None = None,
        will_continue: bool | None = None,
    ) -> None:
        """Give what a function returned; ignored when nobody waits for it any more.

        `scheduling` and `will_continue` are for functions in the background (protocol.md 2.7).
        """
        if not self._mending.continuity.is_open(call):
            return
        id = None if str(call.id).startswith(UNNAMED) else call.id
        response = FunctionResponse(
            id=id, name=call.name, response=dict(result), scheduling=scheduling, will_continue=will_continue
        )
        number = self._mending.write(ClientMessage(tool_response=ToolResponse(function_responses=(response,))))
        self._mending.continuity.answered(call, number, more=bool(will_continue))
        await self._mending.flush()

    async def send(self, message: ClientMessage) -> None:
        """Send any message of the protocol for which there is no method here: history, text in real time."""
        content = message.client_content or ClientContent()
        said = [part.text for turn in content.turns if turn.role != "model" for part in turn.parts if part.text]
        if content.turn_complete:
            self._mending.stopwatch.finished(self._mending.now())
        number = self._mending.write(message)
        if said:
            self._mending.continuity.typed(" ".join(said), number)
        await self._mending.flush()

    async def stop_talking(self) -> None:
        """Have the model stop: content without a turn interrupts and asks nothing (protocol.md 4.4)."""
        await self._send(ClientMessage(client_content=ClientContent()))

    async def update(self, *, system: str | None = None, tools: Sequence[Tool] | None = None) -> None:
        """Change the system instruction, or the tools, from now on (protocol.md 2.8)."""
        if system is None and tools is None:
            raise SettingsError("update: give a system instruction, tools, or both")
        instruction = Content(parts=(Part(text=system),)) if system is not None else None
        changed = ContextUpdateTools(tools=tuple(tools)) if tools is not None else None
        update = ContextUpdate(system_instruction=instruction, tools=changed)
        self._mending.updated(update)
        await self._send(ClientMessage(context_update=update))

    async def _send(self, message: ClientMessage) -> None:
        self._mending.write(message)
        await self._mending.flush()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        event = await self._mending.inlet.next()
        if event is not None:
            return event
        ended = self._mending.ended
        if ended is None or (isinstance(ended, ConnectionClosed) and ended.code == CloseCode.NORMAL):
            raise StopAsyncIteration
        raise ended
