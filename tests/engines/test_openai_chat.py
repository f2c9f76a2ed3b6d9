"""A brain behind a URL: what is asked, what is said, and what its faults become."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from antiphon.config import RemoteLlm, Settings
from antiphon.engines.contracts import LlmOutput, LlmStream, Prompt, Sampling, TextDelta, ThoughtDelta
from antiphon.engines.openai_chat import OpenAiChat, make
from antiphon.engines.testkit import check_llm
from antiphon.errors import (
    ContextFull,
    EngineBusy,
    EngineError,
    EngineFailed,
    EngineUnavailable,
    MalformedCall,
    SettingsError,
)
from antiphon.wire.content import Blob, Content, FunctionCall, FunctionResponse, Part
from antiphon.wire.tools import FunctionDeclaration
from tests.engines.chat_server import DONE, WAIT_S, ChatServer, calling, event, serving

KEY = "sk-live-0123456789"
PROMPT = Prompt("Be brief.", (Content(role="user", parts=(Part(text="Hi."),)),))

Connect = Callable[..., OpenAiChat]


@pytest.fixture(scope="module")
def running() -> Iterator[ChatServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(running: ChatServer) -> ChatServer:
    running.__dict__.update(ChatServer(url=running.url).__dict__)
    return running


@pytest.fixture
async def connect(server: ChatServer) -> AsyncGenerator[Connect, None]:
    engines = []

    def connected(
        url: str = server.url,
        key: str | None = KEY,
        timeout_s: float = WAIT_S,
        retries_max: int = 0,
        vision: bool = False,
    ) -> OpenAiChat:
        secret = None if key is None else SecretStr(key)
        remote = RemoteLlm(
            url=url, model="qwen3", api_key=secret, timeout_s=timeout_s, retries_max=retries_max, vision=vision
        )
        engines.append(make(Settings(llm=remote)))
        return engines[-1]

    async with asyncio.timeout(WAIT_S):
        yield connected
        for engine in engines:
            await engine.aclose()


async def answered(stream: LlmStream, sampling: Sampling | None = None) -> list[str]:
    outputs = [output async for output in stream.generate(PROMPT, sampling or Sampling())]
    return [output.text for output in outputs if isinstance(output, TextDelta)]


async def test_an_answer_comes_as_it_is_written(connect: Connect, server: ChatServer) -> None:
    server.say("Hello", " there", ".")
    assert await answered(connect().open()) == ["Hello", " there", "."]


async def test_events_may_be_split_and_joined(connect: Connect, server: ChatServer) -> None:
    whole = event("Grüße") + b": a comment\n\n" + event(", ") + event(None) + event("Anna.") + DONE
    server.pieces = [whole[at : at + 7] for at in range(0, len(whole), 7)]
    assert "".join(await answered(connect().open())) == "Grüße, Anna."


async def test_an_event_may_have_no_choice(connect: Connect, server: ChatServer) -> None:
    server.pieces = [event("Hi."), b'data: {"choices": [], "usage": {}}\n\n', b'data: {"choices": null}\n\n', DONE]
    assert await answered(connect().open()) == ["Hi."]


async def test_what_is_asked_by_default(connect: Connect, server: ChatServer) -> None:
    server.say("Hi.")
    await answered(connect().open())
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi."}]
    assert server.asked == [{"model": "qwen3", "messages": messages, "stream": True}]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


async def test_sampling_becomes_parameters(connect: Connect, server: ChatServer) -> None:
    server.say("Hi.")
    sampling = Sampling(temperature=0.0, top_p=0.5, top_k=3, max_output_tokens=9, seed=1,
                        presence_penalty=0.1, frequency_penalty=0.2)  # fmt: skip
    await answered(connect().open(), sampling)
    asked = {name: value for name, value in server.asked[0].items() if name not in ("model", "messages", "stream")}
    assert asked == {"temperature": 0.0, "top_p": 0.5, "top_k": 3, "max_tokens": 9, "seed": 1,
                     "presence_penalty": 0.1, "frequency_penalty": 0.2}  # fmt: skip


async def test_the_key_in_the_environment_is_not_sent(
    connect: Connect, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-somebody-elses")
    server.say("Hi.")
    for key in (None, ""):
        await answered(connect(key=key).open())
    assert [headers["authorization"] for headers in server.headers] == ["Bearer none"] * 2


async def outputs(stream: LlmStream, prompt: Prompt) -> list[LlmOutput]:
    return [output async for output in stream.generate(prompt, Sampling())]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_is_thought(connect: Connect, server: ChatServer, field: str) -> None:
    server.pieces = [event(None, **{field: "Hm."}), event("<thi"), event("nk>France…</th"),
                     event("ink>\n\nPar"), event("is <"), DONE]  # fmt: skip
    assert await outputs(connect().open(), PROMPT) == [
        ThoughtDelta("Hm."), ThoughtDelta("France…"), TextDelta("Par"), TextDelta("is "), TextDelta("<"),
    ]  # fmt: skip


async def test_a_thought_that_is_cut_off_stays_one(connect: Connect, server: ChatServer) -> None:
    server.pieces = [event("<think>Fra"), event("</th", finish_reason="length"), DONE]
    assert await outputs(connect().open(), PROMPT) == [ThoughtDelta("Fra"), ThoughtDelta("</th")]


WEATHER = FunctionDeclaration(
    name="get_weather",
    description="Get the weather.",
    parameters={"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]},
)
BELL = FunctionDeclaration(name="ring")
ROME, RING = FunctionCall(name="get_weather", args={"city": "Rome"}), FunctionCall(name="ring", args={})
WITH_TOOLS = replace(PROMPT, tools=(WEATHER, BELL))


async def test_functions_are_declared(connect: Connect, server: ChatServer) -> None:
    server.say("Hi.")
    await outputs(connect().open(), WITH_TOOLS)
    city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    assert server.asked[0]["tools"] == [
        {"type": "function",
         "function": {"name": "get_weather", "description": "Get the weather.", "parameters": city}},
        {"type": "function",
         "function": {"name": "ring", "description": "", "parameters": {"type": "object", "properties": {}}}},
    ]  # fmt: skip


async def test_calls_at_once_come_when_they_are_whole(connect: Connect, server: ChatServer) -> None:
    server.pieces = [event("One moment."), calling((0, "get_weather", ""), (1, "ring", "")), calling((0, None, '{"ci')),
                     calling((0, None, 'ty": "Rome"}')), event(finish_reason="tool_calls"), DONE]  # fmt: skip
    assert await outputs(connect().open(), WITH_TOOLS) == [TextDelta("One moment."), ROME, RING]


async def test_a_server_need_not_say_that_it_has_finished(connect: Connect, server: ChatServer) -> None:
    server.pieces = [calling((0, "ring", "{}")), DONE]
    assert await outputs(connect().open(), WITH_TOOLS) == [RING]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ((0, "get_weather", '{"city": '), "malformed function call: get_weather"),
        ((0, "get_weather", "[]"), "malformed function call: get_weather"),
        ((0, "launch", "{}"), "malformed function call: launch is not declared"),
    ],
)
async def test_a_call_that_cannot_be_made(
    connect: Connect, server: ChatServer, call: tuple[int, str, str], said: str
) -> None:
    server.pieces = [calling(call), event(finish_reason="length"), DONE]
    with pytest.raises(MalformedCall, match=f"^{said}"):
        await outputs(connect().open(), WITH_TOOLS)


async def test_results_go_back_as_tool_messages(connect: Connect, server: ChatServer) -> None:
    server.say("Sunny.")
    result = FunctionResponse(id="7", name="get_weather", response={"output": "sunny"})
    call = FunctionCall(id="7", name="get_weather", args={"city": "Rome"})
    contents = (
        *PROMPT.contents,
        Content(role="model", parts=(Part(function_call=call),)),
        Content(role="user", parts=(Part(function_response=result),)),
    )
    await outputs(connect().open(), replace(WITH_TOOLS, contents=contents))
    function = {"name": "get_weather", "arguments": '{"city": "Rome"}'}
    assert server.asked[0]["messages"][2:] == [
        {"role": "assistant", "content": None, "tool_calls": [{"id": "7", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "7", "content": "sunny"},
    ]


async def test_a_model_that_sees_gets_the_bytes_of_the_picture(connect: Connect, server: ChatServer) -> None:
    picture = bytes(range(256)) * 5
    parts = (Part(inline_data=Blob(mime_type="image/png", data=picture)), Part(text="What is this?"))
    prompt = Prompt("", (Content(role="user", parts=parts),))
    server.say("A cat.")
    await outputs(connect(vision=True).open(), prompt)
    assert server.shown() == [picture]
    assert server.asked[0]["messages"][0]["content"][1] == {"type": "text", "text": "What is this?"}
    await outputs(connect().open(), prompt)
    assert server.shown() == []
    told = "[the user sent an image, which you cannot see]\nWhat is this?"
    assert server.asked[1]["messages"] == [{"role": "user", "content": told}]


async def test_closing_the_generator_closes_the_connection(connect: Connect, server: ChatServer) -> None:
    server.pieces, server.stalls = [event("On"), event(" and on")], True
    stream = connect().open()
    async with aclosing(stream.generate(PROMPT, Sampling())) as outputs:
        assert await anext(outputs) == TextDelta("On")
    assert await asyncio.to_thread(server.left.wait, WAIT_S)
    server.stalls = False
    server.say("Next.")
    assert await answered(stream) == ["Next."]


async def test_cancelling_the_consumer_closes_the_connection(connect: Connect, server: ChatServer) -> None:
    server.pieces, server.stalls = [event("On")], True
    stream = connect().open()
    said = asyncio.Event()

    async def consume() -> None:
        async for _ in stream.generate(PROMPT, Sampling()):
            said.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(consume())
        await said.wait()
        task.cancel()
    assert task.cancelled()
    assert await asyncio.to_thread(server.left.wait, WAIT_S)


async def test_a_closed_stream_says_nothing_more(connect: Connect, server: ChatServer) -> None:
    server.say("One", "Two", "Three")
    stream = connect().open()
    outputs = stream.generate(PROMPT, Sampling())
    await anext(outputs)
    stream.close()
    stream.close()
    assert [output async for output in outputs] == []
    with pytest.raises(EngineFailed, match="closed"):
        await answered(stream)


async def test_a_stream_answers_once_at_a_time(connect: Connect, server: ChatServer) -> None:
    server.say("One", "Two")
    stream = connect().open()
    async with aclosing(stream.generate(PROMPT, Sampling())) as outputs:
        await anext(outputs)
        with pytest.raises(EngineFailed, match="still being given"):
            await answered(stream)


def refusal(status: int, message: str = "no") -> Response:
    return JSONResponse({"error": {"message": message, "type": "t", "code": None}}, status)


async def fault(stream: LlmStream) -> EngineError:
    with pytest.raises(EngineError) as raised:
        await answered(stream)
    return raised.value


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (400, EngineFailed, "no"),
        (401, EngineUnavailable, "refuses the key"),
        (403, EngineUnavailable, "refuses the key"),
        (404, EngineUnavailable, "--llm-model"),
        (429, EngineBusy, "no place free"),
        (500, EngineFailed, "no"),
        (503, EngineFailed, "no"),
    ],
)
async def test_a_refusal(connect: Connect, server: ChatServer, status: int, kind: type, said: str) -> None:
    server.refusals = [refusal(status)]
    error = await fault(connect().open())
    assert type(error) is kind
    assert f"qwen3 at {server.url}" in str(error)
    assert said in str(error)


@pytest.mark.parametrize("status", [400, 413, 500])
async def test_a_conversation_longer_than_the_model_holds(connect: Connect, server: ChatServer, status: int) -> None:
    said = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."
    server.refusals = [refusal(status, said)]
    error = await fault(connect().open())
    assert isinstance(error, ContextFull)
    assert (error.tokens, error.tokens_max) == (5_000, 4_096)
    assert f"qwen3 at {server.url}" in str(error)


async def test_a_model_that_finds_out_on_the_way(connect: Connect, server: ChatServer) -> None:
    server.pieces = [event("Hi"), b'data: {"error": {"message": "no", "type": "exceed_context_size_error"}}\n\n']
    assert type(await fault(connect().open())) is ContextFull


async def test_a_passing_fault_is_tried_again(connect: Connect, server: ChatServer) -> None:
    server.refusals = [Response(status_code=503, headers={"retry-after-ms": "1"})]
    server.say("Hi.")
    assert await answered(connect(retries_max=1).open()) == ["Hi."]


async def test_silence(connect: Connect, server: ChatServer) -> None:
    server.pieces, server.stalls = [event("On")], True
    error = await fault(connect(timeout_s=0.2).open())
    assert type(error) is EngineUnavailable
    assert "said nothing for 0.2 s" in str(error)


async def test_nobody_there(connect: Connect) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = await fault(connect(url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1").open())
    assert type(error) is EngineUnavailable
    assert "cannot be reached" in str(error)


@pytest.mark.parametrize(
    "pieces",
    [
        [event("Hi"), b"data: {not json}\n\n"],
        [b"data: 5\n\n"],
        [b"<html>a page</html>"],
        [event("Hi"), b'data: {"error": {"message": "out of memory"}}\n\n'],
    ],
    ids=["broken json", "other json", "a page", "an error on the way"],
)
async def test_what_is_no_completion(connect: Connect, server: ChatServer, pieces: list[bytes]) -> None:
    server.pieces = pieces
    assert type(await fault(connect().open())) is EngineFailed


@pytest.mark.parametrize(
    "refused",
    [refusal(401, f"Incorrect API key provided: {KEY}"), refusal(500, KEY)],
    ids=["401", "500"],
)
async def test_the_key_is_never_shown(
    connect: Connect, server: ChatServer, refused: Response, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.refusals = [refused]
    engine = connect()
    error = await fault(engine.open())
    assert "***" in str(error)
    assert KEY not in "".join(traceback.format_exception(error)) + caplog.text + repr(engine)


async def test_a_password_in_the_url_is_not_shown(connect: Connect, server: ChatServer) -> None:
    server.refusals = [refusal(400)]
    error = await fault(connect(url=server.url.replace("http://", "http://me:hidden@") + "?token=hidden").open())
    assert "hidden" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    ("remote", "said"),
    [
        (RemoteLlm(model="qwen3"), "--llm-url"),
        (RemoteLlm(url="http://127.0.0.1:11434/v1"), "--llm-model"),
        (RemoteLlm(url="localhost:11434/v1", model="qwen3"), "http://"),
    ],
)
def test_settings_that_cannot_be_used(remote: RemoteLlm, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        make(Settings(llm=remote))


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("Hi", 1), ("Four", 1), ("Hello", 2), ("Grüße", 2), ("你好吗", 3), ("Hi 東京", 3)]
)
async def test_tokens_are_estimated(connect: Connect, text: str, tokens: int) -> None:
    assert await connect().count_tokens(text) == tokens


async def test_it_keeps_an_engines_promises(connect: Connect, server: ChatServer) -> None:
    server.say(*["on "] * 24)
    await check_llm(connect())
