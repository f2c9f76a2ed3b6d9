"""The whole path with the embedded engines, over a real socket. Figures are the benchmarks' business."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import jiwer
import numpy as np
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from whisper_normalizer.english import EnglishTextNormalizer

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.audio.resample import Resampler
from antiphon.client.audio_file import open_audio
from antiphon.config import load_settings
from antiphon.engines.contracts import Hints
from antiphon.engines.whisper import make as make_whisper
from antiphon.server.listen import Listening, listening
from tests.server.conftest import DEVELOPER, SETUP, Caller

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

DATA = Path(__file__).parent.parent / "data"
MANIFEST = json.loads((DATA / "manifest.json").read_text())
QUESTIONS = [entry for entry in MANIFEST if entry["file"].startswith("questions")]
SESSIONS = 10
ANSWER_S = 120.0
plain = EnglishTextNormalizer()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Listening]:
    async with listening(load_settings(server={"port": 0})) as server:
        yield server


def blob(audio: AudioChunk) -> dict[str, object]:
    data = base64.b64encode(audio.data).decode()
    return {"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=16000", "data": data}}}


class Answer:
    """What one session heard and said."""

    def __init__(self) -> None:
        self.heard = self.said = ""
        self.audio = b""
        self.interrupted = False
        self.ended = False

    def take(self, content: dict[str, object]) -> None:
        self.heard += content.get("inputTranscription", {}).get("text", "") + " "
        self.said += content.get("outputTranscription", {}).get("text", "")
        for part in content.get("modelTurn", {}).get("parts", []):
            self.audio += base64.b64decode(part["inlineData"]["data"])
        self.ended = bool(content.get("generationComplete"))


async def ask(server: Listening, file: Path) -> Answer:
    """Put one recording, then silence, as fast as it goes; hear the answer to its end."""
    answer = Answer()
    async with asyncio.timeout(ANSWER_S), connect(server.url + DEVELOPER, max_size=None) as socket:
        caller = Caller(socket)
        await caller.send(SETUP)
        for chunk in open_audio(file, 60.0).chunks():
            await caller.send(blob(chunk))
        await caller.send(blob(AudioChunk(bytes(64_000))))
        while not answer.ended:
            message = json.loads(await socket.recv())
            answer.take(message.get("serverContent", {}))
    return answer


def error_rate(said: str, heard: str) -> float:
    return jiwer.wer(plain(said), plain(heard))


async def test_ten_sessions_at_once_hear_and_say_only_their_own(server):
    asked = QUESTIONS[:SESSIONS]
    answers = await asyncio.gather(*(ask(server, DATA / entry["file"]) for entry in asked))
    whisper = make_whisper(load_settings())
    for entry, answer in zip(asked, answers, strict=True):
        assert error_rate(entry["text"], answer.heard) <= 0.25
        others = [error_rate(other["text"], answer.heard) for other in asked if other is not entry]
        assert min(others) > 0.5
        spoken = AudioChunk(Resampler(SPEAKING, 16_000).feed(answer.audio[: 24_000 * 2 * 25], last=True))
        stream = whisper.open(Hints(languages=("en",)))
        stream.feed(spoken)
        assert error_rate(answer.said, (await stream.transcript()).text) <= 0.4, "its sound says its words"
    await whisper.aclose()


async def test_all_recordings_are_heard_right(server):
    heard = {"questions": ([], []), "readings": ([], [])}
    for entry in MANIFEST:
        answer = await ask(server, DATA / entry["file"])
        said, understood = heard[entry["file"].partition("/")[0]]
        said.append(plain(entry["text"]).replace("6 30", "630"))
        understood.append(plain(answer.heard).replace("6 30", "630"))
        assert np.abs(AudioChunk(answer.audio, SPEAKING).int16()).max() > 1_000, "the answer can be heard"
    assert jiwer.wer(*heard["questions"]) <= 0.05
    assert jiwer.wer(*heard["readings"]) <= 0.06


async def test_a_barge_in_ends_a_long_answer_and_is_answered(server):
    async with asyncio.timeout(ANSWER_S), connect(server.url + DEVELOPER, max_size=None) as socket:
        caller = Caller(socket)
        await caller.send(SETUP)
        await caller.read()
        await caller.send({"realtimeInput": {"text": "Count from one to fifty, in words."}})
        await caller.read_until("modelTurn")
        for chunk in open_audio(DATA / "questions" / "01.wav", 60.0).chunks():
            await caller.send(blob(chunk))
        await caller.send(blob(AudioChunk(bytes(64_000))))
        await caller.read_until("interrupted")
        assert next(iter(await caller.read_until("turnComplete"))) == {"turnComplete": True}
        new = Answer()
        for content in await caller.read_until("generationComplete"):
            new.take(content)
    assert "france" in new.heard.lower()
    # Nothing of the old answer was heard: a small model answers both at once, and names the city or the country.
    assert any(name in new.said.lower() for name in ("france", "paris"))


LIGHT = {
    "name": "set_light",
    "description": "Turns the light of a room on or off",
    "parameters": {
        "type": "OBJECT",
        "properties": {"room": {"type": "STRING"}, "on": {"type": "BOOLEAN"}},
        "required": ["room", "on"],
    },
}


async def test_the_embedded_model_calls_a_function_and_tells_its_result(server):
    setup = {
        "model": "models/x",
        "generationConfig": {"responseModalities": ["TEXT"], "temperature": 0},
        "tools": [{"functionDeclarations": [LIGHT]}],
    }
    async with asyncio.timeout(ANSWER_S), connect(server.url + DEVELOPER, max_size=None) as socket:
        caller = Caller(socket)
        await caller.send({"setup": setup})
        await caller.read()
        await caller.send({"realtimeInput": {"text": "Please turn on the light in the kitchen."}})
        message = await answer_of(caller)
        (call,) = message["toolCall"]["functionCalls"]
        assert call["name"] == "set_light"
        assert call["args"]["room"].lower() == "kitchen"
        assert call["args"]["on"] is True
        result = {"id": call["id"], "name": "set_light", "response": {"output": "The kitchen light is on now."}}
        await caller.send({"toolResponse": {"functionResponses": [result]}})
        assert "kitchen" in text_of(await caller.read_until("turnComplete")).lower()
        await caller.send({"realtimeInput": {"text": "What is two plus two?"}})
        assert text_of(await caller.read_until("turnComplete")), "answered in words, not by a call"


async def answer_of(caller: Caller) -> dict[str, object]:
    while "toolCall" not in (message := await caller.read()):
        assert "turnComplete" not in message.get("serverContent", {}), "answered without a call"
    return message


def text_of(contents: list[dict[str, object]]) -> str:
    parts = [part for content in contents for part in content.get("modelTurn", {}).get("parts", [])]
    return "".join(part["text"] for part in parts)
