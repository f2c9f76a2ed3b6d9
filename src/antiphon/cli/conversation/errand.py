"""One conversation at the microphone, from flags to its end."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from antiphon.cli.conversation.lines import TalkLines
from antiphon.cli.conversation.terminal import on_terminal, screen_to_itself, signals_end, warnings_noted
from antiphon.cli.embedded import Engines, embedded_settings, own_endpoint, prepare
from antiphon.cli.loop import run
from antiphon.client.endpoint import Endpoint, resolve, server_of
from antiphon.client.live import connect
from antiphon.client.setup import setup_for
from antiphon.client.talk.devices import WITHOUT_HARDWARE, sound_file
from antiphon.client.talk.microphone import check_microphone, open_microphone
from antiphon.client.talk.speaker import check_speaker, open_speaker
from antiphon.client.talk.talking import Duplex, Talking
from antiphon.config import Settings
from antiphon.errors import SettingsError
from antiphon.recording.recorder import check_place
from antiphon.wire.setup import AutomaticActivityDetection, RealtimeInputConfig, Setup

if TYPE_CHECKING:
    from antiphon.cli.conversation.view import TalkView


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRequest:
    """What the flags of `antiphon talk` say."""

    endpoint: str | None
    """None runs a server of our own."""
    model: str | None
    voice: str | None
    system: str | None
    microphone: str | None
    speaker: str | None
    duplex: Duplex
    record: Path | None
    engines: Engines
    api_key: str | None

    def setup(self) -> Setup:
        """Write the setup message; with push-to-talk it is us who say when the user speaks."""
        setup = setup_for(model=self.model, system=self.system, voice=self.voice, text=False)
        if self.duplex is not Duplex.PUSH_TO_TALK:
            return setup
        detection = AutomaticActivityDetection(disabled=True)
        return replace(setup, realtime_input_config=RealtimeInputConfig(automatic_activity_detection=detection))


def talk_as(request: TalkRequest) -> None:
    """Talk until somebody ends it. Raises AntiphonError for whatever else does, when the screen is restored."""
    if request.endpoint is not None and request.engines is not Engines.EMBEDDED:
        raise SettingsError("--engines is about our own server and --endpoint names another: leave one out")
    screen = on_terminal()
    if request.duplex is Duplex.PUSH_TO_TALK and not screen:
        raise SettingsError("--push-to-talk needs a terminal for its key: leave it out, or do not redirect")
    if screen:
        _view_class()
    if request.record is not None:
        check_place(request.record)
    settings = embedded_settings(request.engines)
    check_microphone(request.microphone, file_s_max=settings.client.question_s_max)
    check_speaker(request.speaker)
    endpoint = None if request.endpoint is None else resolve(request.endpoint, api_key=request.api_key)
    if endpoint is None:
        prepare(settings)
    run(converse(request, endpoint, settings, screen=screen))


async def converse(request: TalkRequest, endpoint: Endpoint | None, settings: Settings, *, screen: bool) -> None:
    """Talk to an endpoint, or without one to a server of our own."""
    async with AsyncExitStack() as stack:
        if endpoint is None:
            endpoint = await own_endpoint(stack, settings)
        model = endpoint.model_name(request.model)
        limits = settings.client
        session = await stack.enter_async_context(
            connect(endpoint, setup=request.setup(), limits=limits, record=request.record)
        )
        talking = Talking(
            session,
            stack.enter_context(open_microphone(request.microphone, file_s_max=limits.question_s_max)),
            stack.enter_context(open_speaker(request.speaker, seconds_max=limits.reply_s_max)),
            duplex=request.duplex,
            until_over=not screen and sound_file(request.microphone) is not None,
            limits=limits,
        )
        if screen:
            named = f"{model.rpartition('/')[2]} · {server_of(endpoint.url)}"
            await _on_screen(talking, "this machine" if request.endpoint is None else named)
        else:
            await _in_lines(talking)


async def _on_screen(talking: Talking, where: str) -> None:
    view = _view_class()(talking, where)
    lines = TalkLines(talking.transcript)
    try:
        with signals_end(view.exit), warnings_noted(talking.transcript), screen_to_itself():
            error = await view.run_async()
    finally:
        lines.conclude()  # the screen is gone; what was said is not
    if error is not None:
        raise error


async def _in_lines(talking: Talking) -> None:
    lines = TalkLines(talking.transcript)
    talking.watch = lines.show
    async with asyncio.TaskGroup() as group:
        conversation = group.create_task(talking.run())
        with signals_end(conversation.cancel):
            await asyncio.wait([conversation])
    lines.conclude()


def _view_class() -> "type[TalkView]":
    try:
        from antiphon.cli.conversation.view import TalkView  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        raise SettingsError(
            f"the Python package textual is missing; install it: pip install 'antiphon[talk]'; {WITHOUT_HARDWARE}"
        ) from None
    return TalkView
