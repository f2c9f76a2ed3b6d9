from antiphon.config import load_settings
from antiphon.session.asking import Asking
from antiphon.session.effects import ClearTimer, Send, SetTimer, Transcribe
from antiphon.session.events import Timer, Transcribed, TranscriptionFailed, UtteranceId
from antiphon.session.history import History, say
from antiphon.session.terms import Terms
from antiphon.wire.content import Blob
from antiphon.wire.setup import AudioTranscriptionConfig, HistoryConfig, Setup

PICTURE = Blob(mime_type="image/png", data=b"x")


def asking(**setup: object) -> Asking:
    settings = load_settings()
    terms = Terms.of(Setup(model="m", **setup), settings)
    return Asking(terms, History(settings.limits.history_bytes_max), settings.limits)


def heard(side: Asking, utterance: int, text: str) -> list[object]:
    side.spoken(Transcribe(UtteranceId(utterance), 0, 16_000), 1.0)
    return side.recognised(Transcribed(UtteranceId(utterance), text))


def test_the_recogniser_has_a_limited_time():
    side = asking()
    assert side.spoken(Transcribe(UtteranceId(1), 0, 16_000), 1.0) == SetTimer(Timer.TRANSCRIPT, 31.0)
    assert side.recognised(TranscriptionFailed(UtteranceId(1))) == [ClearTimer(Timer.TRANSCRIPT)]
    assert side.recognised(TranscriptionFailed(UtteranceId(1))) == []


def test_words_are_told_to_who_asked():
    assert not any(isinstance(effect, Send) for effect in heard(asking(), 1, "hello"))
    side = asking(input_audio_transcription=AudioTranscriptionConfig())
    told = [effect for number in (1, 2) for effect in heard(side, number, "hi") if isinstance(effect, Send)]
    assert [send.message.server_content.input_transcription.text for send in told] == ["hi", " hi"]


def test_history_is_no_question_until_it_is_complete():
    side = asking(history_config=HistoryConfig(initial_history_in_client_content=True))
    for complete in (False, True):
        side.add_content((say("user", "before"),), complete=complete)
        assert not side.question.asked
    side.add_content((say("user", "now"),), complete=True)
    assert side.question.asked
    assert [entry.text for entry in side.entries()] == ["now"]


def test_pictures_go_with_the_question_and_not_with_a_cough():
    side = asking()
    side.shown(PICTURE, speaking=False)
    heard(side, 1, "")
    side.question.ask(spoken=True)
    assert side.take().wordless
    heard(side, 2, "what is this")
    side.question.ask(spoken=True)
    assert [entry.images for entry in side.take().entries()] == [1, 0]
    assert side.entries() == []


def test_a_question_that_was_not_answered_comes_back_before_what_came_since():
    side = asking()
    heard(side, 1, "turn on")
    taken = side.take()
    heard(side, 2, "the light")
    side.put_back(taken)
    assert [entry.text for entry in side.question.entries()] == ["turn on", "the light"]
