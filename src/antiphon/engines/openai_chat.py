"""A language model behind any OpenAI-compatible URL: vLLM, Ollama, llama-server, a cloud."""

import math
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import openai
from msgspec.structs import replace
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from antiphon.config import RemoteLlm, Settings
from antiphon.engines.accept import require_open
from antiphon.engines.call_deltas import CallDeltas
from antiphon.engines.chat import chat_messages, chat_tools, sampling_parameters
from antiphon.engines.contracts import Descriptor, LlmOutput, Prompt, Sampling, ThoughtDelta
from antiphon.engines.function_names import FunctionNames
from antiphon.engines.refusals import lengths, too_long
from antiphon.engines.thoughts import ThoughtSplitter
from antiphon.errors import (
    ContextFull,
    EngineBusy,
    EngineError,
    EngineFailed,
    EngineUnavailable,
    MalformedCall,
    SettingsError,
    without_secrets,
)
from antiphon.wire.content import FunctionCall

DESCRIPTOR = Descriptor(
    name="openai",
    kind="llm",
    summary="any model behind an OpenAI-compatible URL (--llm-url, --llm-model)",
    license="that of the model behind the URL",
    languages=("*",),
)

_LATIN_CHARACTERS_A_TOKEN = 4
_LATIN_BELOW = "\u0250"
"""The letters of Latin scripts, figures and ASCII. Chinese, Japanese and Korean take a token a character, give or
take a third; other scripts take fewer, and a count that is too high only shortens what is kept."""
_NO_KEY = "none"
"""Servers at home want no key, and the SDK would otherwise send them the one in OPENAI_API_KEY."""
_ERROR_CHARACTERS_MAX = 300
"""Of what a server says went wrong."""


class OpenAiChat:
    """The endpoint, with the connections every stream shares."""

    descriptor = DESCRIPTOR

    def __init__(self, url: str, model: str, remote: RemoteLlm) -> None:
        self._where = f"{model} at {without_secrets(url)}"
        self._model = model
        self._key = (remote.api_key and remote.api_key.get_secret_value()) or _NO_KEY
        self._timeout_s = remote.timeout_s
        self._vision = remote.vision
        self.context_tokens = remote.context_tokens
        self._client = openai.AsyncOpenAI(
            base_url=url, api_key=self._key, timeout=remote.timeout_s, max_retries=remote.retries_max
        )

    def open(self) -> "OpenAiChatStream":
        return OpenAiChatStream(self)

    async def count_tokens(self, text: str) -> int:
        """Estimate: four Latin characters a token, or one of any other script. This API has no tokenizer."""
        latin = sum(map(_LATIN_BELOW.__gt__, text))
        return math.ceil(latin / _LATIN_CHARACTERS_A_TOKEN) + len(text) - latin

    async def aclose(self) -> None:
        await self._client.close()

    async def complete(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Choice, None]:
        """The answer piece by piece. Closing the generator closes the connection."""
        messages = cast("list[ChatCompletionMessageParam]", chat_messages(prompt, vision=self._vision))
        with self._as_engine_errors():
            stream = await self._client.chat.completions.create(
                model=self._model,
                messages=messages,
                stream=True,
                **_tools(prompt),
                **_parameters(sampling),
            )
            answered = False
            async with stream:
                async for chunk in stream:
                    answered = True
                    for choice in chunk.choices or ():
                        if choice.delta:
                            yield choice
            if not answered:
                raise EngineFailed(f"{self._where}: no chat completion; the URL usually ends in /v1")

    @contextmanager
    def _as_engine_errors(self) -> Iterator[None]:
        """Map what the SDK raises. The chain is cut: a server may repeat the key in its answer."""
        try:
            yield
        except openai.OpenAIError as error:
            raise self._engine_error(error) from None
        except (ValueError, TypeError, AttributeError) as error:  # the JSON is none, or another one
            raise EngineFailed(f"{self._where}: no chat completion: {self._clean(error)}") from None

    def _engine_error(self, error: openai.OpenAIError) -> EngineError:
        where, said = self._where, self._clean(error)
        match error:
            case openai.APITimeoutError():
                return EngineUnavailable(f"{where} said nothing for {self._timeout_s:g} s")
            case openai.APIConnectionError():
                return EngineUnavailable(f"{where} cannot be reached: {self._clean(error.__cause__ or error)}")
            case openai.RateLimitError():
                return EngineBusy(f"{where} has no place free: {said}")
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return EngineUnavailable(f"{where} refuses the key (ANTIPHON_LLM__API_KEY): {said}")
            case openai.NotFoundError():
                return EngineUnavailable(f"{where} is not there (--llm-url, --llm-model): {said}")
            case openai.APIError() if too_long(error):
                return ContextFull(f"{where}: the conversation is too long for the model: {said}", *lengths(error))
            case _:
                return EngineFailed(f"{where}: {said}")

    def _clean(self, error: BaseException) -> str:
        text = str(error) or type(error).__name__
        if self._key != _NO_KEY:
            text = text.replace(self._key, "***")
        return text[:_ERROR_CHARACTERS_MAX]


