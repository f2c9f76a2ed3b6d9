import json

import msgspec

from antiphon.bench import frames
from antiphon.wire.codec import decode_client, decode_server


def test_are_messages_of_the_protocol() -> None:
    setup = decode_client(frames.setup(text=True, tells_activity=True)).setup
    assert setup is not None
    assert setup.explicit_vad_signal
    realtime = decode_client(frames.audio(frames.SILENCE)).realtime_input
    assert realtime is not None
    assert realtime.audio is not None
    assert len(realtime.audio.data) == 640
    content = decode_client(frames.question("hello")).client_content
    assert content is not None
    assert content.turn_complete
    assert decode_server(frames.setup_complete()).setup_complete is not None


def test_sound_is_as_long_as_asked() -> None:
    (part,) = json.loads(frames.sound(0.1))["serverContent"]["modelTurn"]["parts"]
    assert len(msgspec.json.decode(json.dumps(part["inlineData"]["data"]), type=bytes)) == 4_800
