import asyncio
import base64
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from antiphon import __version__
from antiphon.engines.effort import effort
from antiphon.engines.scripted import ScriptedLlmStream
from antiphon.server.listen import Listening, listening
from antiphon.server.operator_guard import COOKIE, NOT_ENTERED, WRONG_KEY
from tests.runtime.stage import scripted
from tests.server.conftest import DEVELOPER, VERTEX, WAIT_S, silence, tone

KEY = "a key for the operator"
EVERY = {
    "GET": ["state"],
    "POST": ["drain", "resume", "sessions/x/end", "sessions/x/drain"],
}


@pytest.fixture
async def http(server: Listening) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of the operator's, before he enters."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}/operate/", timeout=WAIT_S) as http:
        yield http


@pytest.fixture
async def entered(server: Listening, http: httpx.AsyncClient) -> httpx.AsyncClient:
    """... and after it."""
    answer = await http.post("enter", json={"key": secret(server)})
    assert (answer.status_code, answer.json()) == (200, {})
    return http


def secret(server: Listening) -> str:
    return server.operator_file.read_text().strip()


async def state(http: httpx.AsyncClient) -> dict[str, object]:
    answer = await http.get("state")
    assert answer.status_code == 200
    return answer.json()


async def alone(http: httpx.AsyncClient) -> dict[str, object]:
    """What is told of the only session."""
    (session,) = (await state(http))["sessions"]
    return session


async def until_gone(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(WAIT_S):
        while (await state(http))["sessions"]:
            pass


# Who is let in


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, paths in EVERY.items() for path in paths])
async def test_nothing_is_told_to_others(http, method, path):
    answer = await http.request(method, path)
    assert answer.status_code == 401
    assert answer.json()["error"] == {"code": 401, "message": NOT_ENTERED, "status": "UNAUTHENTICATED"}
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_is_for_this_server_and_no_script(server, http):
    answer = await http.post("enter", json={"key": secret(server)})
    name, *flags = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{COOKIE}_{server.port}=")
    assert len(name) > len(COOKIE) + 46
    assert secret(server) not in name
    assert {flag.lower() for flag in flags} == {"httponly", "max-age=43200", "path=/operate", "samesite=strict"}
    assert answer.headers["cache-control"] == "no-store"


async def test_under_tls_it_never_goes_out_in_the_open(tmp_path):
    settings = scripted(server={"port": 0, "tls": True, "data_dir": tmp_path, "operator_key": KEY})
    async with listening(settings) as server:
        trust = ssl.create_default_context(cafile=server.certificate.authority)
        async with httpx.AsyncClient(verify=trust) as http:
            answer = await http.post(f"https://127.0.0.1:{server.port}/operate/enter", json={"key": KEY})
    assert "; Secure" in answer.headers["set-cookie"]


async def test_two_servers_of_a_host_do_not_end_each_others_entry(server, entered):
    async with listening(scripted(server={"port": 0})) as other:
        there = f"http://127.0.0.1:{other.port}/operate/"
        assert (await entered.post(f"{there}enter", json={"key": secret(other)})).status_code == 200
        assert [(await entered.get(url)).status_code for url in ("state", f"{there}state")] == [200, 200]
        assert (await entered.post(f"{there}leave")).status_code == 200
        assert [(await entered.get(url)).status_code for url in ("state", f"{there}state")] == [200, 401]


async def test_who_leaves_has_to_enter_again(server, entered):
    name = f"{COOKIE}_{server.port}"
    value = entered.cookies[name]
    answer = await entered.post("leave")
    assert answer.status_code == 200
    assert name not in entered.cookies
    assert (await entered.get("state", headers={"cookie": f"{name}={value}"})).status_code == 401


async def test_an_entry_ends_by_itself(entered, clock):
    clock.now += 43_200
    assert (await entered.get("state")).status_code == 401


async def test_programs_bring_the_key_with_each_request(server, http):
    answer = await http.get("state", headers={"authorization": f"Bearer {secret(server)}"})
    assert (answer.status_code, answer.json()["version"]) == (200, __version__)
    assert "set-cookie" not in answer.headers


