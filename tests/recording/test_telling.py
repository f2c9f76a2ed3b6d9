import pytest

from antiphon.audio.pcm import SPEAKING
from antiphon.recording.lines import Incident
from antiphon.recording.reader import Noted, Recorded
from antiphon.recording.telling import timeline_of
from antiphon.recording.timeline import MarkKind, Span, Timeline
from antiphon.wire.client import ClientContent, ClientMessage, RealtimeInput, ToolResponse
from antiphon.wire.content import Content, FunctionResponse, Part
from antiphon.wire.server import ServerMessage, ToolCallCancellation
from tests.recording.sample import Stage, asked_and_answered, hum, silence


def kinds(timeline: Timeline) -> list[str]:
    return [mark.kind.value for mark in timeline.marks]


def test_a_question_and_its_answer() -> None:
    told = asked_and_answered().timeline()
    assert [(round(span.start_s, 2), round(span.end_s, 2)) for span in told.speech] == [(0.1, 1.1)]
    assert [(words.start_s, words.text) for words in told.heard] == [(pytest.approx(1.5), "Where is it?")]
    assert [words.text for words in told.thoughts] == ["They are lost."]
    (turn,) = told.turns
    assert (turn.heard, turn.said, turn.unheard) == ("Where is it?", "It is near.", "")
    assert turn.latency_s == pytest.approx(0.4, abs=0.021)
    assert (turn.start_s, turn.end_s) == (pytest.approx(1.5), pytest.approx(3.5))
    assert turn.usage is not None
    assert turn.complete
    assert told.finished
    assert told.seconds == pytest.approx(3.5, abs=0.05)
    assert told.model == "models/gemini-live"
    assert told.connected == (Span(pytest.approx(0.1), pytest.approx(3.5)),)


def test_latency_counts_once_and_not_while_the_user_speaks() -> None:
    stage = Stage()
    stage.open()
    stage.speak(hum(0.5))
    stage.speak(silence(0.2))
    stage.say("First.", hum(0.2, SPEAKING))
    stage.end_turn()
    stage.speak(silence(0.7))
    stage.say("More.", hum(0.2, SPEAKING))
    stage.end_turn()
    stage.speak(hum(0.5))
    stage.say("Over you.", hum(0.2, SPEAKING))
    stage.speak(hum(0.5))
    first, more, over = stage.timeline().turns
    assert first.latency_s == pytest.approx(0.2, abs=0.021)
    assert more.latency_s is None
    assert over.latency_s is None


def test_a_question_in_writing_is_answered_in_writing() -> None:
    stage = Stage()
    stage.open()
    stage.write("Where is it?")
    stage.clock.now += 0.3
    stage.content(model_turn=Content(parts=(Part(text="Near."),)), turn_complete=True)
    told = stage.timeline()
    assert [words.text for words in told.wrote] == ["Where is it?"]
    assert [(words.text, words.in_writing) for words in told.said] == [("Near.", True)]
    assert told.turns[0].latency_s == pytest.approx(0.3)


def test_history_is_not_said_now_and_realtime_text_is() -> None:
    stage = Stage()
    stage.open()
    past = (Content(role="user", parts=(Part(text="Before?"),)), Content(role="model", parts=(Part(text="Then."),)))
    stage.sent(ClientMessage(client_content=ClientContent(turns=past, turn_complete=True)))
    stage.sent(ClientMessage(client_content=ClientContent(turns=past[:1])))
    stage.sent(ClientMessage(client_content=ClientContent()))
    stage.sent(ClientMessage(realtime_input=RealtimeInput(text="Now!")))
    assert [words.text for words in stage.timeline().wrote] == ["Now!"]


def test_a_file_sent_at_once_was_spoken_before() -> None:
    stage = Stage()
    stage.open()
    for chunk in hum(2.0).pieces(0.02):
        stage.send(chunk)
    stage.clock.now += 0.4
    stage.say("Near.", hum(0.5, SPEAKING))
    told = stage.timeline()
    assert told.speech[0].start_s == pytest.approx(0.0, abs=0.021)
    assert told.turns[0].start_s == pytest.approx(2.4)
    assert told.turns[0].latency_s == pytest.approx(0.4, abs=0.021)
    assert told.connected[0].start_s == pytest.approx(2.0)


def test_functions_and_their_results() -> None:
    stage = Stage()
    stage.open()
    stage.call("look_up", "a", what="x")
    stage.call("look_up", "b")
    stage.call("wait", "c")
    stage.call("forget", "d")
    stage.clock.now += 0.5
    stage.answer("look_up", "a", output="found")
    unnamed = FunctionResponse(name="look_up", response={"output": "other"})
    stage.sent(ClientMessage(tool_response=ToolResponse(function_responses=(unnamed,))))
    stage.received(ServerMessage(tool_call_cancellation=ToolCallCancellation(ids=("c", "unknown"))))
    stage.answer("wait", "c", output="late")
    first, second, cancelled, open_call = stage.timeline().calls
    assert (first.args, first.result, first.end_s) == ({"what": "x"}, {"output": "found"}, pytest.approx(0.6))
    assert second.result == {"output": "other"}
    assert (cancelled.cancelled, cancelled.result) == (True, None)
    assert open_call.end_s is None


def test_a_connection_that_is_lost_and_resumed() -> None:
    stage = Stage()
    stage.open()
    stage.going_away(9.5)
    spoken = hum(1.0)
    stage.speak(spoken)
    stage.say("One two three four", hum(2.0, SPEAKING))
    stage.clock.now += 0.5
    stage.capture.lost("closed with 1006")
    stage.clock.now += 1.0
    stage.open("handle")
    for chunk in list(spoken.pieces(0.02))[-10:]:
        stage.send(chunk)
    told = stage.timeline()
    assert kinds(told) == ["going away", "connection lost", "resumed", "sent again", "turn ended"]
    texts = {mark.kind: mark.text for mark in told.marks}
    assert texts[MarkKind.GOING_AWAY] == "in 9.5 s"
    assert texts[MarkKind.RESUMED] == "after 1.1 s"
    assert texts[MarkKind.SENT_AGAIN] == "0.2 s of audio"
    assert len(told.connected) == 2
    assert len(told.speech) == 1, "what is sent again was spoken once"
    assert not told.turns[0].complete
    assert told.turns[0].unheard


def test_a_session_that_begins_anew_and_what_was_dropped() -> None:
    stage = Stage()
    stage.open()
    stage.capture.lost("gone")
    stage.open()
    recorded = stage.recorded()
    entries = (*recorded.entries, Noted(9.0, Incident.DROPPED, "2 s"), Noted(9.0, Incident.STOPPED, "full"))
    told = timeline_of(Recorded(recorded.header, entries))
    assert kinds(told) == ["connection lost", "began anew", "input dropped", "recording stopped"]
    assert not told.finished


def test_images() -> None:
    stage = Stage()
    stage.open()
    stage.show(bytes(34_000))
    assert [mark.text for mark in stage.timeline().marks] == ["image/jpeg, 34 kB"]


def test_an_empty_session() -> None:
    told = Stage().timeline()
    assert (told.seconds, told.turns, told.speech) == (0.0, (), ())
