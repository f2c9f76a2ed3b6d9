import pytest

from antiphon.audio.pcm import AudioChunk
from antiphon.client.events import (
    Continuation,
    Generated,
    Heard,
    HearingSoFar,
    Interrupted,
    Said,
    Thought,
    ToolCalled,
    ToolCallsCancelled,
    TurnEnded,
    UserActivity,
)
from antiphon.wire.client import ClientContent, ClientMessage
from antiphon.wire.content import Content, FunctionCall, Part
from antiphon.wire.server import SessionResumptionUpdate
from tests.client.spoken import ANSWER, CALL, QUESTION, SOUND, Session, texts

# What is sent again


def test_a_question_that_was_not_answered_is_sent_again() -> None:
    session = Session()
    session.keeps("h", 0)
    session.speak(2)
    session.happens(Heard("Where"))
    going_on = session.goes_on()
    assert (going_on.replayed_s, going_on.reply_lost, going_on.told) == (3.0, False, ())
    assert session.waiting() == 3
    assert session.continuity.handle == "h"


def test_what_the_server_has_consumed_is_not() -> None:
    session = Session()
    session.speak(4)
    session.answers()
    session.keeps("h", 3)
    assert session.goes_on().replayed_s == 2.0


def test_without_an_index_all_that_came_before_the_answer_began_is_known() -> None:
    session = Session()
    session.speak(2)
    session.happens(Heard(QUESTION), Said("It is "))
    session.speak(2)
    session.happens(Said("near."), Generated(), TurnEnded(1))
    session.keeps("h")
    assert session.goes_on().replayed_s == 2.0, "what was said since the answer began may be a new question"


def test_a_reply_that_breaks_off_is_lost_and_its_question_sent_again() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard(QUESTION), Said("It"), SOUND)
    going_on = session.goes_on()
    assert (going_on.replayed_s, going_on.reply_lost) == (1.0, True)


def test_a_thought_is_the_beginning_of_a_reply() -> None:
    session = Session()
    session.happens(Heard(QUESTION), Thought("Hm"))
    assert session.goes_on().reply_lost


def test_a_reply_that_is_complete_is_told_and_not_asked_for_again() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard(QUESTION), Said(ANSWER), SOUND, Generated())
    session.speak()
    going_on = session.goes_on()
    assert texts(going_on.told) == [("user", QUESTION), ("model", ANSWER)]
    assert (going_on.replayed_s, going_on.reply_lost, going_on.turn_over) == (1.0, False, True)


def test_where_it_cannot_be_told_it_is_asked_again() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard(QUESTION), Said(ANSWER), Generated())
    going_on = session.goes_on(tells_late=False)
    assert (going_on.told, going_on.replayed_s, going_on.reply_lost, going_on.turn_over) == ((), 1.0, True, False)

    session = Session()
    session.keeps("h", 0)
    session.happens(Said(ANSWER), Generated())  # no transcript of the question
    going_on = session.goes_on()
    assert (going_on.told, going_on.replayed_s) == ((), 1.0)


def test_what_was_interrupted_is_told_as_far_as_it_was_said() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard(QUESTION), Said("It is"), SOUND)
    session.speak(2)
    session.happens(Interrupted(), TurnEnded(1))
    going_on = session.goes_on()
    assert texts(going_on.told) == [("user", QUESTION), ("model", "It is")]
    assert going_on.replayed_s == 2.0, "the speech that cut in"


def test_what_is_told_is_not_known_before_the_server_has_consumed_it() -> None:
    session = Session()
    session.keeps("h", 0)
    session.answers()
    session.goes_on()
    session.journal.sent_beside()
    session.keeps("h2", 0)
    assert len(session.goes_on().told) == 2
    session.keeps("h3")
    assert len(session.goes_on().told) == 2, "no index, and no turn since"


def test_what_is_asked_again_is_not_recalled_twice() -> None:
    session = Session()
    session.keeps("h", 0)
    session.answers()
    session.goes_on(tells_late=False)
    session.journal.next()
    session.answers()
    assert len(session.goes_on(Continuation.FRESH).told) == 2


def test_what_is_told_once_is_known_when_the_next_handle_comes() -> None:
    session = Session()
    session.keeps("h", 0)
    session.answers()
    session.goes_on()
    session.journal.sent_beside()
    session.keeps("h2", 1)
    assert session.goes_on().told == ()


# Handles that are older than they seem


def test_a_handle_that_comes_while_an_exchange_is_under_way_does_not_lead_to_it() -> None:
    session = Session()
    session.happens(Heard(QUESTION), Said(ANSWER), Generated())
    session.keeps("h", 0)
    assert texts(session.goes_on().told) == [("user", QUESTION), ("model", ANSWER)]