async def test_an_api_key_is_not_enough(http, store):
    key = await store.keys.add("somebody")
    assert (await http.get("state", headers={"x-goog-api-key": key})).status_code == 401
    assert (await http.get(f"state?key={key}")).status_code == 401
    assert (await http.get("state", headers={"authorization": f"Bearer {key}"})).status_code == 401


@pytest.mark.parametrize("server", [{"server": {"operator_key": KEY}}], indirect=True)
async def test_a_key_that_is_set_is_kept_nowhere(server, http, data_dir_of_its_own):
    assert (await http.post("enter", json={"key": KEY})).status_code == 200
    assert server.operator_file is None
    assert not (data_dir_of_its_own / "operator.key").exists()


@pytest.mark.parametrize("server", [{"operating": {"wrong_keys_max": 2}}], indirect=True)
async def test_who_guesses_is_stopped(server, http, clock, caplog):
    answers = [await http.post("enter", json={"key": guess}) for guess in ("one", "two", secret(server))]
    told = [answer.json()["error"] for answer in answers]
    assert [error["status"] for error in told] == ["UNAUTHENTICATED", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED"]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert told[0]["message"] == WRONG_KEY
    assert "set-cookie" not in answers[2].headers
    clock.now += 60
    assert (await http.post("enter", json={"key": secret(server)})).status_code == 200
    assert secret(server) not in caplog.text


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"key": 1}', b"\xff", b'{"x":' + b"[" * 4_000, b" " * 4_097])
async def test_what_gives_no_key_is_told_what_is_wanted(http, body):
    answer = await http.post("enter", content=body)
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert answer.status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost:5173"])
@pytest.mark.parametrize("server", [{"server": {"origins": ["*"]}}], indirect=True)
async def test_pages_of_elsewhere_may_do_nothing(server, entered, call, origin):
    await call()
    id = (await alone(entered))["id"]
    for path in ("enter", "leave", "drain", "resume", f"sessions/{id}/end", f"sessions/{id}/drain"):
        answer = await entered.post(path, headers={"origin": origin}, json={"key": secret(server)})
        assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED"), path
    told = await state(entered)
    assert (told["draining"], len(told["sessions"])) == (False, 1)


async def test_the_page_of_the_server_itself_may(server, entered):
    answer = await entered.post("drain", headers={"origin": f"http://127.0.0.1:{server.port}"})
    assert (answer.status_code, answer.json()) == (200, {"sessions": 0})


# What is told


async def test_an_empty_server(entered):
    told = await state(entered)
    memory, percent = told.pop("memoryBytes", 1), told.pop("cpuPercent")
    assert memory > 0
    assert percent >= 0
    assert told == {"version": __version__, "draining": False, "sessionsMax": 64, "queues": {}, "sessions": []}


async def test_sessions_are_told_of_the_oldest_first(entered, call):
    first = await call()
    assert await first.answered()
    await first.read_until("turnComplete")
    await call(VERTEX, setup=None)
    told = (await state(entered))["sessions"]
    assert [(each["dialect"], each["state"], each["turns"]) for each in told] == [
        ("developer", "listening", 1),
        ("vertex", "opening", 0),
    ]
    assert [each["owner"] for each in told] == [None, None]
    assert told[0]["firstSoundMs"] >= 0
    assert told[1]["firstSoundMs"] is None
    assert 0 <= told[1]["ageS"] <= told[0]["ageS"] < WAIT_S
    assert set(told[0]) == {"id", "dialect", "owner", "state", "ageS", "turns", "loadPercent", "firstSoundMs"}


async def test_whose_session_it_is_and_how_soon_it_answered(entered, call, store):
    key = await store.keys.add("kiosk")
    caller = await call(f"{DEVELOPER}?key={key}")
    for sound in (tone(440, 1_000), silence(3_000)):
        blob = {"mimeType": "audio/pcm;rate=16000", "data": b64(sound)}
        await caller.send({"realtimeInput": {"audio": blob}})
    await caller.read_until("modelTurn")
    told = await alone(entered)
    assert (told["owner"], told["state"]) == ("kiosk", "answering")
    assert 0 <= told["firstSoundMs"] < 1000 * WAIT_S
    assert key not in str(told)


async def test_what_a_session_costs_is_told_of_it_and_not_of_its_neighbour(entered, call, monkeypatch):
    async def costly(stream: ScriptedLlmStream, *args: object) -> AsyncIterator[object]:
        effort.get().add(0.5)
        async for output in generate(stream, *args):
            yield output

    generate = ScriptedLlmStream.generate
    monkeypatch.setattr(ScriptedLlmStream, "generate", costly)
    caller, _ = await call(), await call()
    assert await caller.answered()
    loads = [each["loadPercent"] for each in (await state(entered))["sessions"]]
    assert 0.7 <= loads[0] <= 51.0, "half a second, of at least one and at most the last minute"
    assert loads[1] == 0.0


def b64(sound: bytes) -> str:
    return base64.b64encode(sound).decode()


# What an operator can do


async def test_a_session_is_ended(entered, call):
    caller = await call()
    id = (await alone(entered))["id"]
    answer = await entered.post(f"sessions/{id}/end")
    assert (answer.status_code, answer.json()) == (200, {})
    assert (await caller.read_until("goAway"))[-1] == {"goAway": {"timeLeft": "0.1s"}}
    code, reason = await caller.closed()
    assert code == 1008
    assert reason.startswith("Connection aborted because the client failed to close the connection")
    await until_gone(entered)


async def test_a_session_without_a_setup_is_ended_at_once(entered, call):
    caller = await call(setup=None)
    await entered.post(f"sessions/{(await alone(entered))['id']}/end")
    assert (await caller.closed())[0] == 1011


async def test_a_session_is_drained_and_its_neighbour_stays(entered, call):
    caller, neighbour = await call(), await call()
    id = (await state(entered))["sessions"][0]["id"]
    answer = await entered.post(f"sessions/{id}/drain?time_left_s=60")
    assert answer.status_code == 200
    assert await caller.read() == {"goAway": {"timeLeft": "60s"}}
    assert [each["state"] for each in (await state(entered))["sessions"]] == ["leaving", "listening"]
    assert await caller.answered()
    assert await neighbour.answered()


@pytest.mark.parametrize("path", ["sessions/none/end", "sessions/none/drain", "sessions/" + "x" * 5_000 + "/end"])
async def test_a_session_that_is_not_there_is_not_found(entered, path):
    answer = await entered.post(path)
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")
    assert len(answer.text) < 300


@pytest.mark.parametrize("asked", ["0", "soon", "nan", "1e9"])
async def test_a_drain_wants_a_time(entered, call, asked):
    await call()
    id = (await alone(entered))["id"]
    for path in ("drain", f"sessions/{id}/drain"):
        assert (await entered.post(f"{path}?time_left_s={asked}")).status_code == 400
    assert not (await state(entered))["draining"]


async def test_a_drained_server_stays_and_lets_nobody_in_until_it_is_told(entered, call):
    caller = await call()
    assert (await entered.post("drain?time_left_s=0.1")).json() == {"sessions": 1}
    assert (await caller.read_until("goAway"))[-1] == {"goAway": {"timeLeft": "0.1s"}}
    await caller.closed()
    await until_gone(entered)
    assert (await state(entered))["draining"]
    with pytest.raises(InvalidStatus) as refused:
        await call()
    assert refused.value.response.status_code == 503
    assert b"nobody new is let in now" in refused.value.response.body
    assert (await entered.post("resume")).status_code == 200
    assert not (await state(entered))["draining"]
    await call()


async def test_a_server_that_stops_lets_nobody_in_again(server, entered):
    await server.drain()
    answer = await entered.post("resume")
    assert (answer.status_code, answer.json()["error"]["message"]) == (503, "The server is stopping.")
    assert (await state(entered))["draining"]
