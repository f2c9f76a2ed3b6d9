import pytest

from antiphon.config import load_settings
from antiphon.wire.dialect import Dialect
from tests.server.conftest import DEVELOPER, VERTEX
from tests.session.script import SPOKEN, Script

HOUR_S = 3_600


def setup(handle: str | None = None) -> dict[str, object]:
    resumption = {"transparent": True} if handle is None else {"transparent": True, "handle": handle}
    return SPOKEN | {"sessionResumption": resumption}


def indices(script: Script) -> list[str]:
    updates = [message.get("sessionResumptionUpdate", {}) for message in script.messages]
    return [update["lastConsumedClientMessageIndex"] for update in updates if update]


@pytest.mark.requirement("resumption.renumbered")
def test_each_connection_counts_its_own_messages():
    store = {}
    first = Script(setup(), dialect=Dialect.VERTEX, store=store)
    for text in ("a", "b"):
        first.client(clientContent={"turns": [{"parts": [{"text": text}]}]})
    assert indices(first) == ["0", "1", "2"]
    second = Script(setup(list(store)[-1]), dialect=Dialect.VERTEX, store=store)
    second.client(clientContent={"turns": [{"parts": [{"text": "c"}]}]})
    assert indices(second) == ["0", "1"]


@pytest.mark.requirement("resumption.lifetime")
@pytest.mark.parametrize(("path", "hours"), [(DEVELOPER, 2), (VERTEX, 24)], ids=["dev", "vertex"])
async def test_handles_live_as_long_as_the_products(call, store, clock, path, hours):
    resumption = load_settings().resumption
    assert (resumption.lifetime_s_developer, resumption.lifetime_s_vertex) == (2 * HOUR_S, 24 * HOUR_S)
    caller = await call(path, setup={"setup": {"model": "models/x", "sessionResumption": {}}})
    handle = (await caller.read())["sessionResumptionUpdate"]["newHandle"]
    assert await store.sessions.load(handle, None, clock.now + hours * HOUR_S - 60) is not None
    assert await store.sessions.load(handle, None, clock.now + hours * HOUR_S + 60) is None
