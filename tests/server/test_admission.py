"""Over a real socket: each place of a credential, with keys and without, on both products."""

import asyncio
import json
import logging

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from antiphon.server.admission import BAD_KEY, EXPIRED_KEY, NO_KEY
from antiphon.store.contracts import Token
from tests.server.conftest import DEVELOPER, SETUP, VERTEX, WAIT_S

PLACES = {
    "query key": lambda secret: (f"?key={secret}", {}),
    "query access_token": lambda secret: (f"?access_token={secret}", {}),
    "x-goog-api-key": lambda secret: ("", {"x-goog-api-key": secret}),
    "Authorization: Token": lambda secret: ("", {"Authorization": f"Token {secret}"}),
    "Authorization: Bearer": lambda secret: ("", {"Authorization": f"Bearer {secret}"}),
}
each_place = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
each_path = pytest.mark.parametrize(
    "path", [DEVELOPER, DEVELOPER + "Constrained", "/live", VERTEX], ids=["dev", "constrained", "alias", "vertex"]
)


each_product = pytest.mark.parametrize("path", [DEVELOPER, VERTEX], ids=["dev", "vertex"])


async def refusal(call, path: str, secret: str | None = None, place=PLACES["query key"]) -> tuple[int, str]:
    """The code and text a client is refused with: of HTTP on Vertex, of the close elsewhere."""
    query, headers = ("", {}) if secret is None else place(secret)
    if path != VERTEX:
        caller = await call(path + query, setup=None, additional_headers=headers)
        await caller.send(SETUP)
        return await caller.closed()
    with pytest.raises(InvalidStatus) as refused:
        await call(path + query, setup=None, additional_headers=headers)
    error = json.loads(refused.value.response.body)["error"]
    assert error["code"] == refused.value.response.status_code
    return error["code"], error["message"]


async def let_in(call, path: str, secret: str | None = None, place=PLACES["query key"], setup=SETUP):
    query, headers = ("", {}) if secret is None else place(secret)
    return await call(path + query, setup=setup, additional_headers=headers)


def token(clock, **more: object) -> Token:
    usual = {"owner": None, "uses": 1, "expires": clock.now + 100, "new_session_expires": clock.now + 10}
    return Token(**{**usual, **more})


@pytest.mark.requirement(
    "credentials.query_key",
    "credentials.query_token",
    "credentials.key_header",
    "credentials.token_header",
    "credentials.bearer",
)
@each_place
@each_product
async def test_a_good_key_is_let_in(call, store, path, place):
    caller = await let_in(call, path, await store.keys.add("phone"), place)
    assert await caller.answered()


@pytest.mark.requirement("credentials.oauth", "errors.unauthenticated_vertex", "errors.bad_key", "errors.http")
@each_place
@each_product
async def test_a_wrong_key_is_refused_as_that_product_does(call, store, path, place):
    await store.keys.add("phone")
    assert await refusal(call, path, "ak-wrong", place) == (401 if path == VERTEX else 1007, BAD_KEY)


@pytest.mark.requirement("transport.alias", "errors.unauthenticated_vertex", "errors.no_key")
@each_path
async def test_no_key_is_refused_as_that_product_does(call, store, path):
    await store.keys.add("phone")
    code, text = await refusal(call, path)
    assert code == (401 if path == VERTEX else 1008)
    assert text
    assert NO_KEY.startswith(text)


@pytest.mark.requirement("errors.expired_key")
@each_path
async def test_an_expired_key_is_refused_as_that_product_does(call, store, clock, path):
    secret = await store.keys.add("phone", expires=clock.now + 5)
    await let_in(call, path, secret)
    clock.now += 5
    assert await refusal(call, path, secret) == (401 if path == VERTEX else 1007, EXPIRED_KEY)


@pytest.mark.requirement("credentials.open")
@each_place
@each_product
async def test_without_keys_everything_is_let_in(call, path, place):
    callers = [
        await let_in(call, path, "any"),
        await let_in(call, path, "auth_tokens/any", place),
        await let_in(call, path),
    ]
    assert [await caller.answered() for caller in callers] == [True] * 3


@pytest.mark.requirement("credentials.live_changes")
async def test_what_another_process_changes_counts_from_the_next_connection_on(call, store):
    before = await let_in(call, DEVELOPER)
    secret = await store.keys.add("phone")
    assert (await refusal(call, DEVELOPER))[0] == 1008
    during = await let_in(call, DEVELOPER, secret)
    await store.keys.revoke("phone")
    assert await refusal(call, DEVELOPER, secret) == (1007, BAD_KEY)
    for caller in (before, during):
        await caller.send({"realtimeInput": {"text": "hello"}})
        await caller.read_until("turnComplete")