class OpenAiChatStream:
    """One session's place. It keeps nothing: servers find a known prefix again by themselves."""

    def __init__(self, engine: OpenAiChat) -> None:
        self._engine = engine
        self._answering = False
        self._closed = False

    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        """Answer; calls come when they are whole."""
        require_open(self._closed, "openai")
        if self._answering:
            raise EngineFailed("openai: the answer before this one is still being given")
        self._answering = True
        names = FunctionNames(prompt)
        answer = _Answer()
        choices = self._engine.complete(names.there(prompt), sampling)
        try:
            async for choice in choices:
                for output in answer.feed(choice):
                    if self._closed:
                        return
                    yield _declared(output, names)
            for output in answer.finish():
                yield _declared(output, names)
        finally:
            self._answering = False
            await choices.aclose()

    async def prepare(self, prompt: Prompt) -> None:
        """Nothing: a server on the network is not asked for what may be thrown away."""

    def close(self) -> None:
        self._closed = True


class _Answer:
    """One answer as it streams in."""

    def __init__(self) -> None:
        self._said = ThoughtSplitter()
        self._calls = CallDeltas()

    def feed(self, choice: Choice) -> Iterator[LlmOutput]:
        delta = choice.delta
        if thought := _reasoning(delta):
            yield ThoughtDelta(thought)
        if delta.content:
            yield from self._said.feed(delta.content)
        for call in delta.tool_calls or ():
            self._calls.feed(call)
        if choice.finish_reason:
            yield from self.finish()

    def finish(self) -> Iterator[LlmOutput]:
        """What was held back. What comes after it is fed as before."""
        yield from self._said.finish()
        yield from self._calls.finish()


def _reasoning(delta: ChoiceDelta) -> str:
    """What servers that separate the reasoning send beside the content; it is not of OpenAI's API."""
    named = (getattr(delta, name, None) for name in ("reasoning_content", "reasoning"))
    return next((text for text in named if isinstance(text, str)), "")


def _declared(output: LlmOutput, names: FunctionNames) -> LlmOutput:
    if not isinstance(output, FunctionCall):
        return output
    name = names.back(output.name)
    if name is None:
        raise MalformedCall(f"malformed function call: {output.name} is not declared")
    return replace(output, name=name)


def _tools(prompt: Prompt) -> dict[str, Any]:
    """Left out when there are none: some servers refuse an empty list."""
    return {"tools": chat_tools(prompt.tools)} if prompt.tools else {}


def _parameters(sampling: Sampling) -> dict[str, Any]:
    """As the SDK takes them. `top_k` is not of OpenAI's API, though vLLM, Ollama and llama-server know it."""
    asked: dict[str, Any] = dict(sampling_parameters(sampling))
    extra = {name: asked.pop(name) for name in ("top_k",) if name in asked}
    return asked | ({"extra_body": extra} if extra else {})


def make(settings: Settings) -> OpenAiChat:
    """Prepare the connection; nothing is sent yet. Raises SettingsError when the URL or the model is not given."""
    url, model = settings.llm.url, settings.llm.model
    if not url or not model:
        missing = "--llm-url (ANTIPHON_LLM__URL)" if not url else "--llm-model (ANTIPHON_LLM__MODEL)"
        raise SettingsError(f"the openai engine does not know where to ask: give {missing}")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"llm.url: {without_secrets(url)} does not begin with http:// or https://")
    return OpenAiChat(url, model, settings.llm)
