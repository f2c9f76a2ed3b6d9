"""A bigger brain behind a URL: the whole path but for the model."""

from antiphon.config import EngineNames
from antiphon.server.listen import listening
from tests.engines.chat_server import serving
from tests.runtime.stage import scripted, soon
from tests.server.conftest import DEVELOPER, SETUP, Caller, connect


async def test_its_words_are_spoken():
    with serving() as chat:
        chat.say("Left, ", "then right.")
        engines = EngineNames.scripted().model_copy(update={"llm": "openai"})
        settings = scripted(server={"port": 0}, llm={"url": chat.url, "model": "big"})
        async with (
            listening(settings.model_copy(update={"engines": engines})) as server,
            connect(server.url + DEVELOPER) as socket,
        ):
            caller = Caller(socket)
            await caller.send(SETUP)
            await caller.read()
            await caller.send({"realtimeInput": {"text": "Where is the station?"}})
            contents = await soon(caller.read_until("turnComplete"))
    said = "".join(content.get("outputTranscription", {}).get("text", "") for content in contents)
    assert said == "Left, then right."
    assert chat.asked[0]["messages"][-1] == {"role": "user", "content": "Where is the station?"}
