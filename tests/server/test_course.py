from antiphon.server.course import Course, State
from antiphon.wire.content import Content, Part
from antiphon.wire.server import GoAway, ServerContent, ServerMessage, SetupComplete

SET_UP = ServerMessage(setup_complete=SetupComplete())
SPEAKS = ServerMessage(server_content=ServerContent(model_turn=Content(parts=(Part(text="hello"),))))
INTERRUPTED = ServerMessage(server_content=ServerContent(interrupted=True))
OVER = ServerMessage(server_content=ServerContent(turn_complete=True))
GO_AWAY = ServerMessage(go_away=GoAway(time_left=1.0))


def after(*messages: ServerMessage) -> tuple[State, int]:
    course = Course(0.0)
    for message in messages:
        course.sent(message)
    return course.state, course.turns


def test_a_session_opens_listens_and_answers():
    assert after() == (State.OPENING, 0)
    assert after(SET_UP) == (State.LISTENING, 0)
    assert after(SET_UP, SPEAKS) == (State.ANSWERING, 0)
    assert after(SET_UP, SPEAKS, OVER) == (State.LISTENING, 1)
    assert after(SET_UP, SPEAKS, INTERRUPTED, OVER, SPEAKS) == (State.ANSWERING, 1)


def test_who_was_asked_to_leave_may_end_the_turn_and_still_leaves():
    assert after(SET_UP, GO_AWAY, SPEAKS, OVER) == (State.LEAVING, 1)
