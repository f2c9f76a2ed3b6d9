import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from antiphon.client.audio_file import open_audio
from antiphon.runtime.channel import Channel
from antiphon.server.watching import WATCHERS_MAX
from tests.server.conftest import DEVELOPER, SETUP, WAIT_S, Caller
from tests.server.test_real_engines import blob

QUESTION = Path(__file__).parents[1] / "data" / "questions" / "01.wav"


@asynccontextmanager
async def session(server, key: str = "") -> AsyncIterator[Caller]:
    """A session that was set up and is to be watched as `mine`."""
    async with connect(f"{server.url}{DEVELOPER}?watch=mine&key={key}") as socket:
        caller = Caller(socket)
        await caller.send(SETUP)
        await caller.read()
        yield caller


def browser(server, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url.replace("ws", "http", 1), headers=headers, timeout=WAIT_S)


@asynccontextmanager
async def watching(server) -> AsyncIterator[httpx.Response]:
    async with browser(server) as client, client.stream("GET", "/watch/mine") as answer:
        yield answer


async def test_a_spoken_turn_is_seen_from_its_first_window_to_its_first_sound(server):
    seen: list[dict[str, object]] = []
    async with session(server) as caller, watching(server) as answer:
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = answer.aiter_lines()
        seen.append(json.loads(await anext(lines)))
        for chunk in open_audio(QUESTION, 60.0).chunks():
            await caller.send(blob(chunk))
        await caller.send({"realtimeInput": {"audioStreamEnd": True}})
        async with asyncio.timeout(WAIT_S):
            while seen[-1]["type"] != "turn":
                seen.append(json.loads(await anext(lines)))
    kinds = [line["type"] for line in seen]
    assert kinds[0] == "hello"
    assert kinds.index("window") < kinds.index("speech") < kinds.index("decided") < kinds.index("turn")
    assert {"token", "clause", "sound"} <= set(kinds)
    times = [line["at"] for line in seen]
    assert times == sorted(times)


async def test_the_stream_ends_with_the_session(server):
    async with session(server) as caller, watching(server) as answer:
        lines = answer.aiter_lines()
        await anext(lines)
        await caller.socket.close()
        async with asyncio.timeout(WAIT_S):
            assert [line async for line in lines] == []


async def test_a_session_nobody_has_is_not_found(server):
    async with browser(server) as client:
        answer = await client.get("/watch/none")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "no session of yours that is open is to be watched as 'none'"


async def test_another_keys_session_is_not_found_either(server, store):
    mine, other = [await store.keys.add(name) for name in ("mine", "other")]
    async with session(server, mine), browser(server) as client:
        assert (await client.get("/watch/mine")).status_code == 401
        assert (await client.get("/watch/mine", headers={"x-goog-api-key": other})).status_code == 404
        async with client.stream("GET", "/watch/mine", headers={"x-goog-api-key": mine}) as answer:
            assert answer.status_code == 200


async def test_a_page_of_elsewhere_sees_nothing(server):
    async with session(server), browser(server, origin="https://evil.example") as client:
        assert (await client.get("/watch/mine")).status_code == 403


async def test_only_so_many_watch_one_session(server):
    async with session(server), browser(server) as client, asyncio.TaskGroup() as group:

        async def watch() -> None:
            async with client.stream("GET", "/watch/mine") as answer:
                lines = answer.aiter_lines()  # forgotten, it would close the stream
                await anext(lines)
                came.release()
                await over.wait()

        came, over = asyncio.Semaphore(0), asyncio.Event()
        for _ in range(WATCHERS_MAX):
            group.create_task(watch())
            async with asyncio.timeout(WAIT_S):
                await came.acquire()
        assert (await client.get("/watch/mine")).status_code == 429
        over.set()


async def test_of_many_who_come_at_once_no_more_get_in(server):
    many = 5 * WATCHERS_MAX
    async with session(server), browser(server) as client, asyncio.TaskGroup() as group:
        answers: Channel[int] = Channel(many)
        over = asyncio.Event()

        async def watch() -> None:
            async with client.stream("GET", "/watch/mine") as answer:
                await answers.put(answer.status_code)
                await over.wait()

        for _ in range(many):
            group.create_task(watch())
        async with asyncio.timeout(WAIT_S):
            codes = [await answers.get() for _ in range(many)]
        over.set()
    assert codes.count(200) == WATCHERS_MAX
    assert codes.count(429) == many - WATCHERS_MAX


async def test_who_leaves_makes_room_for_another_who_watches(server):
    async with session(server):
        for _ in range(2 * WATCHERS_MAX):
            async with watching(server) as answer:
                lines = answer.aiter_lines()
                assert json.loads(await anext(lines))["type"] == "hello"


@pytest.mark.parametrize("server", [{"limits": {"sessions_max": 1}}], indirect=True)
async def test_who_leaves_makes_room_for_another_session(server):
    async with session(server), watching(server) as answer:
        await anext(answer.aiter_lines())
    async with session(server):
        pass
