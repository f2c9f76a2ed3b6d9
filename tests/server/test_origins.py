"""Pages of other sites on a server that asks for no key, over a real socket and without one."""

import httpx
import pytest
from starlette.requests import HTTPConnection
from websockets.exceptions import InvalidStatus

from antiphon.config import load_settings
from antiphon.errors import SettingsError
from antiphon.server.origins import check_own_page, check_page, is_loopback
from antiphon.server.refusals import Refused
from tests.server.conftest import DEVELOPER, VERTEX

EVIL = "https://evil.example"
each_product = pytest.mark.parametrize("path", [DEVELOPER, VERTEX], ids=["dev", "vertex"])


def passes(host: str | None, origin: str | None, *allowed: str, same: bool = False) -> bool:
    named = (("host", host), ("origin", origin))
    headers = [(name.encode(), value.encode("latin-1")) for name, value in named if value is not None]
    try:
        check_page(HTTPConnection({"type": "http", "headers": headers}), allowed, same=same)
    except Refused:
        return False
    return True


HERE = "127.0.0.1:8765"


@pytest.mark.parametrize("host", ["127.0.0.1", HERE, "localhost:1", "LocalHost", "[::1]:8765", "127.1.2.3"])
@pytest.mark.parametrize("origin", [None, "http://localhost:5173", "https://127.0.0.1", "http://[::1]:80"])
def test_programs_and_pages_of_this_machine_pass(host, origin):
    assert passes(host, origin)


@pytest.mark.parametrize(
    "origin",
    [EVIL, "null", "file://", "", "http://[", "http://localhost.evil.example", "https://127.0.0.1.evil.example"],
)
def test_pages_of_elsewhere_do_not(origin):
    assert not passes(HERE, origin)


@pytest.mark.parametrize("host", [None, "", "evil.example", "evil.example:8765", "localhost@evil.example", "[", "::1"])
def test_names_that_were_made_to_lead_here_do_not(host):
    assert not passes(host, None)
    assert not passes(host, f"http://{host}")
    assert not passes(host, f"http://{host}", same=True)


def test_what_is_listed_passes():
    assert passes(HERE, EVIL, "https://other.example", "https://Evil.example")
    assert passes(HERE, "null", "null")
    assert passes(HERE, "file://", *load_settings(server={"origins": ["file://"]}).server.origins)
    assert passes("kitchen.local:8765", None, "http://kitchen.local:8765")
    assert passes("evil.example", EVIL, "*")
    assert not passes(HERE, EVIL, "https://other.example", "null")
    assert not passes(HERE, EVIL + ":8443", EVIL)


def test_of_this_machine_only_the_server_itself_may_be_the_same():
    assert passes(HERE, f"http://{HERE}", same=True)
    assert passes(HERE, EVIL, EVIL, same=True)
    assert not passes(HERE, "http://127.0.0.1:8766", same=True)


def test_loopback_addresses():
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.9.9.9", "::1")))
    assert not any(map(is_loopback, ("", "0.0.0.0", "192.0.2.7", "localhost.example", "::")))


def test_what_is_no_origin_is_no_setting():
    with pytest.raises(SettingsError, match=r"server\.origins"):
        load_settings(server={"origins": ["evil.example"]})


@pytest.mark.requirement("credentials.pages")
@each_product
@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Origin": "null"}])
async def test_its_socket_is_refused_before_it_opens(call, path, headers):
    with pytest.raises(InvalidStatus) as refused:
        await call(path + "?key=auth_tokens/any", additional_headers=headers)
    assert refused.value.response.status_code == 403
    assert b"server.origins" in refused.value.response.body


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@each_product
async def test_a_socket_by_a_name_that_was_made_to_lead_here_is_refused(server, path):
    async with httpx.AsyncClient() as http:
        url = f"http://127.0.0.1:{server.port}{path}"
        answer = await http.get(url, headers={**UPGRADE, "Host": f"evil.example:{server.port}"})
    assert answer.json()["error"]["status"] == "PERMISSION_DENIED"
    assert "host 'evil.example" in answer.text


@each_product
async def test_a_socket_of_a_page_of_this_machine_opens(server, call, path):
    for origin in (f"http://localhost:{server.port}", "http://127.0.0.1:5173"):
        caller = await call(path, additional_headers={"Origin": origin})
        assert await caller.answered()


@pytest.mark.requirement("credentials.pages")
@pytest.mark.parametrize("server", [{"server": {"origins": [EVIL]}}], indirect=True)
async def test_a_page_the_operator_lists_is_let_in(call):
    caller = await call(additional_headers={"Origin": EVIL})
    assert await caller.answered()


@each_product
async def test_a_key_is_enough_for_any_page(call, store, path):
    secret = await store.keys.add("phone")
    caller = await call(f"{path}?key={secret}", additional_headers={"Origin": EVIL})
    assert await caller.answered()


@pytest.mark.parametrize("path", ["/v1alpha/auth_tokens", "/go_away?time_left_s=60"])
async def test_a_name_that_was_made_to_lead_here_may_post_nothing(server, store, path):
    url = f"http://127.0.0.1:{server.port}{path}"
    rebound = {"Host": f"evil.example:{server.port}", "Origin": f"http://evil.example:{server.port}"}
    async with httpx.AsyncClient() as http:
        assert (await http.post(url, json={}, headers=rebound)).status_code == 403
        key = {"x-goog-api-key": await store.keys.add("phone")}
        assert (await http.post(url, json={}, headers=rebound | key)).status_code == 200


@pytest.mark.parametrize(
    ("host", "origin", "own"),
    [
        (HERE, None, True),
        (HERE, f"http://{HERE}", True),
        ("voice.example:443", "https://voice.example:443", True),
        (HERE, "http://127.0.0.1:1", False),
        (HERE, f"http://localhost:{HERE.rpartition(':')[2]}", False),
        (HERE, EVIL, False),
        (HERE, "null", False),
        (HERE, "", False),
        ("", "null", False),
        (None, "file://", False),
    ],
)
def test_some_things_are_for_pages_of_this_very_server(host, origin, own):
    headers = [(name, value.encode()) for name, value in ((b"host", host), (b"origin", origin)) if value is not None]
    connection = HTTPConnection({"type": "http", "headers": headers})
    if own:
        check_own_page(connection)
    else:
        with pytest.raises(Refused, match="for the server's own page"):
            check_own_page(connection)
