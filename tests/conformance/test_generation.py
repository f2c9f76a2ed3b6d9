import pytest

from antiphon.session.effects import StartReply
from antiphon.session.events import ReplyThought
from tests.server.conftest import DEVELOPER, SETUP, VERTEX
from tests.session.script import SPOKEN, Script

each_product = pytest.mark.parametrize("path", [DEVELOPER, VERTEX], ids=["dev", "vertex"])

TOOLS = [{"functionDeclarations": [{"name": "light"}]}]


async def answer(caller, text: str) -> list[dict[str, object]]:
    """Whole messages up to the end of the turn."""
    await caller.send({"realtimeInput": {"text": text}})
    messages = [await caller.read()]
    while "turnComplete" not in messages[-1].get("serverContent", {}):
        messages.append(await caller.read())
    return messages


@pytest.mark.requirement("generation.audio_format", "dialects.audio_mime")
@each_product
async def test_sound_names_its_format(call, path):
    messages = await answer(await call(path), "hello")
    contents = [message["serverContent"] for message in messages]
    blobs = [content["modelTurn"]["parts"][0]["inlineData"] for content in contents if "modelTurn" in content]
    assert {blob["mimeType"] for blob in blobs} == {"audio/pcm;rate=24000"}


@pytest.mark.requirement("generation.bundles", "turns.interaction_status")
@each_product
async def test_each_message_says_one_thing(call, path):
    caller = await call(path, setup={"setup": {**SETUP["setup"], "sessionResumption": {}, "tools": TOOLS}})
    await caller.read()
    for text in ("hello", "silence", "think about it", "please fail"):
        for message in await answer(caller, text):
            assert len(message.keys() - {"usageMetadata"}) == 1
            content = message.get("serverContent", {})
            assert "interactionStatus" not in content
            assert len(content.keys() - {"turnCompleteReason"}) <= 1
    await caller.send({"realtimeInput": {"text": "call light"}})
    while (message := await caller.read()).keys() != {"toolCall"}:
        assert len(message) == 1 or "usageMetadata" in message


@pytest.mark.requirement("usage.with_turn", "usage.keys")
@pytest.mark.parametrize(
    ("path", "response"), [(DEVELOPER, "responseTokenCount"), (VERTEX, "candidatesTokenCount")], ids=["dev", "vertex"]
)
async def test_usage_comes_with_the_end_of_the_turn(call, path, response):
    *before, last = await answer(await call(path), "hello")
    assert not [message for message in before if "usageMetadata" in message]
    usage = last["usageMetadata"]
    assert {"promptTokenCount", response, "totalTokenCount"} <= usage.keys()
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage[response]


def usage_of(script: Script) -> dict[str, object]:
    return next(message["usageMetadata"] for message in reversed(script.messages) if "usageMetadata" in message)


@pytest.mark.requirement("usage.total")
def test_thoughts_are_counted_apart():
    script = Script(SPOKEN)
    script.client(realtimeInput={"text": "hello"})
    script.event(ReplyThought(script.last(StartReply).turn, "hm", 3))
    script.says(seconds=1.0)
    script.ends()
    script.wait(2)
    usage = usage_of(script)
    assert (usage["thoughtsTokenCount"], usage["responseTokenCount"]) == (3, 25)
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + 25


@pytest.mark.requirement("usage.interrupted")
def test_an_interrupted_turn_is_charged_for_what_was_sent():
    script = Script(SPOKEN)
    script.client(realtimeInput={"text": "tell me a story"})
    script.says("once upon a time", seconds=4.0)
    script.wait(2)
    script.client(clientContent={})
    usage = usage_of(script)
    assert usage["responseTokenCount"] == 4 * 25
    assert script.sent()[-2:] == ["interrupted", "turnComplete"]
