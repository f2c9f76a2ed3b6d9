"""One question, from flags to conclusion; whatever fails is shown with what had come by then."""

import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from antiphon.audio.pcm import AudioChunk
from antiphon.cli.console import JsonView, LiveView, PlainView, View
from antiphon.cli.embedded import Engines, embedded_settings, own_endpoint, prepare
from antiphon.cli.loop import run
from antiphon.cli.outcome import Outcome, check_writable, failed, outcome_of, save_reply
from antiphon.client.asking import Asking
from antiphon.client.audio_file import AudioFile, open_audio, open_pcm
from antiphon.client.endpoint import Endpoint, resolve
from antiphon.client.live import connect
from antiphon.config import Client, Settings
from antiphon.errors import AntiphonError, NoAnswer, SettingsError
from antiphon.recording.recorder import check_place

_STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the flags of `antiphon ask` say."""

    file: Path
    endpoint: str | None
    """None runs a server of our own."""
    out: Path | None
    """None when the answer is wanted in writing."""
    model: str | None
    voice: str | None
    system: str | None
    text: bool
    json: bool
    paced: bool
    timeout_s: float | None
    engines: Engines
    api_key: str | None
    record: Path | None

    def view(self) -> View:
        """Choose how to show what happens."""
        if self.json:
            return JsonView()
        return LiveView() if sys.stdout.isatty() else PlainView()


class Errand:
    """The question on its way. May be run once."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._view = request.view()
        self._asking: Asking | None = None
        self._endpoint: Endpoint | None = None
        self._concluded = False

    def run(self) -> None:
        """Ask, save the answer, show both. Raises AntiphonError when there is no answer."""
        try:
            self._run()
        except AntiphonError as error:
            if not self._concluded:
                self._view.conclude(failed(self._outcome(None), error))
            raise

    def _run(self) -> None:
        request = self._request
        if request.endpoint is not None and request.engines is not Engines.EMBEDDED:
            raise SettingsError("--engines is about our own server and --endpoint names another: leave one out")
        self._endpoint = None if request.endpoint is None else resolve(request.endpoint, api_key=request.api_key)
        settings = embedded_settings(request.engines)
        limits = settings.client
        if request.timeout_s is not None:
            limits = limits.model_copy(update={"answer_wait_s": request.timeout_s})
        if request.record is not None:
            check_place(request.record)
        if request.out is not None:
            check_writable(request.out, request.file)
        question = _open(request.file, limits.question_s_max)
        self._asking = Asking(question, paced=request.paced, whole_turn=request.json, limits=limits)
        if self._endpoint is None:
            prepare(settings)
        run(self._ask(self._asking, settings, limits))

    async def _ask(self, asking: Asking, settings: Settings, limits: Client) -> None:
        async with AsyncExitStack() as stack:
            request = self._request
            if self._endpoint is None:
                self._endpoint = await own_endpoint(stack, settings)
            opening = connect(
                self._endpoint,
                model=request.model,
                system=request.system,
                voice=request.voice,
                text=request.text,
                limits=limits,
                record=request.record,
            )
            session = await stack.enter_async_context(opening)
            with self._view.watch(asking):
                await asking.put_to(session)
            outcome = self._outcome(self._saved(asking.reply.audio))
            self._view.conclude(outcome)  # now: a server of our own takes a moment to close
            self._concluded = True

    def _saved(self, audio: AudioChunk) -> tuple[Path, float] | None:
        if self._request.out is None:
            return None
        if not audio.samples:
            raise NoAnswer("the server answered without sound: --text shows what it writes")
        return self._request.out, save_reply(audio, self._request.out)

    def _outcome(self, saved: tuple[Path, float] | None) -> Outcome:
        paced = self._request.paced
        model = self._request.model if self._endpoint is None else self._endpoint.model_name(self._request.model)
        if self._asking is None:
            return Outcome(model=model, real_time=paced)
        return outcome_of(self._asking, model=model, real_time=paced, saved=saved)


def _open(file: Path, seconds_max: float) -> AudioFile:
    if file != _STANDARD_INPUT:
        return open_audio(file, seconds_max)
    if sys.stdin.isatty():
        raise SettingsError("FILE is - but nothing is piped in: name a sound file, or pipe raw PCM")
    return open_pcm(sys.stdin.buffer, seconds_max)
