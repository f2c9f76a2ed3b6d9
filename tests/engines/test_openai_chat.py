"""A brain behind a URL: what is asked, what is said, and what its faults become."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from antiphon.config import RemoteLlm, Settings
from antiphon.engines.contracts import LlmStream, Prompt, Sampling, TextDelta
from antiphon.engines.openai_chat import OpenAiChat, make
from antiphon.engines.testkit import check_llm
from antiphon.errors import EngineBusy, EngineError, EngineFailed, EngineUnavailable, SettingsError
from antiphon.wire.content import Content, Part
from tests.engines.chat_server import DONE, WAIT_S, ChatServer, event, serving

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
        url: str = server.url, key: str | None = KEY, timeout_s: float = WAIT_S, retries_max: int = 0
    ) -> OpenAiChat:
        secret = None if key is None else SecretStr(key)
        remote = RemoteLlm(url=url, model="qwen3", api_key=secret, timeout_s=timeout_s, retries_max=retries_max)
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


async def test_reasoning_is_not_said(connect: Connect, server: ChatServer) -> None:
    server.pieces = [event(None, reasoning_content="Hm."), event("<thi"), event("nk>France…</th"),
                     event("ink>\n\nPar"), event("is <"), DONE]  # fmt: skip
    assert await answered(connect().open()) == ["Par", "is ", "<"]


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


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("Hi", 1), ("Four", 1), ("Hello", 2)])
async def test_tokens_are_estimated(connect: Connect, text: str, tokens: int) -> None:
    assert await connect().count_tokens(text) == tokens


async def test_it_keeps_an_engines_promises(connect: Connect, server: ChatServer) -> None:
    server.say(*["on "] * 24)
    await check_llm(connect())
