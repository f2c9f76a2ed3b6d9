"""A language model in this process: llama.cpp's server, which answers many sessions in one batch.

Its HTTP listener cannot be left out. It is put on a socket in a directory only this user may
enter, where it serves as the tokenizer; nothing listens on a port.
"""

import asyncio
import logging
import os
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from antiphon.config import Compute, Settings
from antiphon.engines.accept import require_open
from antiphon.engines.chat import ChatMessage, chat_messages, sampling_parameters
from antiphon.engines.contracts import Descriptor, LlmOutput, Prompt, Sampling, TextDelta
from antiphon.engines.pool import Workers
from antiphon.engines.router import WORDS_GRAMMAR, Router, with_functions
from antiphon.engines.slots import Slots
from antiphon.errors import ContextFull, EngineBusy, EngineFailed
from antiphon.weights.cache import locate
from antiphon.wire.content import FunctionCall

os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# Read when libgomp is loaded, so before the next import. By default the model's threads wait for each other
# spinning, and on cores that something else uses too a thread spins while the one it waits for cannot
# run: one busy neighbour cost 9/10 of the speed. With this, half; and nothing on idle cores.
from xllamacpp.xllamacpp import CommonParams, Server, json_schema_to_grammar

log = logging.getLogger(__name__)

DESCRIPTOR = Descriptor(
    name="llama",
    kind="llm",
    summary="Qwen2.5-Coder 0.5B through llama.cpp: small and quick, no authority on facts",
    license="Apache-2.0",
    languages=("en", "zh", "fr", "es", "pt", "de", "it", "ru", "ja", "ko", "vi", "th", "ar"),
    weights=("qwen2.5-coder-0.5b",),
)

_MODEL_FILE = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"

_PREFILL_TOKENS = 12
"""Of a prompt computed between two looks at whether anybody still wants the answer (about 0.1 s on two
cores), and between two tokens of the other sessions. Larger steps prefill up to a fifth faster."""
_REPLY_TOKENS_MAX = 1_024
"""When the client sets no maximum: some five minutes of speech."""
_DISPLACED_MIB_MAX = 256
"""Prefixes kept when there are more sessions than slots; a token takes 12 KiB."""
_DEFAULTS = {"temperature": 0.3, "top_p": 0.9, "max_tokens": _REPLY_TOKENS_MAX}
_DECISION = {"temperature": 0.0, "max_tokens": 256}
"""Whether a function is called, and with what; longer arguments are no call."""
_STREAMED = {"stream": True, "return_progress": True}
"""Calls back after each step of the prefill, which is when it can be stopped."""
_READ_ONLY = {"max_tokens": 1}
"""It has to say something, and a token is the least."""
_SILENT = -1
"""Below llama.cpp's lowest level: it writes to the terminal otherwise."""
_FIRST_SLOT = 0


class _Reply:
    """One answer on its way from a worker's thread to the event loop."""

    def __init__(self) -> None:
        self.failure: EngineFailed | None = None
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._pieces: deque[str] = deque()
        self._stopped = False

    def take(self, chunk: dict[str, Any]) -> bool:
        """Take what llama.cpp calls back with, in the worker's thread. True ends the generation."""
        if "error" in chunk:
            self.failure = _failure(chunk["error"])
            return True
        for choice in chunk["choices"]:
            if text := choice["delta"].get("content"):
                self._hand_over(text)
        return self._stopped

    async def pieces(self, call: asyncio.Future[None]) -> AsyncGenerator[str, None]:
        """The answer as it comes, until `call`, which feeds `take`, has ended. Raises what it raised."""
        call.add_done_callback(lambda _: self._arrived.set())
        while not self._stopped:
            while self._pieces:
                yield self._pieces.popleft()
            if call.done():
                await call
                return
            self._arrived.clear()
            await self._arrived.wait()

    def stop(self) -> None:
        """Want no more."""
        self._stopped = True
        self._pieces.clear()
        self._arrived.set()

    def _hand_over(self, text: str) -> None:
        try:
            self._loop.call_soon_threadsafe(self._append, text)
        except RuntimeError:  # the loop was closed under us
            self._stopped = True

    def _append(self, text: str) -> None:
        if not self._stopped:
            self._pieces.append(text)
            self._arrived.set()


