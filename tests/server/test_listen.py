import asyncio
import socket

import httpx
import pytest

from antiphon.errors import EngineUnavailable, SettingsError
from antiphon.server.listen import check_reachable, listening
from antiphon.store.sqlite import open_store
from tests.runtime.stage import scripted


@pytest.mark.requirement("credentials.closed_elsewhere")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.org"])
async def test_only_loopback_is_listened_on(host):
    with pytest.raises(SettingsError, match="not loopback"):
        async with listening(scripted(server={"host": host, "port": 0})):
            pass


async def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{taken.getsockname()[1]}.*--port 0"):
            async with listening(scripted(server={"port": taken.getsockname()[1]})):
                pass


async def test_a_missing_engine_is_named():
    settings = scripted().model_copy(update={"engines": scripted().engines.model_copy(update={"llm": "sausage"})})
    with pytest.raises(EngineUnavailable, match="sausage"):
        async with listening(settings.model_copy(update={"server": settings.server.model_copy(update={"port": 0})})):
            pass


async def test_what_the_block_raises_comes_out_as_it_is():
    with pytest.raises(KeyError):
        async with listening(scripted(server={"port": 0})):
            raise KeyError


async def test_ipv6_has_brackets():
    async with listening(scripted(server={"host": "::1", "port": 0})) as server:
        assert server.url == f"ws://[::1]:{server.port}"


async def test_afterwards_the_port_is_free_and_no_task_is_left():
    before = asyncio.all_tasks()
    async with listening(scripted(server={"port": 0})) as server:
        port = server.port
    assert asyncio.all_tasks() == before
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


@pytest.mark.requirement("credentials.closed_elsewhere")
async def test_elsewhere_it_takes_a_key(data_dir_of_its_own):
    settings = scripted(server={"host": "0.0.0.0", "port": 0})
    with pytest.raises(SettingsError, match="antiphon keys add"):
        await check_reachable(settings)
    store = await open_store(settings)
    await store.keys.add("phone", expires=1.0)
    with pytest.raises(SettingsError, match="antiphon keys add"):
        await check_reachable(settings)
    await store.keys.add("kiosk")
    await check_reachable(settings)
    async with listening(settings) as server:
        assert (server.keys, server.open_to_all, server.reached_by_others) == (1, False, True)
        await store.keys.revoke("kiosk", forget=True)
        await store.keys.revoke("phone", forget=True)
        async with httpx.AsyncClient() as http:
            refused = await http.post(f"http://127.0.0.1:{server.port}/v1/auth_tokens", json={})
        assert refused.status_code == 401
    await store.aclose()


@pytest.mark.requirement("credentials.open")
async def test_on_this_machine_nothing_is_needed():
    await check_reachable(scripted())
    async with listening(scripted(server={"port": 0})) as server:
        assert (server.keys, server.open_to_all, server.reached_by_others) == (0, True, False)


async def test_a_store_that_cannot_be_used_is_named(data_dir_of_its_own):
    data_dir_of_its_own.touch()
    with pytest.raises(SettingsError, match=r"server\.data_dir"):
        async with listening(scripted(server={"port": 0})):
            pass
