import json

import pytest

from antiphon.session import messages
from antiphon.wire.codec import encode_server
from antiphon.wire.dialect import Dialect
from antiphon.wire.server import VoiceActivityType


def sent(message: object) -> object:
    return json.loads(encode_server(message, Dialect.VERTEX))


@pytest.mark.requirement("activity.signals")
def test_activity_is_told_in_seconds_of_the_audio():
    started = messages.voice_activity(VoiceActivityType.ACTIVITY_START, 20_000)
    assert sent(started) == {"voiceActivity": {"type": "ACTIVITY_START", "audioOffset": "1.25s"}}


@pytest.mark.requirement("resumption.not_resumable")
def test_what_cannot_be_resumed_is_an_empty_update():
    assert sent(messages.not_resumable()) == {"sessionResumptionUpdate": {}}


@pytest.mark.requirement("generation.thought", "dialects.role")
def test_thoughts_are_marked():
    assert sent(messages.thought("hm")) == {
        "serverContent": {"modelTurn": {"role": "model", "parts": [{"text": "hm", "thought": True}]}}
    }


@pytest.mark.requirement("transcription.interim")
def test_interim_words_have_a_place_of_their_own():
    assert sent(messages.heard_so_far("hel")) == {"serverContent": {"interimInputTranscription": {"text": "hel"}}}
