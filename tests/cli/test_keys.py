import time

import pytest

from antiphon.config import load_settings
from antiphon.store.sqlite import open_store
from tests.client.recordings import question

DAY_S = 86_400


async def keys():
    store = await open_store(load_settings())
    try:
        return {key.name: key for key in await store.keys.list()}
    finally:
        await store.aclose()


async def test_a_key_is_printed_once_and_alone_on_stdout(antiphon):
    done = await antiphon("keys", "add", "phone")
    assert done.status == 0
    assert done.out.startswith("ak-")
    assert len(done.out.split()) == 1
    assert "phone" in done.err
    listed = await antiphon("keys", "list")
    assert "phone" in listed.out
    assert done.out.strip() not in listed.out + listed.err


async def test_limits_are_kept(antiphon):
    await antiphon("keys", "add", "kiosk", "--sessions", 2, "--expires", "30d")
    await antiphon("keys", "add", "guest", "--expires", "2999-01-31")
    found = await keys()
    assert found["kiosk"].sessions_max == 2
    assert found["kiosk"].expires == pytest.approx(time.time() + 30 * DAY_S, abs=60)
    assert found["guest"].sessions_max is None
    listed = (await antiphon("keys", "list")).out
    assert "2999-01-31" in listed
    assert "any number" in listed


BAD = {
    "name": ("add", "a b"),
    "empty name": ("add", ""),
    "when": ("add", "x", "--expires", "soon"),
    "no such day": ("add", "x", "--expires", "2999-02-30"),
    "no time": ("add", "x", "--expires", "0d"),
    "over": ("add", "x", "--expires", "2001-01-01"),
    "sessions": ("add", "x", "--sessions", "0"),
    "unknown": ("revoke", "nobody"),
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
async def test_bad_usage(antiphon, arguments):
    done = await antiphon("keys", *arguments)
    assert done.status == 2
    assert done.err
    assert await keys() == {}


async def test_a_name_in_use(antiphon):
    await antiphon("keys", "add", "phone")
    done = await antiphon("keys", "add", "phone")
    assert done.status == 2
    assert "revoke it first" in done.err
    assert done.out == ""


async def test_revoking_says_what_follows(antiphon):
    assert "no keys" in (await antiphon("keys", "list")).out
    for name in ("phone", "kiosk"):
        await antiphon("keys", "add", name)
    assert (await antiphon("keys", "revoke", "phone")).err == "phone is revoked\n"
    assert "lets nobody in" in (await antiphon("keys", "revoke", "kiosk")).err
    assert (await antiphon("keys", "list")).out.count("revoked") == 2
    await antiphon("keys", "revoke", "kiosk", "--forget")
    assert "lets everybody in" in (await antiphon("keys", "revoke", "phone", "--forget")).err


async def test_an_expired_key_is_told(antiphon):
    store = await open_store(load_settings())
    await store.keys.add("old", expires=1.0)
    await store.aclose()
    assert "expired" in (await antiphon("keys", "list")).out


async def test_a_broken_database_is_told(antiphon, data_dir_of_its_own):
    data_dir_of_its_own.mkdir()
    (data_dir_of_its_own / "antiphon.db").write_text("nonsense " * 100)
    done = await antiphon("keys", "list")
    assert done.status == 2
    assert "move it away" in done.err


async def test_the_help_teaches(antiphon):
    assert "antiphon keys add kiosk" in (await antiphon("keys", "add", "--help")).out
    assert "keys add" in (await antiphon("--help")).out


async def test_a_server_for_one_question_asks_for_no_key(antiphon, tmp_path):
    await antiphon("keys", "add", "phone")
    question(tmp_path)
    done = await antiphon("ask", tmp_path / "question.wav", "--engines", "scripted", "--text")
    assert (done.status, done.err.count("1008")) == (0, 0)
