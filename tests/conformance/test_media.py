import base64

import numpy as np
import pytest

from antiphon.session.effects import StartReply
from tests.server.conftest import SETUP
from tests.session.script import SPOKEN, Script

PICTURE = {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}}


def tone(hertz: int, rate_hz: int) -> bytes:
    at = np.arange(rate_hz * 600 // 1000) / rate_hz
    sound = (8_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()
    return sound + bytes(2 * rate_hz)


def chunk(data: bytes, mime: str) -> dict[str, str]:
    return {"mimeType": mime, "data": base64.b64encode(data).decode()}


async def heard(caller) -> str:
    contents = await caller.read_until("turnComplete")
    return contents[0]["inputTranscription"]["text"]


@pytest.mark.requirement("media.pcm")
@pytest.mark.parametrize("rate_hz", [8_000, 24_000, 44_100, 48_000])
async def test_other_rates_are_heard_at_their_pitch(call, rate_hz):
    caller = await call()
    await caller.send({"realtimeInput": {"audio": chunk(tone(440, rate_hz), f"audio/pcm;rate={rate_hz}")}})
    assert await heard(caller) == "tone 440 hertz"


@pytest.mark.requirement("media.all_media_chunks")
@pytest.mark.parametrize("model", ["models/x", "models/gemini-3.1-flash-live-preview"])
async def test_all_media_chunks_count(call, model):
    caller = await call(setup={"setup": {**SETUP["setup"], "model": model}})
    sound = tone(520, 16_000)
    halves = [chunk(half, "audio/pcm;rate=16000") for half in (sound[:6_000], sound[6_000:])]
    frame = chunk(b"jpeg", "image/jpeg")
    await caller.send({"realtimeInput": {"mediaChunks": [frame, *halves]}})
    contents = await caller.read_until("turnComplete")
    said = "".join(content.get("outputTranscription", {}).get("text", "") for content in contents)
    assert said == "You said: tone 520 hertz. You showed 1 picture."


@pytest.mark.requirement("content.pictures", "media.blind")
def test_pictures_in_content_reach_the_model():
    script = Script(SPOKEN)
    turn = {"role": "user", "parts": [{"text": "what is"}, PICTURE, {"text": "this"}]}
    script.client(clientContent={"turns": [turn], "turnComplete": True})
    (content,) = script.last(StartReply).brief.contents
    assert [bool(part.inline_data) for part in content.parts] == [False, True, False]
