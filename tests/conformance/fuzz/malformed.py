"""Strategies for what no server may take, and how it says so.

Of a random change to a message nobody can say beforehand whether it is still well-formed; `decode_client` is asked,
and what it takes is drawn again. What is tested is the server around it: that socket is closed, and no other.
"""

import json
import random
from dataclasses import dataclass

from hypothesis import strategies as st

from antiphon.errors import RemoteProtocolError
from antiphon.wire.codec import decode_client
from tests.conformance.fuzz.wellformed import FUNCTIONS, JsonObject, contents, realtime, setups, shared

INVALID, POLICY, TOO_BIG = 1007, 1008, 1009
FIELD = r"(message|setup|client_content|realtime_input|tool_response|context_update)\b"
VENDOR = r"(Invalid JSON payload received\.|Request contains an invalid argument\.)"
TOO_BIG_BYTES = (16 << 20) + 1


@dataclass(frozen=True, slots=True)
class Broken:
    """A frame that closes its socket. Without a setup it is the first thing the server gets."""

    frame: str | bytes
    code: int = INVALID
    reason: str = f"{FIELD}|{VENDOR}"
    """How it begins."""
    setup: JsonObject | None = None
    text: bool | None = None
    """The kind of frame; None is that of the value."""

    def __repr__(self) -> str:
        return f"Broken({self.frame[:300]!r}, {self.code}, setup={self.setup})"


def written(message: object) -> str:
    return json.dumps(message, ensure_ascii=False)


messages = st.one_of(shared, setups.map(lambda setup: {"setup": setup}))
SETUP: JsonObject = {"model": "models/x", "generationConfig": {"responseModalities": ["TEXT"]}}
MANUAL = SETUP | {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}}
wrong_values = st.one_of(
    st.integers(), st.floats(), st.text(max_size=5), st.booleans(), st.just([]), st.just({}), st.just([[{}]]),
    st.just({"unheard": 1}), st.just(10**400), st.just(-(2**63) - 1),
)  # fmt: skip


def _places(value: object) -> list[tuple[dict | list, object]]:
    found = []
    waiting = [value]
    while waiting:
        node = waiting.pop()
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, child in children:
            found.append((node, key))
            waiting.append(child)
    return found


def _swapped(message: JsonObject, wrong: object, chance: random.Random) -> str:
    """Another value somewhere, or another name for it."""
    message = json.loads(written(message))
    node, key = chance.choice(_places(message))
    if isinstance(node, dict) and chance.random() < 0.3:
        node[f"{key}{chance.choice('xX_ ')}"] = node.pop(key)
    else:
        node[key] = wrong
    return written(message)


def _cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text))]


def _scrambled(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    noise = chance.choice(("", '"', "{", "}", "]", ",", ":", "\\", "\\ud800", "\x00", "null", "NaN", "1e999", "'"))
    return text[:at] + noise + text[at + chance.randrange(2) :]


def refused(text: str | bytes) -> bool:
    try:
        decode_client(text)
    except RemoteProtocolError:
        return True
    return False


chances = st.integers(0, 2**32).map(random.Random)
texts = messages.map(written)
changed = st.one_of(
    st.builds(_swapped, messages, wrong_values, chances),
    st.builds(_swapped, messages, wrong_values, chances),
    st.builds(_cut, texts, chances),
    st.builds(_scrambled, texts, chances),
    st.builds(lambda a, b: written(a | b), shared, contents | st.just({"setup": SETUP})),
    st.text(max_size=20),
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists).map(written),
)
deep = st.builds(
    lambda opening, depth: opening * depth + ("]" if opening == "[" else "}") * depth,
    st.sampled_from(("[", '{"setup":', '{"clientContent":{"turns":[')),
    st.sampled_from((65, 500, 5_000, 40_000)),
)
wide = st.sampled_from((50_001, 100_000)).map(lambda count: '{"clientContent":{"turns":[' + "{}," * count + "{}]}}")
no_text = st.builds(lambda text, at: text.encode()[:at] + b"\xff\xfe", texts, st.integers(0, 99))
garbage = st.binary(max_size=200) | no_text

decoded_wrong = st.one_of(changed, changed, deep | wide, garbage).filter(refused)
wire_faults = st.one_of(
    st.builds(Broken, decoded_wrong, setup=st.sampled_from((None, SETUP, SETUP, MANUAL))),
    st.binary(max_size=50)
    .filter(lambda data: not _is_text(data))
    .map(lambda data: Broken(data, reason="", setup=SETUP, text=True)),
)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _setup(path: str, **members: object) -> Broken:
    return Broken(written({"setup": SETUP | members}), reason=f"setup.{path}")


_GENERATION = "generation_config"
REFUSED = (
    Broken(written({"setup": SETUP}), reason="setup: was sent already", setup=SETUP),
    Broken(written({"setup": {}}), reason="setup.model"),
    Broken(written(realtime(activityStart={})), reason="realtime_input.activity_start", setup=SETUP),
    Broken(written(realtime(activityEnd={})), reason="realtime_input.activity_end", setup=SETUP),
    Broken(written(realtime(audioStreamEnd=True)), reason="realtime_input.audio_stream_end", setup=MANUAL),
    Broken(
        written({"setup": SETUP | {"sessionResumption": {"handle": "nobody's"}}}),
        code=POLICY,
        reason="BidiGenerateContent session not found",
    ),
    _setup(_GENERATION, generationConfig={"temperature": 2.5}),
    _setup(_GENERATION, generationConfig={"responseModalities": ["TEXT", "AUDIO"]}),
    _setup(_GENERATION, generationConfig={"responseMimeType": "text/plain"}),
    _setup("tools", tools=[{"functionDeclarations": [{"name": "1st"}]}]),
    _setup("tools", tools=[{"functionDeclarations": FUNCTIONS + FUNCTIONS}]),
    _setup("tools", tools=[{"functionDeclarations": [{"name": "f", "parameters": {"type": "BLOB"}}]}]),
    _setup("labels", labels={"a": "b" * 64}),
    _setup("realtime_input_config", realtimeInputConfig={"automaticActivityDetection": {"prefixPaddingMs": -1}}),
    _setup("context_window_compression", contextWindowCompression={"triggerTokens": 0}),
    *(
        Broken(written(realtime(audio={"mimeType": mime, "data": "AAAA"})), reason="realtime_input.audio", setup=SETUP)
        for mime in ("audio/flac", "audio/pcm;rate=1", "audio/pcm;rate=999999999", "text/plain")
    ),
    Broken(written(realtime(audio={"mimeType": "audio/pcm", "data": "%%%"})), reason="realtime_input", setup=SETUP),
)
early = shared.map(lambda message: Broken(written(message), reason="setup: must be the first message"))
breaks = st.one_of(*(wire_faults,) * 5, st.sampled_from(REFUSED), early)

TOO_LARGE = (
    Broken("x" * TOO_BIG_BYTES, code=TOO_BIG, reason="", setup=SETUP),
    Broken(bytes(TOO_BIG_BYTES), code=TOO_BIG, reason=""),
)
"""Slow to send, hence not drawn."""
