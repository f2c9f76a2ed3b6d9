"""The embedded model: its threads, slots and stops with a scripted llama.cpp, and itself for real."""

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from antiphon.config import Compute, Settings, Weights
from antiphon.engines import llama
from antiphon.engines.contracts import LlmOutput, LlmStream, Prompt, Sampling, TextDelta
from antiphon.engines.llama import Llama, LlamaStream
from antiphon.engines.testkit import check_llm
from antiphon.errors import ContextFull, EngineBusy, EngineFailed, EngineUnavailable
from antiphon.wire.content import Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.tools import FunctionDeclaration

WAIT_S = 10.0
HOSTILE_S_MAX = 90.0
SLOTS = 2
OPENING = "Be kind."
TOO_LONG = {"type": "exceed_context_size_error", "message": "no", "n_prompt_tokens": 5_000, "n_ctx": 4_096}

Answer = Callable[[dict[str, Any], Callable[[dict[str, Any]], bool]], None]


def delta(text: str | None) -> dict[str, Any]:
    return {"choices": [{"finish_reason": None, "index": 0, "delta": {"content": text}}]}


def say(*texts: str) -> Answer:
    def answer(_: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        callback(delta(None))
        for text in texts:
            if callback(delta(text)):
                return

    return answer


class Endless:
    """An answer without an end, given at a pace nobody has to wait for."""

    def __init__(self) -> None:
        self.stopped = Event()

    def __call__(self, request: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        pause = Event()
        for _ in range(5_000):
            if callback(delta("on ")):
                self.stopped.set()
                return
            pause.wait(0.002)


class ScriptedServer:
    """llama.cpp's server as far as the engine knows it."""

    made: list["ScriptedServer"]
    warming: dict[str, Any]

    def __init__(self, parameters: Any) -> None:
        self.parameters = parameters
        self.requests: list[dict[str, Any]] = []
        self.answer: Answer = say("Hello", " there.")
        self.made.append(self)

    def handle_chat_completions(
        self, request: dict[str, Any], callback: Callable[[dict[str, Any]], bool] | None = None
    ) -> dict[str, Any] | None:
        self.requests.append(request)
        if callback is None:
            return self.warming
        self.answer(request, callback)
        return None


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[ScriptedServer]:
    made: list[ScriptedServer] = []
    monkeypatch.setattr(ScriptedServer, "made", made, raising=False)
    monkeypatch.setattr(ScriptedServer, "warming", {"choices": []}, raising=False)
    monkeypatch.setattr(llama, "Server", ScriptedServer)
    return made


def small() -> Compute:
    return Compute(llm_slots=SLOTS, queue_max=1, llm_threads=3, llm_context_tokens=1_000)


@pytest.fixture
async def engine(servers: list[ScriptedServer]) -> AsyncGenerator[Llama, None]:
    made = Llama(Path("model.gguf"), small(), OPENING)
    async with asyncio.timeout(WAIT_S):
        yield made
        await made.aclose()


@pytest.fixture
def server(engine: Llama, servers: list[ScriptedServer]) -> ScriptedServer:
    servers[0].requests.clear()
    return servers[0]


def ask(text: str = "Hello?", system: str = "Be brief.") -> Prompt:
    return Prompt(system, (Content(role="user", parts=(Part(text=text),)),))


async def answered(stream: LlmStream, prompt: Prompt, sampling: Sampling | None = None) -> str:
    return "".join([piece(output) async for output in stream.generate(prompt, sampling or Sampling())])


def piece(output: LlmOutput) -> str:
    assert isinstance(output, TextDelta)
    return output.text


async def test_an_answer_comes_in_pieces_and_in_order(engine: Llama, server: ScriptedServer) -> None:
    server.answer = say(*"abcdefgh")
    assert [piece(output) async for output in engine.open().generate(ask(), Sampling())] == list("abcdefgh")


async def test_what_llama_cpp_is_asked(engine: Llama, server: ScriptedServer) -> None:
    await answered(engine.open(), ask("Hi."), Sampling(temperature=0.0, top_k=5, max_output_tokens=9, seed=1))
    assert server.requests == [
        {
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi."}],
            "temperature": 0.0,
            "top_p": 0.9,
            "top_k": 5,
            "max_tokens": 9,
            "seed": 1,
            "stream": True,
            "return_progress": True,
            "id_slot": 0,
        }
    ]


async def test_an_answer_has_an_end_when_nobody_sets_one(engine: Llama, server: ScriptedServer) -> None:
    await answered(engine.open(), ask())
    assert server.requests[0]["max_tokens"] == 1_024


async def test_how_llama_cpp_is_set_up(server: ScriptedServer) -> None:
    parameters = server.parameters
    assert parameters.model.path == "model.gguf"
    assert (parameters.n_parallel, parameters.n_ctx) == (SLOTS, SLOTS * 1_000)
    assert (parameters.cpuparams.n_threads, parameters.cpuparams_batch.n_threads) == (3, 3)
    (address,) = parameters.hostnames
    assert address.endswith(".sock")
    assert Path(address).parent.stat().st_mode & 0o077 == 0


def test_the_usual_opening_is_computed_when_the_model_is_loaded(servers: list[ScriptedServer]) -> None:
    engine = Llama(Path("model.gguf"), small(), OPENING)
    (request,) = servers[0].requests
    assert request["messages"] == [{"role": "system", "content": OPENING}]
    assert (request["max_tokens"], request["stream"]) == (1, False)
    asyncio.run(engine.aclose())


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (TOO_LONG, ContextFull, r"too long for the model: 5000 tokens, and 4096 fit \(compute.llm_context_tokens\)"),
        ({"type": "server_error", "message": "no slot"}, EngineFailed, "llama.cpp: no slot"),
    ],
)
async def test_an_error_of_llama_cpp(
    engine: Llama, server: ScriptedServer, error: dict[str, Any], kind: type[EngineFailed], said: str
) -> None:
    def fail(_: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        assert callback({"error": error})

    server.answer = fail
    stream = engine.open()
    with pytest.raises(kind, match=said) as raised:
        await answered(stream, ask())
    assert type(raised.value) is kind
    server.answer = say("Again.")
    assert await answered(stream, ask()) == "Again."


async def test_a_refusal_of_llama_cpp(engine: Llama, server: ScriptedServer) -> None:
    def refuse(_: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        raise ValueError("Expected 'messages' to be an array")

    server.answer = refuse
    with pytest.raises(EngineFailed, match="Expected 'messages'"):
        await answered(engine.open(), ask())


async def test_closing_the_generator_stops_the_generation(engine: Llama, server: ScriptedServer) -> None:
    endless = server.answer = Endless()
    stream = engine.open()
    async with aclosing(stream.generate(ask(), Sampling())) as outputs:
        assert await anext(outputs) == TextDelta("on ")
    assert await asyncio.to_thread(endless.stopped.wait, WAIT_S)
    server.answer = say("Next.")
    assert await answered(stream, ask()) == "Next."


async def test_cancelling_the_consumer_stops_the_generation(engine: Llama, server: ScriptedServer) -> None:
    endless = server.answer = Endless()

    async def consume() -> None:
        async for _ in engine.open().generate(ask(), Sampling()):
            begun.set()

    begun = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(consume())
        await begun.wait()
        task.cancel()
    assert task.cancelled()
    assert await asyncio.to_thread(endless.stopped.wait, WAIT_S)


async def test_a_closed_stream_says_nothing_more(engine: Llama, server: ScriptedServer) -> None:
    endless = server.answer = Endless()
    stream = engine.open()
    outputs = stream.generate(ask(), Sampling())
    await anext(outputs)
    stream.close()
    stream.close()
    assert [output async for output in outputs] == []
    assert await asyncio.to_thread(endless.stopped.wait, WAIT_S)
    with pytest.raises(EngineFailed, match="closed"):
        await answered(stream, ask())


async def test_a_stream_answers_once_at_a_time(engine: Llama, server: ScriptedServer) -> None:
    server.answer = Endless()
    stream = engine.open()
    async with aclosing(stream.generate(ask(), Sampling())) as outputs:
        await anext(outputs)
        with pytest.raises(EngineFailed, match="still being given"):
            await answered(stream, ask())


async def slots_used(server: ScriptedServer, *streams: LlamaStream) -> list[int]:
    server.requests.clear()
    for stream in streams:
        await answered(stream, ask())
    return [request["id_slot"] for request in server.requests]


async def test_a_stream_keeps_its_slot_and_leaves_it_to_the_next(engine: Llama, server: ScriptedServer) -> None:
    first, second = engine.open(), engine.open()
    assert await slots_used(server, second, first, second) == [1, 0, 1]
    second.close()
    assert await slots_used(server, engine.open()) == [1]


async def test_nobody_owns_a_slot_while_there_are_more_streams(engine: Llama, server: ScriptedServer) -> None:
    first, second, third = engine.open(), engine.open(), engine.open()
    assert await slots_used(server, first, second, third) == [-1, -1, -1]
    second.close()
    assert await slots_used(server, first, third, third) == [0, 1, 1]


async def test_more_than_the_queue_holds_is_busy(engine: Llama, server: ScriptedServer) -> None:
    server.answer = Endless()
    running = [engine.open().generate(ask(), Sampling()) for _ in range(SLOTS)]
    for outputs in running:
        await anext(outputs)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(answered(engine.open(), ask()))
        await asyncio.sleep(0)
        assert engine.waiting == 1
        with pytest.raises(EngineBusy):
            await answered(engine.open(), ask())
        server.answer = say("At last.")
        for outputs in running:
            await outputs.aclose()
    assert waiting.result() == "At last."


async def test_closing_the_engine_ends_what_runs(engine: Llama, server: ScriptedServer) -> None:
    endless = server.answer = Endless()
    outputs = engine.open().generate(ask(), Sampling())
    await anext(outputs)
    await engine.aclose()
    assert endless.stopped.is_set()
    assert [output async for output in outputs] == []
    await engine.aclose()


def test_a_loop_closed_under_an_answer_stops_it(servers: list[ScriptedServer]) -> None:
    engine = Llama(Path("model.gguf"), small(), OPENING)
    endless = servers[0].answer = Endless()

    async def leave() -> AsyncGenerator[LlmOutput, None]:
        outputs = engine.open().generate(ask(), Sampling())
        await anext(outputs)
        return outputs

    loop = asyncio.new_event_loop()
    outputs = loop.run_until_complete(leave())
    loop.close()
    assert endless.stopped.wait(WAIT_S)
    with suppress(RuntimeError):  # its clean-up wants the loop
        outputs.aclose().send(None)
    asyncio.run(engine.aclose())


@pytest.mark.parametrize("fault", ["load", "warm"])
def test_a_model_that_cannot_be_run(
    servers: list[ScriptedServer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    def fail(_: ScriptedServer, parameters: Any) -> None:
        raise RuntimeError("Failed to init server")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(ScriptedServer, "warming", {"error": {"message": "no template"}})
    if fault == "load":
        monkeypatch.setattr(ScriptedServer, "__init__", fail)
    with pytest.raises(EngineFailed, match=r"model\.gguf: .*(Failed to init|no template)"):
        Llama(Path("model.gguf"), small(), OPENING)
    gc.collect()
    assert list(tmp_path.iterdir()) == []


async def test_a_tokenizer_that_is_not_there(engine: Llama) -> None:
    with pytest.raises(EngineFailed, match="does not tokenize"):
        await engine.count_tokens("Hello.")


class Tokenizer:
    """Answers where llama.cpp does, once it is let; remembers how many asked at once."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.open = self.open_max = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.open_max = max(self.open, self.open_max)
        try:
            await reader.readuntil(b"}")
            await self.may_answer.wait()
            body = b'{"tokens": [1, 2, 3]}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()


async def test_few_texts_are_counted_at_once(engine: Llama, server: ScriptedServer) -> None:
    tokenizer = Tokenizer()
    tokenizer.may_answer.set()
    (address,) = server.parameters.hostnames
    async with await asyncio.start_unix_server(tokenizer, address):
        assert await asyncio.gather(*(engine.count_tokens("Hi there.") for _ in range(100))) == [3] * 100
    assert 1 < tokenizer.open_max <= small().counts_max


async def test_texts_that_are_not_counted_at_once_wait(engine: Llama, server: ScriptedServer) -> None:
    tokenizer, texts = Tokenizer(), small().counts_max + 3
    (address,) = server.parameters.hostnames
    async with await asyncio.start_unix_server(tokenizer, address), asyncio.TaskGroup() as group:
        for _ in range(texts):
            group.create_task(engine.count_tokens("Hi."))
        await asyncio.sleep(0)
        assert engine.waiting == 3
        tokenizer.may_answer.set()
    assert engine.waiting == 0


async def test_a_count_that_takes_too_long_is_busy(servers: list[ScriptedServer]) -> None:
    engine = Llama(Path("model.gguf"), Compute(count_wait_s=0.05, counts_max=1), OPENING)
    tokenizer = Tokenizer()
    (address,) = servers[0].parameters.hostnames
    async with await asyncio.start_unix_server(tokenizer, address):
        counts = [engine.count_tokens("Hi.") for _ in range(3)]
        answers = await asyncio.gather(*counts, return_exceptions=True)
        assert [type(answer) for answer in answers] == [EngineBusy] * 3
        assert engine.waiting == 0
        tokenizer.may_answer.set()
        assert await engine.count_tokens("Hi.") == 3
    await engine.aclose()


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"antiphon models pull qwen2\.5-coder-0\.5b"):
        llama.make(Settings(weights=Weights(cache_dir=tmp_path)))


# Functions

WEATHER = FunctionDeclaration(
    name="get_weather",
    description="Get the current weather of a city",
    parameters={
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING", "description": "The city"}},
        "required": ["city"],
    },
)


def ask_with_tools(text: str) -> Prompt:
    return replace(ask(text), tools=(WEATHER,))


def in_turn(*answers: str) -> Answer:
    """Says one thing to each request."""
    waiting = list(answers)

    def answer(request: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        say(waiting.pop(0))(request, callback)

    return answer


async def outputs(stream: LlmStream, prompt: Prompt) -> list[LlmOutput]:
    return [output async for output in stream.generate(prompt, Sampling())]


async def test_a_function_is_named_and_then_its_arguments(engine: Llama, server: ScriptedServer) -> None:
    server.answer = in_turn("get_weather", '{"city": "Rome"}')
    assert await outputs(engine.open(), ask_with_tools("Weather in Rome?")) == [
        FunctionCall(name="get_weather", args={"city": "Rome"})
    ]
    naming, arguing = server.requests
    assert naming["grammar"] == 'root ::= "none" | "get_weather"'
    assert '"required":["city"]' in arguing["grammar"]
    assert naming["messages"][:-1] == arguing["messages"][:-1]
    assert (naming["temperature"], naming["max_tokens"], naming["id_slot"]) == (0.0, 256, 0)


@pytest.mark.parametrize("decision", [("none",), ("get_weather", '{"city": "London"}'), ("get_weather", '{"ci')])
async def test_a_call_that_nobody_asked_for_is_answered_in_words(
    engine: Llama, server: ScriptedServer, decision: tuple[str, ...]
) -> None:
    server.answer = in_turn(*decision, "Fine.")
    assert await outputs(engine.open(), ask_with_tools("How are you?")) == [TextDelta("Fine.")]
    words = server.requests[-1]
    assert words["grammar"].startswith("root ::= [^{")
    assert words["messages"][:1] == server.requests[0]["messages"][:1]
    assert words["messages"][-1] == {"role": "user", "content": "How are you?"}


async def test_parameters_that_make_no_grammar(
    engine: Llama, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(request: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        if "required" in request["grammar"]:
            callback({"error": {"message": "no grammar"}})
        else:
            say("get_weather" if "none" in request["grammar"] else "Hello.")(request, callback)

    server.answer = answer
    assert await outputs(engine.open(), ask_with_tools("Weather in Rome?")) == [TextDelta("Hello.")]
    assert "get_weather is not called" in caplog.text


async def test_nothing_is_called_after_close(engine: Llama, server: ScriptedServer) -> None:
    stream = engine.open()

    def answer(request: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        stream.close()
        callback(delta("get_weather"))

    server.answer = answer
    assert await outputs(stream, ask_with_tools("Weather in Rome?")) == []
    assert len(server.requests) == 1


# For real


@pytest.fixture(scope="module")
def model() -> Iterator[Llama]:
    engine = llama.make(Settings())
    yield engine
    asyncio.run(engine.aclose())


@pytest.mark.real
async def test_the_model_keeps_its_promises(model: Llama) -> None:
    await check_llm(model)


@pytest.mark.real
async def test_the_model_counts_tokens(model: Llama) -> None:
    assert await model.count_tokens("What is the capital of France?") == 7


@pytest.mark.real
async def test_the_model_remembers_three_turns(model: Llama) -> None:
    stream = model.open()
    contents: tuple[Content, ...] = ()
    said = ""
    for text in ("My name is Anna.", "What is the capital of France?", "What is my name?"):
        contents += (Content(role="user", parts=(Part(text=text),)),)
        said = await answered(stream, Prompt(Settings().system_prompt, contents), Sampling(temperature=0.0))
        contents += (Content(role="model", parts=(Part(text=said),)),)
    stream.close()
    assert "Anna" in said


@pytest.mark.real
async def test_ten_answers_at_once_are_not_crossed(model: Llama) -> None:
    words = ["apple", "banana", "cherry", "lemon", "orange", "grape", "melon", "mango", "peach", "plum"]
    streams = [model.open() for _ in words]
    wanted = Sampling(temperature=0.0, max_output_tokens=16)
    prompts = [ask(f"Repeat this word: {word}", "You repeat the user's word, and nothing else.") for word in words]
    answers = await asyncio.gather(
        *(answered(stream, prompt, wanted) for stream, prompt in zip(streams, prompts, strict=True))
    )
    for stream in streams:
        stream.close()
    heard = [[word for word in words if word in answer.lower()] for answer in answers]
    assert heard == [[word] for word in words]


@pytest.mark.real
async def test_a_conversation_longer_than_the_model_holds(model: Llama) -> None:
    stream = model.open()
    with pytest.raises(ContextFull, match=r"too long for the model: \d+ tokens, and 4096 fit") as raised:
        await answered(stream, ask("hello " * 5_000))
    assert raised.value.tokens_max == 4_096
    stream.close()


@pytest.mark.real
async def test_a_stopped_prefill_frees_its_slot(model: Llama) -> None:
    """The long prompt takes half a minute to compute; the short one behind it in the slot must not wait for that."""
    stream = model.open()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await answered(stream, ask("again " * 4_000))
    async with asyncio.timeout(15.0):
        assert await answered(stream, ask(), Sampling(max_output_tokens=4))
    stream.close()


@pytest.mark.real
def test_the_model_writes_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    async def once() -> None:
        engine = llama.make(Settings())
        await answered(engine.open(), ask(), Sampling(max_output_tokens=2))
        await engine.aclose()

    asyncio.run(once())
    assert capfd.readouterr() == ("", "")


@pytest.mark.real
async def test_the_model_calls_a_function_and_tells_its_result(model: Llama) -> None:
    stream = model.open()
    asked = replace(ask_with_tools("What is the weather in Madrid?"), system=Settings().system_prompt)
    (call,) = await outputs(stream, asked)
    assert isinstance(call, FunctionCall)
    assert (call.name, call.args) == ("get_weather", {"city": "Madrid"})
    result = FunctionResponse(id="1", name="get_weather", response={"sky": "thunderstorm", "celsius": 31})
    exchange = (
        Content(role="model", parts=(Part(function_call=FunctionCall(id="1", name="get_weather", args=call.args)),)),
        Content(role="user", parts=(Part(function_response=result),)),
    )
    said = await answered(stream, replace(asked, contents=asked.contents + exchange), Sampling(temperature=0.0))
    stream.close()
    assert "31" in said
    assert "{" not in said


@pytest.mark.real
async def test_the_model_leaves_functions_alone(model: Llama) -> None:
    stream = model.open()
    for text in ("What is the capital of France?", "Good morning!", "Thank you, that was all."):
        said = await outputs(stream, replace(ask_with_tools(text), system=Settings().system_prompt))
        assert said
        assert all(isinstance(output, TextDelta) for output in said)
    stream.close()


GREEDY = {"type": "ARRAY", "items": {"type": "STRING"}, "minItems": 100_000_000}
NESTED = {"type": "STRING", "pattern": "((a{1000}){1000}){1000}"}
HOSTILE = """
import asyncio, json, resource, sys
from antiphon.config import Settings
from antiphon.engines import llama
from antiphon.engines.contracts import Prompt, Sampling
from antiphon.wire.content import Content, Part
from antiphon.wire.tools import FunctionDeclaration

async def main():
    engine = llama.make(Settings())
    taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + 2**30, resource.RLIM_INFINITY))
    stream = engine.open()
    for city in json.loads(sys.argv[1]):
        weather = FunctionDeclaration(
            name="get_weather",
            description="Get the current weather of a city",
            parameters={"type": "OBJECT", "properties": {"city": city}, "required": ["city"]},
        )
        asked = Content(role="user", parts=(Part(text="What is the weather in Rome?"),))
        prompt = Prompt(Settings().system_prompt, (asked,), (weather,))
        print([output async for output in stream.generate(prompt, Sampling(max_output_tokens=8))])
    stream.close()
    await engine.aclose()

asyncio.run(main())
"""


@pytest.mark.real
def test_schemas_that_would_end_the_process() -> None:
    """llama.cpp allocated 4 GiB for the first, and compiled the second for half a minute."""
    command = [sys.executable, "-c", HOSTILE, json.dumps([NESTED, GREEDY])]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=HOSTILE_S_MAX, check=False)
    assert ran.returncode == 0, ran.stderr
    called, refused = ran.stdout.splitlines()
    assert "name='get_weather', args={'city': 'Rome'}" in called
    assert "FunctionCall" not in refused
