"""A bigger brain behind a URL: the whole path but for the model."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from antiphon.config import EngineNames
from antiphon.server.listen import listening
from tests.engines.chat_server import DONE, ChatServer, calling, serving
from tests.runtime.stage import scripted, soon
from tests.server.conftest import DEVELOPER, SETUP, Caller, connect

PICTURE = bytes(range(256)) * 40
WEATHER = {"functionDeclarations": [{"name": "weather", "parameters": {"type": "OBJECT"}}]}
TEXT = {"model": "models/x", "generationConfig": {"responseModalities": ["TEXT"]}}


@asynccontextmanager
async def calling_up(
    chat: ChatServer, setup: dict[str, object] = SETUP["setup"], **llm: object
) -> AsyncIterator[Caller]:
    engines = EngineNames.scripted().model_copy(update={"llm": "openai"})
    settings = scripted(server={"port": 0}, llm={"url": chat.url, "model": "big", **llm})
    async with (
        listening(settings.model_copy(update={"engines": engines})) as server,
        connect(server.url + DEVELOPER) as socket,
    ):
        caller = Caller(socket)
        await caller.send({"setup": setup})
        await caller.read()
        yield caller


async def test_its_words_are_spoken():
    with serving() as chat:
        chat.say("Left, ", "then right.")
        async with calling_up(chat) as caller:
            await caller.send({"realtimeInput": {"text": "Where is the station?"}})
            contents = await soon(caller.read_until("turnComplete"))
    said = "".join(content.get("outputTranscription", {}).get("text", "") for content in contents)
    assert said == "Left, then right."
    assert chat.asked[0]["messages"][-1] == {"role": "user", "content": "Where is the station?"}


async def test_it_calls_two_functions_and_is_given_their_results():
    with serving() as chat:
        chat.pieces = [calling((0, "weather", '{"city":')), calling((0, None, '"Rome"}'), (1, "weather", "{}")), DONE]
        async with calling_up(chat, TEXT | {"tools": [WEATHER]}) as caller:
            await caller.send({"realtimeInput": {"text": "And the weather?"}})
            calls = (await caller.read_until("toolCall"))[-1]["toolCall"]["functionCalls"]
            assert [(call["name"], call.get("args")) for call in calls] == [
                ("weather", {"city": "Rome"}),
                ("weather", {}),
            ]
            chat.say("Sunny.")
            results = [{"id": call["id"], "name": "weather", "response": {"output": "sun"}} for call in calls]
            await caller.send({"toolResponse": {"functionResponses": results}})
            await soon(caller.read_until("turnComplete"))
    assert chat.asked[0]["tools"][0]["function"]["name"] == "weather"
    roles = [message["role"] for message in chat.asked[1]["messages"]]
    assert roles[-3:] == ["assistant", "tool", "tool"]
    ids = [call["id"] for call in chat.asked[1]["messages"][-3]["tool_calls"]]
    assert [message["tool_call_id"] for message in chat.asked[1]["messages"][-2:]] == ids


async def test_a_model_that_sees_is_shown_the_very_bytes_and_another_is_told():
    frame = {"mimeType": "image/png", "data": base64.b64encode(PICTURE).decode()}
    for vision in (True, False):
        with serving() as chat:
            chat.say("A test card.")
            async with calling_up(chat, TEXT, vision=vision) as caller:
                await caller.send({"realtimeInput": {"video": frame}})
                await caller.send({"realtimeInput": {"text": "What is this?"}})
                await soon(caller.read_until("turnComplete"))
        assert chat.shown() == ([PICTURE] if vision else [])
        told = str(chat.asked[0]["messages"][-1]["content"])
        assert ("an image, which you cannot see" in told) is not vision
        assert "What is this?" in told


async def test_what_it_thinks_is_shown_only_to_who_asks():
    for asked in (True, False):
        with serving() as chat:
            chat.say("<think>hm", "m</think>", "Yes.")
            generation = TEXT["generationConfig"] | {"thinkingConfig": {"includeThoughts": asked}}
            async with calling_up(chat, TEXT | {"generationConfig": generation}) as caller:
                await caller.send({"realtimeInput": {"text": "Is it?"}})
                contents = await soon(caller.read_until("turnComplete"))
        parts = [part for content in contents for part in content.get("modelTurn", {}).get("parts", [])]
        assert "".join(part["text"] for part in parts if not part.get("thought")) == "Yes."
        assert "".join(part["text"] for part in parts if part.get("thought")) == ("hmm" if asked else "")


async def test_a_call_nobody_can_make_ends_the_turn_with_its_reason():
    with serving() as chat:
        chat.pieces = [calling((0, "weather", "not JSON")), DONE]
        async with calling_up(chat, TEXT | {"tools": [WEATHER]}) as caller:
            await caller.send({"realtimeInput": {"text": "And the weather?"}})
            contents = await soon(caller.read_until("turnComplete"))
    assert contents[-1]["turnCompleteReason"] == "MALFORMED_FUNCTION_CALL"
