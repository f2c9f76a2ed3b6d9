import pytest

from antiphon.audio.pcm import SPEAKING
from antiphon.recording.compare import compared, words
from antiphon.recording.timeline import Timeline
from tests.recording.sample import Stage, asked_and_answered, hum, silence


def session(heard: str = "Where is it?", said: str = "Near.", city: str | None = "Paris", turns: int = 1) -> Timeline:
    stage = Stage()
    stage.open()
    for _ in range(turns):
        stage.speak(hum(0.5))
        stage.speak(silence(0.3))
        stage.heard(heard)
        if city is not None:
            stage.call("look_up", city=city)
        stage.say(said, hum(0.2, SPEAKING))
        stage.speak(silence(0.8))
        stage.end_turn()
    return stage.timeline()


def test_the_same_words_are_the_same_whatever_their_case() -> None:
    (pair,) = compared(session(), session("where is it", "near"))
    assert pair.same
    assert pair.before.latency_s == pytest.approx(0.3, abs=0.021)
    assert pair.facts()["same"] is True


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        (session(heard="Where was it?"), "heard"),
        (session(said="Far."), "said"),
        (session(city="Rome"), "calls"),
        (session(city=None), "calls"),
    ],
    ids=["heard", "said", "argument", "no call"],
)
def test_what_differs_is_named(other: Timeline, differs: str) -> None:
    (pair,) = compared(session(), other)
    assert not pair.same
    same = {"heard": pair.heard_same, "said": pair.said_same, "calls": pair.calls_same}
    assert [name for name, value in same.items() if not value] == [differs]


def test_a_turn_too_many() -> None:
    first, second = compared(session(turns=2), session())
    assert first.same
    assert not second.same
    assert second.before.calls == ("look_up(city='Paris')",)
    assert second.after.said == ""


def test_a_question_that_was_heard_and_not_answered() -> None:
    stage = Stage()
    stage.open()
    stage.heard("Where is it?")
    (pair,) = compared(asked_and_answered().timeline(), stage.timeline())
    assert (pair.heard_same, pair.said_same) == (True, False)
    assert compared(Stage().timeline(), Stage().timeline()) == []


def test_where_a_reply_was_cut_off_does_not_count() -> None:
    def interrupted(after_s: float) -> Timeline:
        stage = Stage()
        stage.open()
        stage.say("One two three four", hum(2.0, SPEAKING))
        stage.clock.now += after_s
        stage.interrupt()
        return stage.timeline()

    (pair,) = compared(interrupted(0.5), interrupted(1.5))
    assert pair.same


def test_words() -> None:
    assert words("Don't — STOP, it's 5:30!") == ["don", "t", "stop", "it", "s", "5", "30"]