def test_a_handle_that_was_given_before_something_was_typed_does_not_lead_to_it() -> None:
    session = Session()
    session.speak()
    session.continuity.typed("And the bus?", 2)
    session.happens(Said("Behind it."), Generated(), TurnEnded(1))
    session.keeps("h", 1)
    assert len(session.goes_on().told) == 2
    session.journal.sent_beside()
    session.keeps("h2", 2)
    assert session.goes_on().told == ()


def test_a_handle_that_may_be_older_than_what_was_told_is_not_taken() -> None:
    session = Session()
    session.keeps("h", 0)
    session.answers()
    session.goes_on()
    session.keeps("h2")
    assert session.continuity.handle == "h"
    session.happens(Said("More."), Generated(), TurnEnded(2))
    session.keeps("h3")
    assert session.continuity.handle == "h3"


def test_a_call_that_came_before_its_handle_was_written_down_is_lost() -> None:
    session = Session("light")
    session.happens(Heard("Light"), ToolCalled(CALL))
    session.keeps("h", 0)
    assert session.goes_on().calls_lost == ("c1",)


def test_what_was_typed_and_is_sent_again_can_be_told_when_it_is_answered() -> None:
    session = Session()
    session.keeps("h", 1)
    session.speak()
    session.continuity.typed("And the bus?", 2)
    session.goes_on()
    session.journal.next()
    session.happens(Said("Behind it."), Generated())
    assert texts(session.goes_on().told) == [("user", "And the bus?"), ("model", "Behind it.")]


# Talking on


def test_what_is_being_said_when_a_reply_begins_is_not_taken_for_its_question() -> None:
    session = Session()
    session.keeps("h")
    loud = AudioChunk(b"\x40\x1f" * 320)
    for number in range(2, 200):  # a second of silence, one of speech, one of silence, and then speech that goes on
        spoken = number % 100 >= 50
        session.journal.write(ClientMessage(client_content=ClientContent()), 0.02)
        session.journal.next()
        session.speech.sent(loud if spoken else AudioChunk(bytes(640)), number, 0.02 * number)
    session.speech.reply_begins()
    session.answers()
    session.keeps("h2")
    assert session.goes_on().replayed_s == pytest.approx(0.02 * (199 - (150 - 20) + 1), abs=0.05)


def test_a_server_that_says_where_the_user_finished_is_believed() -> None:
    session = Session()
    session.keeps("h", 0)
    session.speak(5)  # a question of two seconds, and what came while its answer was on its way
    session.happens(UserActivity(True, 0.0), UserActivity(False, 2.0), Heard(QUESTION))
    session.happens(Said(ANSWER), Generated(), TurnEnded(1))
    assert session.goes_on().replayed_s == 4.0


def test_what_it_says_while_it_replies_is_about_the_next_question() -> None:
    session = Session()
    session.keeps("h", 0)
    session.speak(5)
    session.happens(UserActivity(False, 1.0), Heard(QUESTION), Said(ANSWER), UserActivity(False, 4.0))
    session.happens(Generated(), TurnEnded(1), Heard("And the bus?"), Said("Behind it."), Generated(), TurnEnded(2))
    assert session.goes_on().replayed_s == 2.0


def test_a_typed_question_ends_with_its_message() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(UserActivity(False, 0.5), Heard(QUESTION), Said(ANSWER), Generated(), TurnEnded(1))
    session.speak(2)
    session.continuity.typed("And the bus?", 2)
    session.happens(Said("Behind it."), Generated(), TurnEnded(2))
    assert session.goes_on().replayed_s == 1.0


# Words that come late


def test_words_that_come_behind_the_turn_are_its_questions() -> None:
    session = Session()
    session.keeps("h")
    session.says()
    session.replies(TurnEnded(1), Heard("Where "), Heard("is it?", finished=True))
    assert session.continuity.at_rest
    assert texts(session.goes_on().told) == [("user", QUESTION), ("model", ANSWER)]


def test_words_that_come_when_something_was_said_since_are_not() -> None:
    session = Session()
    session.says()
    session.replies(TurnEnded(1))
    session.says()
    session.happens(Heard("And the bus?"))
    assert not session.continuity.at_rest
    assert texts(session.goes_on(Continuation.FRESH).told) == [("model", ANSWER)]


# Beginning anew


def test_a_fresh_session_is_told_all_that_was_said() -> None:
    session = Session()
    session.answers()
    session.keeps("h")
    session.speak()
    session.continuity.typed("And the bus?", 2)
    session.happens(Said("Behind it."), Generated(), TurnEnded(2))
    session.speak()
    going_on = session.goes_on(Continuation.FRESH)
    assert texts(going_on.told) == [
        ("user", QUESTION),
        ("model", ANSWER),
        ("user", "And the bus?"),
        ("model", "Behind it."),
    ]
    assert going_on.replayed_s == 1.0
    assert session.continuity.handle is None


