import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import load_settings
from antiphon.session.effects import Send
from antiphon.session.events import ReplyAudio, ReplyText, ReplyThought, TurnId
from antiphon.session.question import Question
from antiphon.session.telling import tell, tell_end
from antiphon.session.terms import Terms
from antiphon.session.turn import Phase, Turn
from antiphon.wire.setup import AudioTranscriptionConfig, GenerationConfig, Modality, Setup, ThinkingConfig

ID = TurnId(3)
SOUND = ReplyAudio(ID, AudioChunk(bytes(480), SPEAKING))


def terms(modality: Modality, *, words: bool, thoughts: bool) -> Terms:
    generation = GenerationConfig(
        response_modalities=(modality,), thinking_config=ThinkingConfig(include_thoughts=thoughts)
    )
    transcription = AudioTranscriptionConfig() if words else None
    setup = Setup(model="m", generation_config=generation, output_audio_transcription=transcription)
    return Terms.of(setup, load_settings())


@pytest.mark.parametrize(
    ("modality", "words", "event", "told"),
    [
        (Modality.AUDIO, False, SOUND, True),
        (Modality.AUDIO, True, ReplyText(ID, "hi", 1), True),
        (Modality.AUDIO, False, ReplyText(ID, "hi", 1), False),
        (Modality.TEXT, False, ReplyText(ID, "hi", 1), True),
        (Modality.TEXT, False, ReplyThought(ID, "hm", 1), False),
    ],
)
def test_the_client_is_told_what_it_asked_for(modality, words, event, told):
    turn = Turn(ID, Question(), modality)
    effects = tell(turn, event, terms(modality, words=words, thoughts=False), 0.0)
    assert [effect.turn for effect in effects if isinstance(effect, Send)] == [ID] * told
    assert (turn.phase is Phase.REPLYING) is told


def test_thoughts_count_whether_they_are_shown_or_not():
    for shown in (True, False):
        turn = Turn(ID, Question(), Modality.TEXT)
        asked = terms(Modality.TEXT, words=False, thoughts=shown)
        assert len(tell(turn, ReplyThought(ID, "hm", 7), asked, 0.0)) == shown
        assert turn.usage().thoughts_token_count == 7
        assert turn.phase is Phase.THINKING


def test_the_words_of_speech_come_to_an_end_once_they_were_begun():
    spoken, asked = Turn(ID, Question(), Modality.AUDIO), terms(Modality.AUDIO, words=True, thoughts=False)
    assert tell_end(spoken, asked) == []
    tell(spoken, SOUND, asked, 0.0)
    assert len(tell_end(spoken, asked)) == 1
    assert tell_end(spoken, terms(Modality.TEXT, words=True, thoughts=False)) == []
