from antiphon.store.sqlite import open_store
from tests.store.conftest import NOW


async def test_all_three_are_there_when_it_is_opened_again(settings, clock):
    store = await open_store(settings, clock)
    secret = await store.keys.add("phone")
    handle = await store.sessions.save("a", None, b"x", NOW + 10)
    await store.aclose()
    again = await open_store(settings, clock)
    assert await again.keys.find(secret)
    assert await again.sessions.load(handle, None, NOW)
    await again.aclose()


async def test_the_limits_are_those_of_the_settings(settings, clock, store):
    handles = [await store.sessions.save("a", None, b"x", NOW + 10) for _ in range(3)]
    kept = [handle for handle in handles if await store.sessions.load(handle, None, NOW)]
    assert kept == handles[-settings.resumption.handles_max :]
