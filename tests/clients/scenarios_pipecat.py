"""One scenario through Pipecat's GeminiLiveLLMService: scenarios_pipecat.py BASE_URL SCENARIO PCM_FILE.

A pipeline of the service alone, between two processors that watch. Prints one JSON line of what came out of it;
`resumption` prints another before it, when the server may be killed.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from google.genai import Client
from google.genai.types import HttpOptions
from loguru import logger
from pipecat.adapters.schemas.function_schema import FunctionSchema
from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputImageRawFrame,
    InputTextRawFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    MetricsFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import LLMUsageMetricsData
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.google.gemini_live.llm import GeminiLiveLLMService, GeminiModalities, GeminiVADParams
from pipecat.services.google.gemini_live.vertex.llm import GeminiLiveVertexLLMService
from pipecat.services.llm_service import FunctionCallParams
from pipecat.workers.runner import WorkerRunner

MODEL = "models/gemini-2.5-flash-native-audio-preview-12-2025"
QUESTION = "Where is the nearest train station?"
CALL = "call get_weather with city=Paris"
RATE_HZ = 16_000
FRAME_BYTES = 640
SILENCE = bytes(32_000)
POLL_S = 0.02
WAIT_S = 45
WEATHER = FunctionSchema("get_weather", "The weather of a city", {"city": {"type": "string"}}, ["city"])


class Watch:
    """What came out of the service, both ways: a turn each time it began to answer."""

    def __init__(self) -> None:
        self.turns: list[dict[str, object]] = []
        self.tokens: list[int] = []
        self.heard = ""

    def note(self, frame: Frame) -> None:
        match frame:
            case TranscriptionFrame():
                self.heard += frame.text
            case LLMFullResponseStartFrame():
                beginning = {"said": "", "text": "", "audio_bytes": 0, "calls": []}
                self.turns.append({**beginning, "interrupted": False, "ended": False})
            case MetricsFrame():  # of the system's, it may overtake those of its turn
                usages = [figure.value for figure in frame.data if isinstance(figure, LLMUsageMetricsData)]
                self.tokens += [usage.prompt_tokens for usage in usages]
            case _ if self.turns:
                self._add(frame, self.turns[-1])

    @staticmethod
    def _add(frame: Frame, turn: dict[str, object]) -> None:
        match frame:
            case TTSAudioRawFrame():
                turn["audio_bytes"] += len(frame.audio)
            case TTSTextFrame():
                turn["said"] += frame.text
            case LLMTextFrame() if frame.append_to_context is not False:
                turn["text"] += frame.text
            case LLMFullResponseEndFrame():
                turn["ended"] = True
            case InterruptionFrame():
                turn["interrupted"] = True


class Lookout(FrameProcessor):
    """Reports the frames that pass, of one direction."""

    def __init__(self, watch: Watch, direction: FrameDirection) -> None:
        super().__init__()
        self._watch = watch
        self._direction = direction

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if direction is self._direction:
            self._watch.note(frame)
        await self.push_frame(frame, direction)


class Talk:
    """A running pipeline."""

    def __init__(self, service: GeminiLiveLLMService, worker: PipelineWorker, watch: Watch) -> None:
        self.service = service
        self.worker = worker
        self.watch = watch

    async def ask(self, text: str) -> None:
        await self.worker.queue_frame(InputTextRawFrame(text=text))

    async def say(self, sound: bytes) -> None:
        for at in range(0, len(sound), FRAME_BYTES):
            piece = sound[at : at + FRAME_BYTES]
            await self.worker.queue_frame(InputAudioRawFrame(audio=piece, sample_rate=RATE_HZ, num_channels=1))

    async def turns(self, count: int = 1, *, spoken: bool = False) -> list[dict[str, object]]:
        """Wait for so many turns, and for the transcript of what was spoken: it may come after the answer."""
        turns, tokens = self.watch.turns, self.watch.tokens
        await until(lambda: len(turns) >= count and turns[-1]["ended"] and len(tokens) >= count)
        if spoken:
            await until(lambda: self.watch.heard)
        turns[-1]["heard"] = self.watch.heard
        return [turn | {"tokens": prompt} for turn, prompt in zip(turns, tokens, strict=False)]

    async def connected(self) -> None:
        """Wait until the service takes input: before that it drops it, and no frame tells."""
        await until(lambda: self.service._ready_for_realtime_input and self.service._session)


async def until(happened: Callable[[], object]) -> None:
    while not happened():  # noqa: ASYNC110 - frames raise no event
        await asyncio.sleep(POLL_S)


class Scenarios:
    """Each method is one; it gives what came out."""

    def __init__(self, base_url: str, sound: bytes) -> None:
        self._key = "any"
        self._options = HttpOptions(base_url=base_url)
        self._sound = sound

    @asynccontextmanager
    async def talking(self, *, vertex: bool = False, tools: bool = False, **settings: object) -> AsyncIterator[Talk]:
        service = self._vertex(settings) if vertex else self._developer(settings)
        watch = Watch()
        lookouts = Lookout(watch, FrameDirection.UPSTREAM), Lookout(watch, FrameDirection.DOWNSTREAM)
        worker = PipelineWorker(
            Pipeline([lookouts[0], service, lookouts[1]]),
            params=PipelineParams(enable_metrics=True, enable_usage_metrics=True),
            cancel_on_idle_timeout=False,
            enable_rtvi=False,
        )
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        async with asyncio.TaskGroup() as group:
            group.create_task(runner.run())
            context = LLMContext(tools=ToolsSchema(standard_tools=[WEATHER])) if tools else LLMContext()
            await worker.queue_frame(LLMContextFrame(context))
            talk = Talk(service, worker, watch)
            await talk.connected()
            yield talk
            await worker.cancel()

    def _developer(self, settings: dict[str, object]) -> GeminiLiveLLMService:
        return GeminiLiveLLMService(
            api_key=self._key,
            http_options=self._options,
            settings=GeminiLiveLLMService.Settings(model=MODEL, **settings),
            inference_on_context_initialization=False,
        )

    def _vertex(self, settings: dict[str, object]) -> GeminiLiveLLMService:
        return GeminiLiveVertexLLMService(
            project_id="my-project",
            location="us-central1",
            http_options=self._options,
            settings=GeminiLiveVertexLLMService.Settings(**settings),
            inference_on_context_initialization=False,
        )

    async def audio(self) -> object:
        async with self.talking() as talk:
            await talk.say(self._sound + SILENCE)
            return {"turns": await talk.turns(spoken=True)}

    transcription = audio

    async def text(self, *, vertex: bool = False) -> object:
        async with self.talking(vertex=vertex, modalities=GeminiModalities.TEXT) as talk:
            await talk.ask(QUESTION)
            return {"turns": await talk.turns()}

    async def developer(self) -> object:
        return await self.text()

    async def token(self) -> object:
        self._options.api_version = "v1alpha"
        client = Client(api_key=self._key, http_options=self._options)
        self._key = (await client.aio.auth_tokens.create(config={"uses": 1})).name
        return {**await self.text(), "token": self._key.startswith("auth_tokens/")}

    async def vertex(self) -> object:
        return await self.text(vertex=True)

    async def manual(self) -> object:
        async with self.talking(vad=GeminiVADParams(disabled=True)) as talk:
            await talk.worker.queue_frame(UserStartedSpeakingFrame())
            await talk.say(self._sound)
            await talk.worker.queue_frame(UserStoppedSpeakingFrame())
            return {"turns": await talk.turns(spoken=True)}

    async def interruption(self) -> object:
        async with self.talking() as talk:
            await talk.ask("count to 400")
            await until(lambda: talk.watch.turns and talk.watch.turns[0]["audio_bytes"])
            await talk.say(self._sound + SILENCE)
            return {"turns": await talk.turns(2, spoken=True)}

    async def tools_blocking(self, *, blocking: bool = True) -> object:
        async with self.talking(tools=True) as talk:
            calls: list[object] = []

            async def get_weather(params: FunctionCallParams) -> None:
                calls.append({"name": params.function_name, "args": dict(params.arguments)})
                await params.result_callback({"weather": "sunny"})

            talk.service.register_function("get_weather", get_weather, cancel_on_interruption=blocking)
            await talk.ask(CALL)
            turns = await talk.turns()
            return {"turns": [*turns[:-1], {**turns[-1], "calls": calls}]}

    async def tools_non_blocking(self) -> object:
        return await self.tools_blocking(blocking=False)

    async def video(self) -> object:
        async with self.talking(modalities=GeminiModalities.TEXT) as talk:
            await talk.worker.queue_frame(InputImageRawFrame(image=bytes(192), size=(8, 8), format="RGB"))
            await talk.ask(QUESTION)
            return {"turns": await talk.turns()}

    async def resumption(self) -> object:
        async with self.talking() as talk:
            # No frame tells of a handle or a reconnection. The handle of the beginning knows of no turn.
            await until(lambda: talk.service._session_resumption_handle)
            handle, before = talk.service._session_resumption_handle, talk.service._session
            await talk.ask(QUESTION)
            await talk.turns()
            await until(lambda: talk.service._session_resumption_handle != handle)
            tell({"ready": True})
            await until(lambda: talk.service._session is not before)
            await talk.connected()
            await talk.ask(QUESTION)
            return {"turns": await talk.turns(2)}


def tell(seen: object) -> None:
    print(json.dumps(seen), flush=True)  # noqa: T201


async def main(base_url: str, scenario: str, file: str) -> None:
    logger.remove()
    logger.add(sys.stderr, level="DEBUG")
    sound = Path(file).read_bytes()  # noqa: ASYNC240
    async with asyncio.timeout(WAIT_S):
        tell(await getattr(Scenarios(base_url, sound), scenario)())


asyncio.run(main(*sys.argv[1:]))
