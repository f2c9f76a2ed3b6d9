import asyncio

import pytest

from antiphon.config import load_settings
from antiphon.errors import StoreFull
from antiphon.store.contracts import Token, TokenFault
from antiphon.store.sqlite import open_store
from antiphon.store.tokens import EXPIRED_KEPT_S
from tests.store.conftest import NOW


def token(**more: object) -> Token:
    usual = {"owner": "phone", "uses": 1, "expires": NOW + 100, "new_session_expires": NOW + 10}
    return Token(**{**usual, **more})


async def test_a_token_comes_back_as_it_was_minted(store):
    minted = token(setup=b'{"setup":{}}', mask="model,tools")
    name = await store.tokens.mint(minted, NOW)
    assert name.startswith("auth_tokens/")
    assert await store.tokens.look(name) == minted
    assert await store.tokens.spend(name, NOW) == minted


async def test_looking_spends_nothing(store):
    name = await store.tokens.mint(token(), NOW)
    for _ in range(3):
        await store.tokens.look(name)
    assert isinstance(await store.tokens.spend(name, NOW), Token)


@pytest.mark.requirement("credentials.hashed")
async def test_the_name_is_not_in_the_file(store, settings):
    name = await store.tokens.mint(token(mask="a mask"), NOW)
    await store.aclose()
    kept = b"".join(path.read_bytes() for path in settings.server.data_dir.iterdir())
    assert b"a mask" in kept
    assert name.partition("/")[2].encode() not in kept


FAULTS = {
    "one use more": (token(uses=0), NOW, None),
    "before its end": (token(), NOW + 9, None),
    "too late": (token(), NOW + 10, TokenFault.TOO_LATE),
    "expired": (token(), NOW + 100, TokenFault.EXPIRED),
    "expired before the time for new sessions": (token(new_session_expires=NOW + 999), NOW + 100, TokenFault.EXPIRED),
}


@pytest.mark.parametrize(("minted", "now", "fault"), FAULTS.values(), ids=FAULTS)
async def test_when_it_may_be_spent(store, minted, now, fault):
    name = await store.tokens.mint(minted, NOW)
    assert await store.tokens.spend(name, now) == (fault or minted)


async def test_it_is_spent_as_often_as_it_may_be(store):
    name = await store.tokens.mint(token(uses=2), NOW)
    spent = [await store.tokens.spend(name, NOW) for _ in range(3)]
    assert spent == [token(uses=2), token(uses=2), TokenFault.USED_UP]


@pytest.mark.requirement("tokens.uses")
async def test_zero_uses_are_any_number(store):
    name = await store.tokens.mint(token(uses=0), NOW)
    assert {await store.tokens.spend(name, NOW) for _ in range(20)} == {token(uses=0)}


async def test_an_unknown_one(store):
    assert await store.tokens.spend("auth_tokens/nonsense", NOW) is TokenFault.UNKNOWN
    assert await store.tokens.look("auth_tokens/nonsense") is None


@pytest.mark.requirement("tokens.uses")
async def test_of_many_at_once_in_two_processes_only_as_many_as_it_allows_succeed(store, other):
    name = await store.tokens.mint(token(uses=3), NOW)
    stores = [store, other] * 10
    spent = await asyncio.gather(*(each.tokens.spend(name, NOW) for each in stores))
    assert sum(isinstance(outcome, Token) for outcome in spent) == 3
    assert spent.count(TokenFault.USED_UP) == 17


async def test_there_are_no_more_than_there_may_be(store):
    for _ in range(3):
        await store.tokens.mint(token(), NOW)
    with pytest.raises(StoreFull, match="3 tokens"):
        await store.tokens.mint(token(), NOW)


async def test_expired_ones_make_room(store):
    names = [await store.tokens.mint(token(), NOW) for _ in range(3)]
    await store.tokens.mint(token(expires=NOW + 999), NOW + 100)
    assert [await store.tokens.look(name) for name in names] == [None] * 3


async def test_one_that_expired_is_known_for_a_while(store):
    name = await store.tokens.mint(token(), NOW)
    later = NOW + 100 + EXPIRED_KEPT_S
    await store.tokens.mint(token(expires=later + 99), later - 1)
    assert await store.tokens.spend(name, later) is TokenFault.EXPIRED
    await store.tokens.mint(token(expires=later + 99), later)
    assert await store.tokens.spend(name, later) is TokenFault.UNKNOWN


async def test_they_lock_no_more_than_they_may(settings, clock):
    small = await open_store(load_settings(tokens={"store_bytes_max": 10}), clock)
    await small.tokens.mint(token(setup=b"1234", mask="model"), NOW)
    await small.tokens.mint(token(mask="", owner=None), NOW)
    with pytest.raises(StoreFull, match="no room"):
        await small.tokens.mint(token(setup=b"12"), NOW)
    await small.tokens.mint(token(setup=b"1"), NOW)
    await small.tokens.mint(token(setup=b"1" * 10, expires=NOW + 999), NOW + 100)
    await small.aclose()