class Llama:
    """The loaded model, shared by every stream."""

    def __init__(self, model: Path, compute: Compute, opening: str, descriptor: Descriptor = DESCRIPTOR) -> None:
        self.descriptor = descriptor
        self._directory = TemporaryDirectory(prefix="antiphon-llama-")
        socket = f"{self._directory.name}/llama.sock"
        try:
            self._server = Server(_parameters(model, compute, socket))
            self._warm(opening)
        except (RuntimeError, ValueError, EngineFailed) as error:
            self._directory.cleanup()
            raise EngineFailed(f"llama.cpp cannot run {model}: {error}") from error
        limits = httpx.Limits(max_connections=compute.counts_max, max_keepalive_connections=0)
        transport = httpx.AsyncHTTPTransport(uds=socket, limits=limits)
        self._tokenizer = httpx.AsyncClient(transport=transport, base_url="http://llama", timeout=compute.count_wait_s)
        self._counts = asyncio.Semaphore(compute.counts_max)
        self._counts_max = compute.counts_max
        self._uncounted = 0
        """Texts whose tokens are being counted, or wait for that."""
        self._count_wait_s = compute.count_wait_s
        self._workers = Workers(descriptor.name, compute.llm_slots, compute.queue_max)
        self._slots: Slots[LlamaStream] = Slots(compute.llm_slots)
        self.context_tokens = compute.llm_context_tokens

    def open(self) -> "LlamaStream":
        stream = LlamaStream(self)
        self._slots.enter(stream)
        return stream

    async def count_tokens(self, text: str) -> int:
        """Ask llama.cpp. Raises EngineBusy when that takes too long."""
        self._uncounted += 1
        try:
            async with asyncio.timeout(self._count_wait_s), self._counts:
                answer = await self._tokenizer.post("/tokenize", json={"content": text})
            return len(answer.raise_for_status().json()["tokens"])
        except TimeoutError:
            raise EngineBusy(f"llama.cpp has not counted a text's tokens in {self._count_wait_s:g} s") from None
        except httpx.HTTPError as error:
            raise EngineFailed(f"llama.cpp does not tokenize: {error!r}") from error
        finally:
            self._uncounted -= 1

    @property
    def waiting(self) -> int:
        """Answers that wait for a slot, and texts that wait to be counted."""
        return self._workers.waiting + max(0, self._uncounted - self._counts_max)

    async def aclose(self) -> None:
        for stream in self._slots.streams():
            stream.close()
        await self._workers.aclose()
        await self._tokenizer.aclose()
        self.__dict__.pop("_server", None)  # its destructor ends llama.cpp's threads
        self._directory.cleanup()

    def begin(self, stream: "LlamaStream", request: dict[str, Any], reply: _Reply) -> asyncio.Future[None]:
        """Start to answer in the stream's slot."""
        return self._workers.submit(self._answer, request | {"id_slot": self._slots.slot_of(stream)}, reply)

    def release(self, stream: "LlamaStream") -> None:
        self._slots.leave(stream)

    def _answer(self, request: dict[str, Any], reply: _Reply) -> None:
        self._server.handle_chat_completions(request, reply.take)
        if reply.failure is not None:
            raise reply.failure

    def _warm(self, opening: str) -> None:
        """Compute the usual system prompt once, in the slot that is given away first."""
        prompt = Prompt(opening, ())
        request = _request(prompt, Sampling(max_output_tokens=1)) | {"stream": False, "id_slot": _FIRST_SLOT}
        answer = self._server.handle_chat_completions(request)
        if "error" in answer:
            raise _failure(answer["error"])


