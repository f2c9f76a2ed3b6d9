"""Strategies for messages every server must take, and for the order a client sends them in."""

import base64
import re
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from hypothesis import strategies as st

JsonObject = dict[str, object]

FREE = {"args", "response", "properties", "labels"}
"""Members whose keys are the client's own."""
BLOCKING, BACKGROUND = "weather", "note"


@dataclass(frozen=True, slots=True)
class Send:
    """One message, as it is written."""

    message: JsonObject


@dataclass(frozen=True, slots=True)
class Answer:
    """The client's functions answer: a call that waits, one that is over, or none that was ever made."""

    whom: str
    options: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Another connection, which goes on with the session if it can; what became of the one before."""

    leaves: str
    resumes: bool


@dataclass(frozen=True, slots=True)
class Settle:
    """Everything asked so far has to be answered now."""


@dataclass(frozen=True, slots=True)
class Hear:
    """The client waits for some messages of the server, and no longer than it takes to become impatient."""

    messages: int


Step = Send | Answer | Reconnect | Settle | Hear


@dataclass(frozen=True, slots=True)
class Conversation:
    path: str
    setup: JsonObject
    steps: tuple[Step, ...]


class Sound(str):
    """Sound in base64, which nobody wants to read."""

    __slots__ = ("_named",)

    def named(self, name: str) -> "Sound":
        self._named = name
        return self

    def __repr__(self) -> str:
        return f"<{self._named}>"


@cache
def sound(kind: str, ms: int, rate: int, url_safe: bool) -> Sound:
    """A tone, noise or silence."""
    at = np.arange(rate * ms // 1_000)
    match kind:
        case "tone":
            samples = 8_000 * np.sin(2 * np.pi * 440 * at / rate)
        case "noise":
            samples = np.random.default_rng(7).normal(0, 4_000, len(at))
        case _:
            samples = np.zeros(len(at))
    data = samples.clip(-32_768, 32_767).astype("<i2").tobytes()
    encoded = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(data).decode()
    return Sound(encoded).named(f"{ms} ms of {kind} at {rate} Hz")


def snake_case(message: object) -> object:
    """The same message as the Python SDK spells some of its members."""
    if isinstance(message, list):
        return [snake_case(item) for item in message]
    if not isinstance(message, dict):
        return message
    folded = {re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name): name for name in message}
    return {key: message[name] if name in FREE else snake_case(message[name]) for key, name in folded.items()}


def spelt(message: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[JsonObject]:
    return st.builds(lambda made, snake: snake_case(made) if snake else made, message, st.booleans())


words = st.one_of(
    st.text(max_size=10),
    st.sampled_from(
        (
            "hello", "count to 3", "silence", "fail now", "think hard", " ", "",
            f"call {BLOCKING}", f"call {BACKGROUND}", f"call {BLOCKING} and call {BACKGROUND}",
            f"call {BLOCKING} with city=Paris", f"say hm then call {BLOCKING}", "call nobody",
        )
    ),
)  # fmt: skip

FUNCTIONS: list[JsonObject] = [
    {
        "name": BLOCKING,
        "behavior": "BLOCKING",
        "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}},
    },
    {"name": BACKGROUND, "behavior": "NON_BLOCKING"},
]
tools = st.sampled_from(
    (
        [{"functionDeclarations": FUNCTIONS}],
        [{"functionDeclarations": FUNCTIONS}],
        [{"functionDeclarations": FUNCTIONS[:1]}, {"functionDeclarations": FUNCTIONS[1:]}],
        [{"googleSearch": {}}],
        [],
    )
)
instructions = st.one_of(
    st.just("Be brief."), st.builds(lambda text: {"parts": [{"text": text}], "role": "user"}, st.text(max_size=20))
)

PATHS = (
    "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
    "//ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained",
    "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent",
)
MODELS = (
    "models/gemini-live-2.5-flash-preview",
    "models/gemini-3.8-live",
    "publishers/google/models/gemini-3.1-live",
    "projects/p/locations/l/publishers/google/models/gemini-live-2.5-flash",
    "mine",
)

generation = st.fixed_dictionaries(
    {"responseModalities": st.sampled_from((["TEXT"],) * 7 + (["AUDIO"],))},
    optional={
        "temperature": st.floats(0, 2),
        "topP": st.floats(0, 1),
        "topK": st.integers(1, 100),
        "maxOutputTokens": st.integers(500, 5_000),
        "seed": st.integers(0, 2**31 - 1),
        "thinkingConfig": st.builds(lambda shown: {"includeThoughts": shown}, st.booleans()),
        "speechConfig": st.just({"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}, "languageCode": "de"}),
        "mediaResolution": st.sampled_from(("MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_HIGH")),
    },
)
detection = st.fixed_dictionaries(
    {},
    optional={
        "disabled": st.booleans(),
        "startOfSpeechSensitivity": st.sampled_from(("START_SENSITIVITY_HIGH", "START_SENSITIVITY_LOW")),
        "endOfSpeechSensitivity": st.sampled_from(("END_SENSITIVITY_HIGH", "END_SENSITIVITY_LOW")),
        "prefixPaddingMs": st.integers(0, 300),
        "silenceDurationMs": st.integers(0, 600),
    },
)
listening = st.fixed_dictionaries(
    {},
    optional={
        "automaticActivityDetection": detection,
        "activityHandling": st.sampled_from(("START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION")),
        "turnCoverage": st.sampled_from(
            ("TURN_INCLUDES_ONLY_ACTIVITY", "TURN_INCLUDES_ALL_INPUT", "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO")
        ),
    },
)
setups = st.fixed_dictionaries(
    {"model": st.sampled_from(MODELS), "generationConfig": generation, "tools": tools},
    optional={
        "systemInstruction": instructions,
        "realtimeInputConfig": listening,
        "sessionResumption": st.sampled_from(({}, {"transparent": True})),
        "contextWindowCompression": st.sampled_from(
            ({"slidingWindow": {}}, {"triggerTokens": "60", "slidingWindow": {"targetTokens": 30}})
        ),
        "inputAudioTranscription": st.sampled_from(({}, {"languageCodes": ["en-US"]})),
        "outputAudioTranscription": st.just({}),
        "proactivity": st.just({"proactiveAudio": True}),
        "explicitVadSignal": st.booleans(),
        "historyConfig": st.builds(lambda seeded: {"initialHistoryInClientContent": seeded}, st.booleans()),
        "safetySettings": st.just([{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]),
        "labels": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    },
)


def realtime(**members: object) -> JsonObject:
    return {"realtimeInput": members}


def _blob(kind: str, ms: int, rate: int, url_safe: bool, named: bool) -> JsonObject:
    rate = rate if named else 16_000
    mime = f"audio/pcm;rate={rate}" if named else "audio/pcm"
    return {"mimeType": mime, "data": sound(kind, ms, rate, url_safe)}


blobs = st.builds(
    _blob,
    st.sampled_from(("tone", "silence", "silence", "noise")),
    st.sampled_from((20, 100, 400, 900)),
    st.sampled_from((8_000, 16_000, 24_000, 48_000)),
    st.booleans(),
    st.booleans(),
)
PICTURE = {"mimeType": "image/png", "data": "iVBORw0KGgo="}
parts = st.one_of(
    st.builds(lambda text: {"text": text}, words),
    st.just({"inlineData": PICTURE}),
    st.just({"fileData": {"mimeType": "image/png", "fileUri": "gs://a/b"}}),
)
turns = st.fixed_dictionaries(
    {"parts": st.lists(parts, max_size=3)}, optional={"role": st.sampled_from(("user", "model", "USER"))}
)

contents = st.builds(
    lambda turns, complete: {"clientContent": {"turns": turns, "turnComplete": complete}},
    st.lists(turns, max_size=3),
    st.booleans(),
)
updates = st.fixed_dictionaries(
    {},
    optional={
        "systemInstruction": instructions,
        "tools": st.builds(lambda tools: {"tools": tools}, tools),
    },
).map(lambda update: {"contextUpdate": update})

shared = st.one_of(
    blobs.map(lambda blob: realtime(audio=blob)),
    blobs.map(lambda blob: realtime(audio=blob)),
    st.lists(blobs | st.just(PICTURE), max_size=3).map(lambda chunks: realtime(mediaChunks=chunks)),
    words.map(lambda text: realtime(text=text)),
    words.map(lambda text: realtime(text=text)),
    st.just(realtime(video=PICTURE)),
    contents,
    updates,
)


def _speaks(named: bool, *, by_hand: bool) -> tuple[Step, ...]:
    """A whole question by voice."""
    tone, pause = (_blob(kind, 900, 16_000, named, named) for kind in ("tone", "silence"))
    if by_hand:
        sent = (realtime(activityStart={}), realtime(audio=tone), realtime(activityEnd={}))
    else:
        sent = (realtime(audio=tone), realtime(audio=pause))
    return tuple(Send(message) for message in sent)


answers = st.builds(
    Answer,
    st.sampled_from(("waiting",) * 6 + ("over", "nobody", "by name")),
    st.fixed_dictionaries(
        {},
        optional={
            "scheduling": st.sampled_from(("INTERRUPT", "WHEN_IDLE", "SILENT")),
            "willContinue": st.booleans(),
            "response": st.sampled_from(({"output": "sunny"}, {"error": "no"}, {"a": [1, {"b": None}]}, {})),
        },
    ).map(lambda options: tuple(options.items())),
)
reconnections = st.builds(Reconnect, st.sampled_from(("closes", "vanishes", "stays")), st.booleans())


def manual(setup: JsonObject) -> bool:
    """Whether the client says itself when the user speaks."""
    return bool(setup.get("realtimeInputConfig", {}).get("automaticActivityDetection", {}).get("disabled"))


both = f"say hm then call {BLOCKING} and call {BACKGROUND}"
calls = st.sampled_from((f"call {BLOCKING}", f"call {BACKGROUND}", both))
called = st.builds(lambda text, answer: (Send(realtime(text=text)), answer), calls, answers)


def _moves(by_hand: bool) -> st.SearchStrategy[tuple[Step, ...]]:
    """What a client does next, in one or a few steps; the commonest stand there more than once."""
    marks = [realtime(activityStart={}), realtime(activityEnd={})] if by_hand else [realtime(audioStreamEnd=True)]
    said = st.builds(Send, spelt(shared | st.sampled_from(marks))).map(lambda step: (step,))
    spoken = st.builds(lambda named: _speaks(named, by_hand=by_hand), st.booleans())
    hears = st.integers(1, 6).map(Hear)
    alone = (reconnections | answers | st.just(Settle()) | hears | hears | hears).map(lambda step: (step,))
    moves = (said,) * 10 + (spoken, called, alone, alone)
    return st.integers(0, len(moves) - 1).flatmap(moves.__getitem__)


moves = {by_hand: st.lists(_moves(by_hand), min_size=10, max_size=40) for by_hand in (False, True)}


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """One client from its first connection to its last."""
    setup = draw(setups)
    steps = chain.from_iterable(draw(moves[manual(setup)]))
    return Conversation(draw(st.sampled_from(PATHS)), setup, tuple(steps))


SETTLED = Conversation(PATHS[0], {"model": "mine", "generationConfig": {"responseModalities": ["TEXT"]}}, ())
"""Says nothing but what has to be answered at the end."""
