from antiphon.session.events import UtteranceId
from antiphon.session.history import say
from antiphon.session.question import Question

FIRST, SECOND = UtteranceId(1), UtteranceId(2)


def texts(question: Question) -> list[str]:
    return [entry.content.parts[0].text for entry in question.entries()]


def test_things_stay_in_the_order_they_came_whatever_is_recognised_first():
    question = Question()
    question.hear(FIRST, 1.0)
    question.add(say("user", "typed"))
    question.hear(SECOND, 1.0)
    assert question.recognised(SECOND, "second")
    assert question.recognising
    assert question.recognised(FIRST, "first")
    assert not question.recognising
    assert texts(question) == ["first", "typed", "second"]


def test_words_of_another_utterance_or_twice_are_not_its():
    question = Question()
    question.hear(FIRST, 1.0)
    assert not question.recognised(SECOND, "x")
    assert question.recognised(FIRST, "a")
    assert not question.recognised(FIRST, "b")
    assert texts(question) == ["a"]


def test_speech_without_words_leaves_nothing():
    question = Question()
    question.hear(FIRST, 1.0)
    question.ask(spoken=True)
    question.give_up()
    assert question.wordless
    assert question.entries() == []
    assert not Question().wordless, "asking for an answer now is no speech at all"


def test_what_came_later_is_absorbed():
    question, later = Question(), Question()
    question.add(say("user", "a"))
    later.add(say("user", "b"))
    later.ask()
    question.absorb(later)
    assert texts(question) == ["a", "b"]
    assert question.asked
