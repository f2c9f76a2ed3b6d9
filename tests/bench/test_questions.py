import pytest

from antiphon.bench.questions import question_of, questions, readings


def test_the_set_is_whole() -> None:
    assert len(questions()) == 12
    assert len(readings()) == 5
    assert {question.name for question in questions() + readings()} >= {"question_00", "librivox_0870"}
    assert questions()[0].text == "Where is the nearest train station?"


@pytest.mark.parametrize("question", questions() + readings(), ids=lambda question: question.name)
def test_each_is_speech_with_an_end(question) -> None:
    assert 1.0 < question.audio.speech_end_s <= question.audio.seconds < 8.0
    assert question.pcm.seconds == pytest.approx(question.audio.seconds)
    assert question.text


def test_raw_sound_is_a_question_too() -> None:
    first = questions()[0]
    again = question_of("again", "words", first.pcm.data)
    assert again.audio.name == "again"
    assert again.pcm.data == first.pcm.data
    assert again.audio.speech_end_s == first.audio.speech_end_s
