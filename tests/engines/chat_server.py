"""An OpenAI-compatible server on loopback that answers what a test tells it to, and remembers what it was asked."""

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

WAIT_S = 10.0


def event(content: str | None = None, finish_reason: str | None = None, **delta: object) -> bytes:
    """One piece of an answer as a server-sent event."""
    choice = {"index": 0, "delta": {"content": content, **delta}, "finish_reason": finish_reason}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def calling(*pieces: tuple[int, str | None, str]) -> bytes:
    """Pieces of function calls: the index, perhaps the name, and what comes next of the arguments."""
    calls = [
        {"index": index, "id": "x", "type": "function", "function": {"name": name, "arguments": arguments}}
        for index, name, arguments in pieces
    ]
    return event(tool_calls=calls)


DONE = b"data: [DONE]\n\n"


@dataclass
class ChatServer:
    url: str = ""
    pieces: list[bytes] = field(default_factory=list)
    """Written one by one."""
    stalls: bool = False
    """After the pieces: says nothing more and waits for the client to go."""
    refusals: list[Response] = field(default_factory=list)
    """Given before anything else."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    """The client closed the connection during an answer."""

    def shown(self) -> list[bytes]:
        """The pictures in what was asked last, byte for byte."""
        contents = [message["content"] for message in self.asked[-1]["messages"]]
        parts = [part for content in contents if isinstance(content, list) for part in content]
        urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        return [base64.b64decode(url.removeprefix("data:image/png;base64,"), validate=True) for url in urls]

    def say(self, *contents: str) -> None:
        self.pieces = [event(content) for content in contents] + [DONE]

    async def answer(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        self.asked.append(await request.json())
        if self.refusals:
            return self.refusals.pop(0)
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
            await asyncio.sleep(0)
        if self.stalls:
            try:
                await asyncio.sleep(WAIT_S)
            except asyncio.CancelledError:
                self.left.set()
                raise


@contextmanager
def serving() -> Iterator[ChatServer]:
    """Run the server in a thread of its own."""
    chat = ChatServer()
    app = Starlette(routes=[Route("/v1/chat/completions", chat.answer, methods=["POST"])])
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, ws="none", lifespan="off",
                            timeout_graceful_shutdown=1)  # fmt: skip
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    chat.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
        listener.close()
        assert not thread.is_alive()