@pytest.mark.requirement("credentials.live_changes")
async def test_revoking_the_last_key_lets_nobody_in_until_it_is_forgotten(call, store):
    await store.keys.add("phone")
    await store.keys.revoke("phone")
    assert (await refusal(call, DEVELOPER))[0] == 1008
    await store.keys.revoke("phone", forget=True)
    await let_in(call, DEVELOPER)


@pytest.mark.requirement("credentials.sessions", "errors.full")
async def test_a_key_has_no_more_sessions_than_it_may(call, store, clock):
    secret, other = await store.keys.add("phone", sessions_max=1), await store.keys.add("kiosk")
    first = await let_in(call, DEVELOPER, secret)
    assert (await refusal(call, VERTEX, secret))[0] == 429
    code, text = await refusal(call, DEVELOPER, secret)
    assert code == 1011
    assert text.startswith("RESOURCE_EXHAUSTED: Maximum concurrent sessions")
    await let_in(call, DEVELOPER, other)
    name = await store.tokens.mint(token(clock, owner="phone"), clock.now)
    assert (await refusal(call, DEVELOPER, name))[0] == 1011
    await first.socket.close()
    async with asyncio.timeout(WAIT_S):
        while not await has_room(call, secret):
            pass


async def has_room(call, secret: str) -> bool:
    """Whether a session of the key is taken: its place is free a moment after the socket."""
    caller = await let_in(call, DEVELOPER, secret, setup=None)
    try:
        await caller.send(SETUP)
        return "setupComplete" in await caller.read()
    except ConnectionClosed:
        return False


@pytest.mark.requirement("credentials.token_as_key", "tokens.constrained", "tokens.any_method")
@each_place
@each_product
async def test_a_token_is_let_in_like_the_key_it_was_made_with(call, store, clock, path, place):
    await store.keys.add("phone")
    name = await store.tokens.mint(token(clock, owner="phone"), clock.now)
    caller = await let_in(call, path, name, place)
    assert await caller.answered()


@each_path
async def test_a_token_nobody_made_is_refused_where_keys_are_needed(call, store, clock, path):
    await store.keys.add("phone")
    for name in ("auth_tokens/any", await store.tokens.mint(token(clock), clock.now)):
        code, text = await refusal(call, path, name)
        assert code == (401 if path == VERTEX else 1008)
        assert text.startswith("Ephemeral token not valid")


@pytest.mark.requirement("tokens.ends_with_key")
async def test_a_token_ends_with_its_key(call, store, clock):
    await store.keys.add("phone", expires=clock.now + 5)
    name = await store.tokens.mint(token(clock, owner="phone", uses=0), clock.now)
    await let_in(call, DEVELOPER, name)
    clock.now += 5
    assert await refusal(call, DEVELOPER, name) == (1007, EXPIRED_KEY)
    await store.keys.revoke("phone")
    assert (await refusal(call, DEVELOPER, name))[0] == 1008


@pytest.mark.requirement("tokens.refused")
@each_path
async def test_an_expired_token_is_refused_even_without_keys(call, store, clock, path):
    name = await store.tokens.mint(token(clock), clock.now)
    clock.now += 100
    code, text = await refusal(call, path, name)
    assert code == (401 if path == VERTEX else 1008)
    assert text.startswith("Ephemeral token expired")


@pytest.mark.requirement("credentials.unlogged")
async def test_no_secret_is_logged(call, store, clock, caplog):
    caplog.set_level(logging.INFO, "antiphon")
    secret = await store.keys.add("phone")
    name = await store.tokens.mint(token(clock, owner="phone"), clock.now)
    for each in (secret, name):
        await let_in(call, DEVELOPER, each)
    await refusal(call, DEVELOPER, "ak-wrong")
    logged = caplog.text
    assert "refused" in logged
    assert not [each for each in (secret, name, "ak-wrong") if each in logged]


@pytest.mark.parametrize("server", [{"limits": {"refused_wait_s": 0.05}}], indirect=True)
async def test_one_that_is_refused_and_says_nothing_is_not_waited_for(call, store):
    await store.keys.add("phone")
    caller = await call(setup=None)
    assert (await caller.closed())[0] == 1008
