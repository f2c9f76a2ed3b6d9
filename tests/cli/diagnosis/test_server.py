import asyncio
from pathlib import Path

import pytest

from antiphon.cli.diagnosis import server
from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.cli.diagnosis.server import Destination, examine_server
from antiphon.config import Client
from tests.cli.diagnosis.findings import all_of, free_port, marks, named
from tests.client.fake_live import COMPLETE, Peer, fake_live
from tests.google.fake import FakeGoogle
from tests.google.handshake import GOOD_KEY, PROJECT

QUICK = Client(open_wait_s=5, setup_wait_s=5, close_wait_s=0.5)
OK = Mark.OK


async def examined(endpoint: str | None, *, api_key: str | None = None, model: str | None = None) -> list[Finding]:
    chosen = Destination(endpoint=endpoint, api_key=api_key, model=model)
    async with asyncio.timeout(30):
        return await all_of(examine_server(chosen, QUICK, Path("gone.pem")))


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTIPHON_ENDPOINT", "ANTIPHON_URL", "ANTIPHON_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


async def welcome(peer: Peer) -> None:
    await peer.say(COMPLETE)


async def test_goes_all_the_way() -> None:
    async with fake_live(welcome) as live:
        found = await examined(live.url)
    names = ["endpoint", "credentials", "TCP", "WebSocket", "setup"]
    assert marks(found) == [(name, OK) for name in names]
    assert found[0].found == f"url at {live.url}, API v1beta (--endpoint)"


@pytest.mark.parametrize("name", ["ANTIPHON_ENDPOINT", "ANTIPHON_URL"])
async def test_the_environment_may_choose(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async with fake_live(welcome) as live:
        monkeypatch.setenv(name, live.url)
        found = await examined(None)
    assert found[0].found.endswith(f"({name})")
    assert named(found, "setup").mark is OK


async def test_our_own_server_need_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_URL", f"ws://127.0.0.1:{free_port()}")
    found = await examined(None)
    assert marks(found)[-1] == ("TCP", Mark.WARNING)
    assert marks(await examined(f"127.0.0.1:{free_port()}"))[-1] == ("TCP", Mark.FAULT)


async def test_what_is_no_endpoint() -> None:
    (finding,) = await examined("vertx")
    assert (finding.name, finding.mark) == ("endpoint", Mark.FAULT)
    assert "vertx is no endpoint" in finding.found


async def test_what_a_server_repeats_of_a_key_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def repeat(peer: Peer) -> None:
        await peer.socket.close(1007, "API key not valid: AIzaS3cret")

    async with fake_live(repeat) as live:
        found = await examined(live.url, api_key="AIzaS3cret")
    assert "AIzaS3cret" not in str(found)
    assert named(found, "setup").found.endswith("API key not valid: …")


async def test_gemini_with_a_good_key(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", GOOD_KEY)
    found = await examined("gemini")
    assert {mark for _, mark in marks(found)} == {OK}
    assert [finding.name for finding in found][2:] == ["TCP", "proxy", "TLS", "WebSocket", "setup"]
    assert "leads to generativelanguage.googleapis.com" in named(found, "proxy").found
    assert named(found, "setup").found.startswith("gemini-3.8-live: setupComplete")
    assert GOOD_KEY not in str(found)


async def test_gemini_with_a_bad_key(google: FakeGoogle) -> None:
    found = await examined("gemini", api_key="AIzaOther")
    setup = found[-1]
    assert (setup.name, setup.mark) == ("setup", Mark.FAULT)
    assert "closed with 1007: API key not valid." in setup.found
    assert "https://aistudio.google.com/apikey" in setup.advice


async def test_gemini_without_a_key(google: FakeGoogle) -> None:
    (finding,) = await examined("gemini")
    assert "needs an API key" in finding.found
    assert google.proxy.targets == []


async def test_gemini_with_an_unknown_model(google: FakeGoogle) -> None:
    setup = (await examined("gemini", api_key=GOOD_KEY, model="gemini-gone"))[-1]
    assert "models/gemini-gone is not found for API version v1beta" in setup.found
    assert setup.advice.startswith("it has no such model")


async def test_vertex_with_an_account(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account()))
    found = await examined("vertex")
    assert {mark for _, mark in marks(found)} == {OK}
    assert PROJECT in named(found, "token").found
    assert found[-1].found.startswith("gemini-live-2.5-flash-native-audio in global: setupComplete (")
    assert "ya29" not in str(found)


async def test_vertex_whose_model_is_gone(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account()))
    setup = (await examined("vertex", model="gemini-live-2.5-flash-preview-native-audio-09-2025"))[-1]
    assert "is not supported in the live api" in setup.found
    assert "--model" in setup.advice


async def test_vertex_that_does_not_take_the_key(google: FakeGoogle) -> None:
    status = (await examined("vertex", api_key="AIzaOther"))[-1]
    assert (status.name, status.mark) == ("HTTP status", Mark.FAULT)
    assert "HTTP 401" in status.found
    assert status.commands == ("gcloud auth application-default login",)


async def test_an_account_that_gets_no_token_still_has_its_way_looked_at(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account()))
    google.accounts.refuse = (400, {"error": "invalid_grant", "error_description": "Bad Request"})
    found = await examined("vertex")
    assert marks(found)[2:] == [("token", Mark.FAULT), ("TCP", OK), ("proxy", OK), ("TLS", OK)]
    assert "invalid_grant" in named(found, "token").found


async def test_antiphon_asks_nobody_at_google(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account()))
    monkeypatch.setenv("GOOGLE_API_KEY", GOOD_KEY)
    monkeypatch.setenv("ANTIPHON_URL", f"ws://127.0.0.1:{free_port()}")
    await examined(None)
    assert google.proxy.targets == []
    assert google.accounts.refreshes == []


async def test_credentials_are_not_looked_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "RESOLVE_WAIT_S", 0.05)
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(*_: object, **__: object) -> None:
        asyncio.run_coroutine_threadsafe(released.wait(), loop).result(10)

    monkeypatch.setattr(server, "resolve", hang)
    with pytest.raises(TimeoutError, match=r"no answer within 0\.05 s"):
        await examined("vertex")
    released.set()


def test_a_destination_does_not_show_its_key() -> None:
    assert "s3cret" not in repr(Destination(endpoint=None, api_key="s3cret", model=None))
