import pytest

from antiphon.errors import SettingsError
from antiphon.store.contracts import Key, Stored, Token
from tests.store.conftest import NOW


async def test_a_key_is_found_by_its_secret_alone(store):
    secret = await store.keys.add("phone", 3, NOW + 10)
    assert secret.startswith("ak-")
    assert await store.keys.find(secret) == Key(name="phone", created=NOW, sessions_max=3, expires=NOW + 10)
    assert await store.keys.named("phone") == await store.keys.find(secret)
    for wrong in ("phone", secret[:-1], secret.lower(), "", "\ud800"):
        assert await store.keys.find(wrong) is None


@pytest.mark.requirement("credentials.hashed")
async def test_the_secret_is_not_in_the_file(store, settings):
    secret = await store.keys.add("phone")
    await store.aclose()
    kept = b"".join(path.read_bytes() for path in settings.server.data_dir.iterdir())
    assert b"phone" in kept
    assert secret.encode() not in kept
    assert secret.removeprefix("ak-").encode() not in kept


async def test_two_keys_differ_and_are_listed_by_name(store):
    assert await store.keys.add("b") != await store.keys.add("a")
    assert [key.name for key in await store.keys.list()] == ["a", "b"]


async def test_a_name_in_use_is_refused(store):
    secret = await store.keys.add("phone")
    with pytest.raises(SettingsError, match="a key named phone"):
        await store.keys.add("phone")
    assert await store.keys.find(secret)


async def test_what_one_process_revokes_another_does_not_find(store, other):
    secret = await store.keys.add("phone")
    assert await other.keys.find(secret)
    assert await store.keys.revoke("phone")
    assert await other.keys.find(secret) is None
    assert await other.keys.named("phone") is None
    assert not await other.keys.revoke("phone")


async def test_a_revoked_key_is_remembered_until_it_is_forgotten(store):
    assert not await store.keys.configured()
    await store.keys.add("phone")
    await store.keys.revoke("phone")
    assert await store.keys.configured()
    assert [key.revoked for key in await store.keys.list()] == [True]
    assert await store.keys.revoke("phone", forget=True)
    assert not await store.keys.configured()
    assert not await store.keys.revoke("phone", forget=True)


async def test_the_name_of_a_revoked_key_may_be_used_again(store):
    old = await store.keys.add("phone")
    await store.keys.revoke("phone")
    new = await store.keys.add("phone")
    assert await store.keys.find(old) is None
    assert await store.keys.find(new)


async def test_an_expired_key_is_still_found(store):
    secret = await store.keys.add("phone", expires=NOW - 1)
    assert (await store.keys.find(secret)).expires == NOW - 1


@pytest.mark.requirement("tokens.ends_with_key", "resumption.owner")
@pytest.mark.parametrize("forget", [False, True])
async def test_what_was_made_with_a_key_ends_with_it(store, forget):
    names, handles = {}, {}
    for owner in ("phone", "kiosk"):
        await store.keys.add(owner)
        token = Token(owner=owner, uses=0, expires=NOW + 100, new_session_expires=NOW + 100)
        names[owner] = await store.tokens.mint(token, NOW)
        handles[owner] = await store.sessions.save(owner, owner, b"x", NOW + 100)
    await store.keys.revoke("phone", forget=forget)
    assert await store.tokens.look(names["phone"]) is None
    assert await store.sessions.load(handles["phone"], "phone", NOW) is None
    assert await store.tokens.look(names["kiosk"])
    assert await store.sessions.load(handles["kiosk"], "kiosk", NOW) == Stored("kiosk", b"x")


async def test_what_was_kept_after_a_key_was_revoked_is_not_for_its_successor(store):
    await store.keys.add("phone")
    await store.keys.revoke("phone")
    handle = await store.sessions.save("a", "phone", b"x", NOW + 100)
    await store.keys.add("phone")
    assert await store.sessions.load(handle, "phone", NOW) is None


async def test_a_name_that_is_refused_costs_its_key_nothing(store):
    await store.keys.add("phone")
    handle = await store.sessions.save("a", "phone", b"x", NOW + 100)
    with pytest.raises(SettingsError):
        await store.keys.add("phone")
    assert await store.sessions.load(handle, "phone", NOW)
