"""A language model on another machine, as far as its timing goes: it answers by the clock, as OpenAI's API does.

It says the same two sentences to everybody, word by word, and costs next to nothing; so a bench against it shows what
is left when the brain needs none of this machine's cores.

    .venv/bin/python benchmarks/paced_llm.py --first-token-ms 150 --token-ms 12 &
    export ANTIPHON_ENGINES__LLM=openai ANTIPHON_LLM__URL=http://127.0.0.1:8899/v1 ANTIPHON_LLM__MODEL=paced
    .venv/bin/antiphon bench capacity conversing --sessions 4 --seconds 40 --rounds 5
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

import typer
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

ANSWER = "I am glad that you ask. It depends on the day, but most people would go there in the morning."


def event(content: str, *, last: bool) -> str:
    """One word as a server-sent event."""
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": "stop" if last else None}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "paced", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"


def paced(first_token_s: float, token_s: float) -> Starlette:
    """Answer every question, each word when it is due."""

    async def words() -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        due = loop.time() + first_token_s
        said = ANSWER.split()
        for number, word in enumerate(said):
            await asyncio.sleep(due - loop.time())
            yield event(word if number == 0 else f" {word}", last=number == len(said) - 1)
            due += token_s
        yield "data: [DONE]\n\n"

    async def complete(_: Request) -> StreamingResponse:
        return StreamingResponse(words(), media_type="text/event-stream")

    return Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])


def main(
    first_token_ms: Annotated[float, typer.Option(min=0, help="From the question to the first word.")] = 150.0,
    token_ms: Annotated[float, typer.Option(min=0, help="From one word to the next.")] = 12.0,
    port: Annotated[int, typer.Option(help="On 127.0.0.1.")] = 8899,
) -> None:
    """Serve until Ctrl-C."""
    uvicorn.run(paced(first_token_ms / 1_000, token_ms / 1_000), port=port, log_level="warning")


if __name__ == "__main__":
    typer.run(main)