class LlamaStream:
    """One session's slot."""

    def __init__(self, engine: Llama) -> None:
        self._engine = engine
        self._reply: _Reply | None = None
        self._answering = False
        self._closed = False

    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        """Call a function or answer; llama.cpp is told to stop at its next step when nobody listens any more."""
        require_open(self._closed, "llama")
        if self._answering:
            raise EngineFailed("llama: the answer before this one is still being given")
        self._answering = True
        try:
            if prompt.tools and (call := await self._asked_for(Router(prompt))):
                if not self._closed:
                    yield call
                return
            async with aclosing(self._written(_request(prompt, sampling))) as pieces:
                async for text in pieces:
                    yield TextDelta(text)
        finally:
            self._answering = False

    async def prepare(self, prompt: Prompt) -> None:
        """Have the slot read it; with functions, what will be asked first is which of them to call."""
        require_open(self._closed, "llama")
        if prompt.tools and not prompt.contents:
            return
        request = {"messages": Router(prompt).messages(), **_STREAMED} if prompt.tools else _request(prompt, Sampling())
        async with aclosing(self._written(request | _READ_ONLY)) as pieces:
            async for _ in pieces:
                pass

    async def _asked_for(self, router: Router) -> FunctionCall | None:
        name = router.names(await self._decided(router.messages(), router.names_grammar))
        if name is None:
            return None
        try:
            arguments = await self._decided(router.messages(name), json_schema_to_grammar(router.schema(name)))
        except EngineFailed as error:
            log.warning("%s is not called: its parameters cannot be asked for: %s", name, error)
            return None
        return router.call(name, arguments)

    async def _decided(self, messages: list[ChatMessage], grammar: str) -> str:
        request = {"messages": messages, "grammar": grammar, **_DECISION, **_STREAMED}
        async with aclosing(self._written(request)) as pieces:
            return "".join([text async for text in pieces])

    async def _written(self, request: dict[str, Any]) -> AsyncGenerator[str, None]:
        """What the model writes; nothing once the stream is closed."""
        if self._closed:
            return
        reply = self._reply = _Reply()
        call = None
        try:
            call = self._engine.begin(self, request, reply)
            async for text in reply.pieces(call):
                yield text
        finally:
            reply.stop()
            self._reply = None
            if call is not None:
                call.cancel()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._reply is not None:
            self._reply.stop()
        self._engine.release(self)


def _parameters(model: Path, compute: Compute, socket: str) -> Any:
    parameters = CommonParams()
    parameters.model.path = str(model)
    parameters.n_parallel = compute.llm_slots
    parameters.n_ctx = compute.llm_slots * compute.llm_context_tokens
    parameters.n_batch = parameters.n_ubatch = _PREFILL_TOKENS + compute.llm_slots
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = compute.llm_threads
    parameters.cache_ram_mib = _DISPLACED_MIB_MAX
    parameters.verbosity = _SILENT
    parameters.hostnames = [socket]
    parameters.n_threads_http = 1
    parameters.ui = False
    return parameters


def _request(prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
    return {
        **_DEFAULTS,
        **sampling_parameters(sampling),
        "messages": chat_messages(with_functions(prompt), native_tools=False),
        **({"grammar": WORDS_GRAMMAR} if prompt.tools else {}),
        **_STREAMED,
    }


def _failure(error: dict[str, Any]) -> EngineFailed:
    if error.get("type") == "exceed_context_size_error":
        tokens, tokens_max = error["n_prompt_tokens"], error["n_ctx"]
        return ContextFull(
            f"the conversation is too long for the model: {tokens} tokens, and {tokens_max} fit "
            "(compute.llm_context_tokens)",
            tokens,
            tokens_max,
        )
    return EngineFailed(f"llama.cpp: {error.get('message', error)}")


def make(settings: Settings) -> Llama:
    """Load the model. Raises EngineUnavailable when its weights are missing, EngineFailed when it cannot be run."""
    model = locate("qwen2.5-coder-0.5b", settings.weights) / _MODEL_FILE
    return Llama(model, settings.compute, settings.system_prompt)
