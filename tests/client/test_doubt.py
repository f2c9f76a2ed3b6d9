import pytest

from antiphon.client.doubt import Doubt, doubt_about
from antiphon.client.events import (
    Continuation,
    Event,
    Generated,
    GoingAway,
    Heard,
    Interrupted,
    Said,
    TurnEnded,
)
from tests.client.spoken import ANSWER, IN_DOUBT_S, QUESTION, SOUND, Session, texts


def test_a_doubt_is_over_when_the_server_would_have_said_so() -> None:
    doubt = Doubt(3, 5, heard_apart=False)
    doubt.passes(100.0)
    assert not doubt.over, "the turn goes on"
    doubt.until = 103.0
    doubt.passes(102.0)
    assert not doubt.over
    doubt.passes(103.0)
    assert doubt.over
    apart = Doubt(3, 5, heard_apart=True, until=103.0)
    apart.passes(104.0)
    assert not apart.over


def test_only_what_the_server_has_not_understood_is_in_doubt() -> None:
    assert doubt_about([], 0, 9) is None
    assert doubt_about([7, 5], 0, 9) == Doubt(5, 9, heard_apart=False)
    assert doubt_about([3, 7], 4, 9) == Doubt(7, 9, heard_apart=True)
    assert doubt_about([3], 4, 9) is None
    assert doubt_about([10], 0, 9) is None, "it was said since"


# What was on its way when a reply began


def in_doubt(*events: Event) -> Session:
    """A question, something said behind it, and then a reply that may be to the first of them only."""
    session = Session()
    session.keeps("h")
    session.says()
    session.says()
    session.happens(Heard(QUESTION, finished=True))
    session.replies(*events)
    return session


def test_what_may_be_lost_is_told_when_nobody_can_know_any_more() -> None:
    for events in ((), (TurnEnded(1),)):
        session = in_doubt(*events)
        going_on = session.goes_on()
        assert (len(going_on.told), going_on.replayed_s) == (2, 0.0)
        (dropped,) = session.journal.take_dropped()
        assert (dropped.from_s, dropped.to_s) == (pytest.approx(1.0 + 2.5 - 0.4), pytest.approx(1.0 + 4.0))
        assert "may have been lost" in dropped.why


def test_what_the_server_heard_apart_is_sent_again() -> None:
    for shown in (
        (Heard("And the bus?", finished=True),),
        (TurnEnded(1), Heard("And")),
        (Interrupted(), TurnEnded(1, interrupted=True)),
    ):
        session = in_doubt(*shown)
        session.keeps("h2")
        assert session.goes_on().replayed_s == pytest.approx(0.4 + 1.0 + 0.5)
        assert session.journal.take_dropped() == []


def test_what_is_heard_apart_is_told_as_a_question_of_its_own() -> None:
    session = in_doubt(Heard("And the bus?", finished=True), TurnEnded(1))
    session.happens(Said("Behind it."), Generated(), TurnEnded(2))
    told = texts(session.goes_on(Continuation.FRESH).told)
    assert told == [("user", QUESTION), ("model", ANSWER), ("user", "And the bus?"), ("model", "Behind it.")]


def test_a_server_that_says_nothing_of_it_for_long_has_heard_it_with_the_question() -> None:
    session = in_doubt(TurnEnded(1))
    session.keeps("h2")
    assert not session.continuity.at_rest
    session.now += IN_DOUBT_S
    session.happens(GoingAway(50.0))
    assert session.continuity.at_rest
    assert session.goes_on().replayed_s == 0.0
    assert session.journal.take_dropped() == []


def test_a_line_that_was_dead_for_long_says_nothing() -> None:
    session = in_doubt(TurnEnded(1))
    session.now += 10 * IN_DOUBT_S
    session.goes_on()
    assert len(session.journal.take_dropped()) == 1


def test_the_reply_to_it_ends_the_doubt() -> None:
    session = in_doubt(TurnEnded(1), Heard("And the bus?", finished=True))
    session.now += IN_DOUBT_S
    session.replies(TurnEnded(2))
    session.keeps("h2")
    assert session.continuity.at_rest
    assert session.goes_on().replayed_s == 0.0


def test_what_was_said_long_before_a_reply_was_heard_by_then() -> None:
    session = Session()
    session.says()
    session.says()
    session.sounds(0, IN_DOUBT_S)
    session.happens(Heard(QUESTION))
    session.replies(TurnEnded(1))
    session.keeps("h")
    assert session.continuity.at_rest
    assert session.goes_on().replayed_s == 0.0


def test_what_follows_something_in_doubt_is_in_doubt_itself() -> None:
    session = in_doubt(TurnEnded(1), Heard("And the bus?", finished=True))
    session.says()
    session.replies()
    session.goes_on()
    assert len(session.journal.take_dropped()) == 1, "the second reply may be to the second thing or to the third"


def test_what_is_said_behind_something_typed_may_be_unknown_to_the_reply() -> None:
    session = Session()
    session.speak()
    session.continuity.typed(QUESTION, 2)
    session.says()
    session.replies()
    session.goes_on()
    assert len(session.journal.take_dropped()) == 1


def test_what_is_typed_behind_something_in_doubt_is_not_of_the_question() -> None:
    session = Session()
    session.says()
    session.says()
    session.speak()
    session.continuity.typed("And the bus?", session.journal.written)
    session.happens(Heard(QUESTION, finished=True))
    session.replies(TurnEnded(1))
    session.speech.reply_begins()
    session.happens(Said("Behind it."), Generated(), TurnEnded(2))
    told = texts(session.goes_on(Continuation.FRESH).told)
    assert told == [("user", QUESTION), ("model", ANSWER), ("user", "And the bus?"), ("model", "Behind it.")]


def test_with_an_index_there_is_no_doubt() -> None:
    session = in_doubt(TurnEnded(1))
    session.keeps("h2", 120)
    going_on = session.goes_on()
    assert going_on.replayed_s == pytest.approx(0.02 * (1 + 200 - 120))
    assert session.journal.take_dropped() == []


def test_where_the_user_says_when_he_has_finished_words_tell_which_question_is_answered() -> None:
    session = Session()
    session.acts()
    session.acts()
    session.happens(Heard(QUESTION, finished=True), Said(ANSWER), SOUND, Generated())
    assert session.goes_on().replayed_s == 1.0, "the second"

    session = Session()
    session.acts()
    session.acts()
    session.happens(Heard(QUESTION, finished=True), Heard("And the bus?", finished=True))
    session.happens(Said(ANSWER), SOUND, Generated())
    assert session.goes_on().replayed_s == 0.0
    assert session.journal.take_dropped() == []


def test_where_no_words_tell_it_what_was_finished_later_is_in_doubt() -> None:
    session = Session()
    session.acts()
    session.acts()
    session.happens(Heard(QUESTION), Said(ANSWER), SOUND, Generated())
    assert session.goes_on().replayed_s == 0.0
    (dropped,) = session.journal.take_dropped()
    assert (dropped.from_s, dropped.to_s) == (2.0, 3.0)
