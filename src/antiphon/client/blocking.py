"""The client without asyncio, for notebooks and scripts: the same session, whose methods wait.

The session lives on an event loop in a thread of its own, so it goes on while the caller does something else.
"""

import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from os import PathLike
from typing import TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from antiphon.audio.pcm import AudioChunk
from antiphon.client import answer, live
from antiphon.client.answer import Answer
from antiphon.client.audio_file import AudioFile
from antiphon.client.connection import Tap
from antiphon.client.endpoint import Endpoint
from antiphon.client.events import Event
from antiphon.config import Client
from antiphon.wire.content import FunctionCall
from antiphon.wire.setup import Setup
from antiphon.wire.tools import Tool

T = TypeVar("T")


@contextmanager
def connect(  # noqa: PLR0913 - what a session may be asked for
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
) -> Iterator["BlockingSession"]:
    """Open a session as `antiphon.client.connect` does; leaving the block closes it."""
    opening = live.connect(
        endpoint,
        model=model,
        system=system,
        voice=voice,
        text=text,
        tools=tools,
        setup=setup,
        project=project,
        location=location,
        api_key=api_key,
        headers=headers,
        limits=limits,
        record=record,
        tap=tap,
    )
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opening) as session:
        yield BlockingSession(session, portal, limits)


class BlockingSession:
    """An open session, with what of LiveSession a script needs that does one thing at a time.

    Methods raise what LiveSession's do. Several threads may ask; each waits for the one before.
    """

    def __init__(self, session: live.LiveSession, portal: BlockingPortal, limits: Client | None = None) -> None:
        self._session = session
        self._portal = portal
        self._limits = limits
        self._asking = threading.Lock()

    def _call(self, function: Callable[..., Awaitable[T]], *args: object) -> T:
        """Wait for a coroutine; an interrupt (Ctrl-C, a notebook's stop button) ends it, too."""
        future = self._portal.start_task_soon(function, *args)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    @property
    def endpoint(self) -> Endpoint:
        """The server's."""
        return self._session.endpoint

    def ask(self, question: str | PathLike[str] | AudioFile, *, paced: bool = True) -> Answer:
        """Ask a recorded question and wait for the answer."""
        with self._asking:
            return self._call(partial(answer.ask, self._session, question, paced=paced, limits=self._limits))

    def write(self, text: str) -> Answer:
        """Ask in writing and wait for the answer."""
        with self._asking:
            return self._call(partial(answer.write, self._session, text, limits=self._limits))

    def send_audio(self, audio: AudioChunk | bytes) -> None:
        """Send a stretch of the user's voice; bytes are 16 kHz mono, signed 16-bit little-endian."""
        self._call(self._session.send_audio, audio)

    def end_audio(self) -> None:
        """Tell that the microphone is off."""
        self._call(self._session.end_audio)

    def send_text(self, text: str) -> None:
        """Say something in writing, as a whole turn to be answered."""
        self._call(self._session.send_text, text)

    def send_image(self, data: bytes, mime_type: str) -> None:
        """Show a still picture."""
        self._call(self._session.send_image, data, mime_type)

    def send_tool_result(self, call: FunctionCall, result: Mapping[str, object]) -> None:
        """Give what a function returned."""
        self._call(self._session.send_tool_result, call, result)

    def stop_talking(self) -> None:
        """Have the model stop."""
        self._call(self._session.stop_talking)

    def __iter__(self) -> Iterator[Event]:
        """Give every event, waiting for each, until the session ends."""
        while True:
            try:
                yield self._call(self._session.__anext__)
            except StopAsyncIteration:
                return
