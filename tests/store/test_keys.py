import pytest

from antiphon.errors import SettingsError
from antiphon.store.contracts import Key
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
