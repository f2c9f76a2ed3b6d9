from antiphon.client.events import (
    Continuation,
    Event,
    GoingAway,
    Heard,
    HearingSoFar,
    InputDropped,
    Interrupted,
    Reconnected,
    Reconnecting,
    Said,
    Thought,
    TurnEnded,
    Wrote,
)
from antiphon.client.talk.transcript import PASSAGES_MAX, Passage, Transcript, Who

ENDED = TurnEnded(1, first_sound_s=0.8)


def after(*events: Event) -> list[Passage]:
    transcript = Transcript()
    for event in events:
        transcript.take(event)
    return transcript.passages


def spoken(*events: Event) -> list[tuple[Who, str]]:
    return [(passage.who, passage.text) for passage in after(*events)]


def reconnected(
    how: Continuation = Continuation.RESUMED, *, replayed_s: float = 0.0, lost: bool = False
) -> Reconnected:
    return Reconnected(how, down_s=0.84, replayed_s=replayed_s, reply_lost=lost)


def test_a_turn_as_it_comes() -> None:
    question, answer = after(
        HearingSoFar("Where"), HearingSoFar("Where is"), Heard("Where is it?", finished=True),
        Thought("a church"), Said("It is "), Said("near."), ENDED,
    )  # fmt: skip
    assert (question.who, question.text, question.interim, question.done) == (Who.USER, "Where is it?", "", True)
    assert (answer.who, answer.text, answer.done, answer.cut) == (Who.MODEL, "It is near.", True, False)
    assert answer.latency_s == 0.8


def test_interim_words_stand_behind_what_is_certain() -> None:
    (passage,) = after(Heard("Where "), HearingSoFar("is"))
    assert (passage.text, passage.interim, passage.done) == ("Where ", "is", False)


def test_the_next_turn_is_a_new_passage() -> None:
    turn = (Heard("Hi", finished=True), Said("Hello."), ENDED)
    assert spoken(*turn, *turn) == [(Who.USER, "Hi"), (Who.MODEL, "Hello.")] * 2


def test_servers_that_never_say_finished() -> None:
    turn = (Heard("How "), Heard("so?"), Said("Well."), Heard(" Say!"), ENDED)
    assert spoken(*turn, *turn) == [(Who.USER, "How so? Say!"), (Who.MODEL, "Well.")] * 2


def test_a_transcript_that_comes_late_stands_before_the_answer() -> None:
    assert spoken(Said("Near."), Heard("Where?", finished=True), Said(" Very."), ENDED) == [
        (Who.USER, "Where?"),
        (Who.MODEL, "Near. Very."),
    ]


def test_an_answer_in_writing() -> None:
    assert spoken(Wrote("Near."), ENDED) == [(Who.MODEL, "Near.")]


def test_an_interruption_cuts_the_answer_and_keeps_the_words_that_did_it() -> None:
    passages = after(
        Heard("Where?", finished=True), Said("It is "), HearingSoFar("No"), Interrupted(),
        TurnEnded(1, interrupted=True, first_sound_s=0.5),
        Heard("No, when?", finished=True), Said("At noon."), ENDED,
    )  # fmt: skip
    assert [(passage.text, passage.cut, passage.latency_s) for passage in passages] == [
        ("Where?", False, None),
        ("It is ", True, 0.5),
        ("No, when?", False, None),
        ("At noon.", False, 0.8),
    ]
    assert all(passage.done for passage in passages)


def test_words_after_an_interruption_are_a_passage_of_their_own() -> None:
    events = (Heard("Where?"), Said("It"), Interrupted(), Said("Well,"), Heard("Sorry"), ENDED)
    assert spoken(*events) == [(Who.USER, "Where?"), (Who.MODEL, "It"), (Who.USER, "Sorry"), (Who.MODEL, "Well,")]


def test_a_phantom_interruption_changes_nothing() -> None:
    assert spoken(Interrupted(), TurnEnded(1), Heard("Hi")) == [(Who.USER, "Hi")]
    assert after(Heard("", finished=True)) == []


def test_a_reply_that_was_lost_is_cut_and_made_anew() -> None:
    _, lost, note, anew = after(
        Heard("Where?", finished=True), Said("It is"), Reconnecting("the connection was lost"), reconnected(lost=True),
        Said("It is near."), ENDED,
    )  # fmt: skip
    assert (lost.text, lost.cut, lost.latency_s) == ("It is", True, None)
    assert (anew.text, anew.latency_s) == ("It is near.", 0.8)
    assert note.who is Who.NOTE


def test_an_outage_is_one_note() -> None:
    transcript = Transcript()
    transcript.take(Reconnecting("the connection was lost"))
    (note,) = transcript.passages
    assert (note.text, note.done) == ("reconnecting: the connection was lost", False)
    transcript.take(Reconnecting("nobody there", attempt=3, wait_s=1.0))
    assert note.text == "reconnecting, attempt 3: nobody there"
    transcript.take(reconnected(replayed_s=1.2))
    assert (note.text, note.done) == ("reconnected after 0.8 s; 1.2 s of your voice sent again", True)
    transcript.take(reconnected(Continuation.FRESH))
    assert [passage.text for passage in transcript.passages[1:]] == [
        "reconnected after 0.8 s, as a new session that was told what was said"
    ]


def test_what_happens_to_the_connection_is_told() -> None:
    assert spoken(
        GoingAway(50.0), GoingAway(None), InputDropped(3.0, 5.5, 125, "the buffer is full"), reconnected()
    ) == [
        (Who.NOTE, "the server closes this connection in 50 s; another one follows"),
        (Who.NOTE, "the server closes this connection soon; another one follows"),
        (Who.NOTE, "2.5 s of what you said is lost: the buffer is full"),
        (Who.NOTE, "reconnected after 0.8 s"),
    ]  # fmt: skip


def test_the_oldest_passages_go() -> None:
    transcript = Transcript()
    transcript.take(Said("An answer without end"))
    for number in range(PASSAGES_MAX + 5):
        transcript.note(str(number))
    transcript.take(Said("."))
    assert len(transcript.passages) == PASSAGES_MAX
    transcript.take(Heard("Late.", finished=True))
    transcript.take(ENDED)
    assert transcript.passages[-1].text == "Late."
