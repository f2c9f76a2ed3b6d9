import base64

import pytest

from antiphon.session.effects import Engage
from tests.server.conftest import DEVELOPER, SETUP, VERTEX, silence, tone
from tests.session.script import Script

QUESTION = {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(tone(440, 600) + silence(500)).decode()}


async def transcripts(caller, member: str) -> list[dict[str, object]]:
    await caller.send({"realtimeInput": {"audio": QUESTION}})
    return [content[member] for content in await caller.read_until("turnComplete") if member in content]


@pytest.mark.requirement(
    "transcription.input_finished", "transcription.output_finished", "dialects.transcript_stream"
)  # fmt: skip
@pytest.mark.parametrize("path", [DEVELOPER, VERTEX], ids=["dev", "vertex"])
async def test_transcripts_are_finished(call, path):
    caller = await call(path)
    assert await transcripts(caller, "inputTranscription") == [{"text": "tone 440 hertz", "finished": True}]
    *words, last = await transcripts(caller, "outputTranscription")
    assert last == {"finished": True}
    assert words
    assert all(word.keys() == {"text"} for word in words)


@pytest.mark.requirement("transcription.language", "transcription.hints")
@pytest.mark.parametrize("hints", [{"languageCodes": ["de-DE"]}, {"languageHints": {"languageCodes": ["de-DE"]}}])
async def test_the_language_is_told(call, hints):
    caller = await call(setup={"setup": {**SETUP["setup"], "inputAudioTranscription": hints}})
    (heard,) = await transcripts(caller, "inputTranscription")
    assert heard["languageCode"] == "de-DE"


@pytest.mark.requirement("transcription.vocabulary")
def test_both_vocabularies_reach_the_recogniser():
    config = {"customVocabulary": ["antiphon"], "adaptationPhrases": ["barge-in"]}
    script = Script({"model": "models/x", "inputAudioTranscription": config})
    assert script.last(Engage).vocabulary == ("antiphon", "barge-in")
