import base64
import json
from typing import get_args, get_type_hints

import pytest

from antiphon.wire.server import ServerMessage
from tests.server.conftest import SETUP, silence, tone

KNOWN = {
    "setupComplete", "serverContent", "toolCall", "toolCallCancellation", "usageMetadata", "goAway",
    "sessionResumptionUpdate", "voiceActivity", "voiceActivityDetectionSignal",
}  # fmt: skip
"""What google-genai looks for."""


@pytest.mark.requirement("wire.binary_in")
async def test_binary_frames_are_read(call):
    caller = await call(setup=None)
    await caller.send(json.dumps(SETUP).encode())
    assert await caller.read() == {"setupComplete": {}}
    await caller.send(json.dumps({"realtimeInput": {"text": "grüß dich"}}, ensure_ascii=False).encode())
    contents = await caller.read_until("turnComplete")
    said = "".join(content.get("outputTranscription", {}).get("text", "") for content in contents)
    assert said == "You said: grüß dich."


@pytest.mark.requirement("wire.size_in")
async def test_a_large_message_is_read(call):
    caller = await call()
    sound = silence(60_000) + tone(440, 600) + silence(1_000)
    blob = {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(sound).decode()}
    message = json.dumps({"realtimeInput": {"audio": blob}}) + " " * (13 << 20)
    assert len(message) > 15 << 20
    await caller.send(message)
    contents = await caller.read_until("turnComplete")
    assert contents[0]["inputTranscription"]["text"] == "tone 440 hertz"


@pytest.mark.requirement("wire.known_keys")
def test_members_are_those_that_clients_know():
    assert set(ServerMessage.__struct_encode_fields__) == KNOWN
    assert all(type(None) in get_args(hint) for hint in get_type_hints(ServerMessage).values())
