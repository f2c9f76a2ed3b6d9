import asyncio
import sys

import psutil

from antiphon.server import replaying
from tests.recording.test_archive import LINES, zipped
from tests.server.test_watching import browser, session

ARCHIVE = zipped({"talk.jsonl": LINES})


async def test_a_recording_is_read_for_the_page(server):
    async with browser(server) as client:
        answer = await client.post("/replay", content=ARCHIVE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["title"] == "talk.jsonl"


async def test_what_is_none_is_told_why_and_the_next_is_read(server):
    async with browser(server) as client:
        for content in (b"", b"nonsense", zipped({"a.jsonl": b"[[[[\n"})):
            answer = await client.post("/replay", content=content)
            assert answer.status_code == 400
            assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
            assert "recording" in answer.json()["error"]["message"]
        assert (await client.post("/replay", content=ARCHIVE)).status_code == 200


async def test_one_at_a_time(server):
    async with browser(server) as client:
        answers = await asyncio.gather(*(client.post("/replay", content=ARCHIVE) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 429, 429]


async def test_a_session_goes_on_meanwhile(server):
    async with session(server) as caller, browser(server) as client:
        read, answered = await asyncio.gather(client.post("/replay", content=ARCHIVE), caller.answered())
    assert answered
    assert read.status_code == 200


async def test_a_reader_that_breaks_is_no_fault_of_the_file(server, monkeypatch, caplog):
    monkeypatch.setattr(
        replaying, "_READER", (sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit('broken')")
    )
    async with browser(server) as client:
        answer = await client.post("/replay", content=ARCHIVE)
    assert answer.status_code == 503
    assert "broken" in caplog.text
    assert "broken" not in answer.text


async def test_a_reader_that_hangs_is_ended(server, monkeypatch):
    hangs = "import time; time.sleep(600)"
    async with browser(server) as client:
        with monkeypatch.context() as slow:
            slow.setattr(replaying, "_READER", (sys.executable, "-c", hangs))
            slow.setattr(replaying, "READING_WAIT_S", 0.2)
            answer = await client.post("/replay", content=ARCHIVE)
        assert answer.status_code == 400
        assert "antiphon replay" in answer.json()["error"]["message"]
        assert [child for child in psutil.Process().children() if hangs in child.cmdline()] == []
        assert (await client.post("/replay", content=ARCHIVE)).status_code == 200


async def test_other_pages_and_other_methods_are_refused(server):
    async with browser(server, origin="https://evil.example") as client:
        assert (await client.post("/replay", content=ARCHIVE)).status_code == 403
    async with browser(server) as client:
        assert (await client.get("/replay")).status_code in {404, 405}


async def test_with_keys_one_is_needed(server, store):
    secret = await store.keys.add("ada")
    async with browser(server) as client:
        assert (await client.post("/replay", content=ARCHIVE)).status_code in {401, 403}
        headers = {"x-goog-api-key": secret}
        assert (await client.post("/replay", content=ARCHIVE, headers=headers)).status_code == 200