def test_a_fresh_session_is_told_again_when_it_is_lost_too() -> None:
    session = Session()
    session.answers()
    session.keeps("h")
    assert len(session.goes_on(Continuation.FRESH).told) == 2
    assert len(session.goes_on().told) == 2


# Functions


def test_a_call_that_is_not_answered_is_lost_with_its_connection() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard("Light"), ToolCalled(CALL))
    assert session.continuity.is_open(CALL)
    going_on = session.goes_on()
    assert (going_on.calls_lost, going_on.reply_lost) == (("c1",), True)
    assert not session.continuity.is_open(CALL)


def test_the_answer_to_a_lost_call_is_not_sent_again() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard("Light"), ToolCalled(CALL), TurnEnded(1))
    number = session.journal.write(ClientMessage(client_content=ClientContent()))
    session.continuity.answered(CALL, number, more=False)
    session.journal.next()
    going_on = session.goes_on()
    assert going_on.calls_lost == ("c1",)
    assert [session.journal.next() is not None, session.journal.next()] == [True, None]


def test_a_call_in_the_background_that_was_kept_stays_open() -> None:
    session = Session("light")
    session.happens(Heard("Light"), ToolCalled(CALL), Said("I will."), Generated(), TurnEnded(1))
    session.keeps("h", 1)
    assert session.continuity.at_rest
    assert session.goes_on().calls_lost == ()
    assert session.continuity.is_open(CALL)
    assert session.goes_on(Continuation.FRESH).calls_lost == ("c1",)


def test_an_exchange_with_a_call_ends_with_the_answer_to_it() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard("Light"), ToolCalled(CALL), Generated(), TurnEnded(1))
    assert not session.continuity.at_rest
    number = session.journal.write(ClientMessage(client_content=ClientContent()))
    session.journal.next()
    session.continuity.answered(CALL, number, more=False)
    assert not session.continuity.is_open(CALL), "answered"
    session.happens(Said("It is on."), Generated(), TurnEnded(2))
    going_on = session.goes_on()
    assert texts(going_on.told) == [("user", "Light"), ("model", "It is on.")]
    assert (going_on.replayed_s, going_on.calls_lost) == (0.0, ())


def test_a_function_may_be_quicker_than_the_end_of_the_turn_that_called_it() -> None:
    session = Session()
    session.keeps("h", 0)
    session.happens(Heard("Light"), ToolCalled(CALL))
    number = session.journal.write(ClientMessage(client_content=ClientContent()))
    session.continuity.answered(CALL, number, more=False)
    session.journal.next()
    session.happens(TurnEnded(1), Said("It is on."), Generated())
    assert texts(session.goes_on().told) == [("user", "Light"), ("model", "It is on.")]


def test_cancelled_calls_are_nobodys() -> None:
    session = Session()
    session.happens(ToolCalled(CALL), ToolCallsCancelled(("c1", "unknown")))
    assert not session.continuity.is_open(CALL)
    assert session.goes_on().calls_lost == ()


def test_another_call_of_the_same_id_is_another_call() -> None:
    session = Session()
    session.happens(ToolCalled(FunctionCall(id="c1", name="light")))
    assert not session.continuity.is_open(CALL)


# Rest


def test_is_at_rest_between_turns() -> None:
    session = Session()
    assert not session.continuity.at_rest, "there has been no handle"
    session.keeps("h")
    assert session.continuity.at_rest
    session.happens(HearingSoFar("Whe"))
    assert not session.continuity.at_rest
    session.happens(Heard(QUESTION))
    assert not session.continuity.at_rest
    session.happens(Said(ANSWER), Generated())
    assert not session.continuity.at_rest, "it may still be playing"
    session.happens(TurnEnded(1))
    assert session.continuity.at_rest
    session.continuity.updated(SessionResumptionUpdate())
    assert not session.continuity.at_rest, "the server says so"


def test_what_is_typed_during_a_reply_belongs_to_the_next_exchange() -> None:
    session = Session()
    session.happens(Heard(QUESTION), Said("It"))
    session.continuity.typed("Stop. And the bus?", 1)
    session.happens(Interrupted(), TurnEnded(1), Said("Behind it."), Generated(), TurnEnded(2))
    told = texts(session.goes_on(Continuation.FRESH).told)
    assert told == [("user", QUESTION), ("model", "It"), ("user", "Stop. And the bus?"), ("model", "Behind it.")]


def test_the_contents_are_the_protocols() -> None:
    session = Session()
    session.answers()
    assert session.goes_on(Continuation.FRESH).told[0] == Content(role="user", parts=(Part(text=QUESTION),))
