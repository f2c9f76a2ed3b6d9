import pytest

from antiphon.audio.pcm import SPEAKING
from antiphon.recording.conversation import Hearing, Talking
from antiphon.recording.timeline import MarkKind, Words
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.server import InteractionStatus, ServerContent, ServerMessage, Transcription, UsageMetadata
from tests.recording.sample import hum


def heard(text: str, *, finished: bool = False) -> ServerContent:
    return ServerContent(input_transcription=Transcription(text=text, finished=finished))


def guessed(text: str) -> ServerContent:
    return ServerContent(interim_input_transcription=Transcription(text=text))


ENDED = ServerContent(turn_complete=True)

ORDERS = {
    "one piece": ([heard("Where?", finished=True)], [("Where?", True)]),
    "deltas": ([heard("Where"), heard(" is it?"), heard("", finished=True)], [("Where is it?", True)]),
    "never finished": ([heard("Where"), heard(" is"), ENDED, heard("Why?")], [("Where is", True), ("Why?", True)]),
    "interim": ([guessed("We"), guessed("Where"), heard("Where?", finished=True)], [("Where?", True)]),
    "interim that leads to nothing": ([guessed("We"), guessed("Where")], [("Where", False)]),
    "interim behind a final text": ([heard("Where?"), guessed("Wh")], [("Where?", True), ("Wh", False)]),
    "interim across the end of a turn": ([guessed("Wh"), ENDED, heard("Why?", finished=True)], [("Why?", True)]),
    "an empty one": ([heard(""), guessed(" "), heard("", finished=True)], []),
}  # fmt: skip


@pytest.mark.parametrize(("contents", "words"), ORDERS.values(), ids=ORDERS)
def test_utterances(contents: list[ServerContent], words: list[tuple[str, bool]]) -> None:
    hearing = Hearing()
    for number, content in enumerate(contents):
        hearing.take(float(number), content)
    assert [(each.text, each.final) for each in hearing.words] == words
    assert hearing.settled == sum(final for _, final in words)


def test_an_utterance_lasts_from_its_first_guess_to_its_last_word() -> None:
    hearing = Hearing()
    for at_s, content in ((1.0, guessed("Wh")), (2.0, heard(" Where")), (3.0, heard(" is it?", finished=True))):
        hearing.take(at_s, content)
    assert hearing.words == [Words(1.0, 3.0, "Where is it?")]


def message(**content: object) -> ServerMessage:
    return ServerMessage(server_content=ServerContent(**content))  # type: ignore[arg-type]


def voice(seconds: float, **others: object) -> ServerMessage:
    part = Part(inline_data=Blob(mime_type="audio/pcm", data=hum(seconds, SPEAKING).data))
    return message(model_turn=Content(parts=(part,)), **others)


def said(text: str, **others: object) -> dict[str, object]:
    return {"output_transcription": Transcription(text=text), **others}


def talking(*messages: tuple[float, ServerMessage]) -> Talking:
    talking = Talking(Hearing())
    for at_s, each in messages:
        talking.take(at_s, each)
    return talking


def test_all_in_one_message() -> None:
    usage = UsageMetadata(total_token_count=9)
    bundled = voice(1.0, **said("Near."), generation_complete=True, turn_complete=True)
    found = talking((5.0, ServerMessage(server_content=bundled.server_content, usage_metadata=usage)))
    turn = found.turns[0]
    assert (turn.reply.start_s, turn.reply.end_s, turn.reply.text()) == (5.0, 6.0, ("Near.", ""))
    assert (turn.complete, turn.usage) == (True, usage)


@pytest.mark.parametrize("usage_first", [True, False])
def test_usage_that_comes_alone(usage_first: bool) -> None:
    usage = UsageMetadata(total_token_count=9)
    last = [(2.0, ServerMessage(usage_metadata=usage)), (2.0, message(turn_complete=True))]
    found = talking((1.0, voice(1.0)), *(last if usage_first else reversed(last)))
    assert [turn.usage for turn in found.turns] == [usage]


def test_thoughts_are_not_said() -> None:
    thought = Content(parts=(Part(text="Let me ", thought=True), Part(text="see.", thought=True)))
    found = talking((1.0, message(model_turn=thought)), (2.0, voice(1.0)), (3.0, message(turn_complete=True)))
    found.take(4.0, message(model_turn=thought))
    assert [words.text for words in found.thoughts] == ["Let me see.", "Let me see."]
    assert found.turns[0].reply.text() == ("", "")


def test_an_interruption_while_it_plays_and_one_that_comes_late() -> None:
    early = talking(
        (1.0, voice(2.0, **said("One two"))), (2.0, message(interrupted=True)), (2.1, message(turn_complete=True))
    )
    late = talking((1.0, voice(2.0, **said("One two"), turn_complete=True)), (2.0, message(interrupted=True)))
    for found in (early, late):
        assert found.turns[0].reply.text() == ("One", "two")
        assert found.turns[0].reply.interrupted
        assert found.playing.end_s == 2.0
        assert [mark.text for mark in found.marks if mark.kind is MarkKind.INTERRUPTED] == [""]


def test_an_interruption_of_nothing() -> None:
    found = talking((1.0, voice(1.0, turn_complete=True)), (5.0, message(interrupted=True)))
    assert not found.turns[0].reply.interrupted
    assert found.marks[-1].text == "nothing was being said"


def test_a_turn_without_words_that_says_why() -> None:
    found = talking(
        (1.0, message(turn_complete=True)), (2.0, message(turn_complete=True, turn_complete_reason="BLOCKLIST"))
    )
    assert [turn.reason for turn in found.turns] == ["BLOCKLIST"]
    assert [mark.kind for mark in found.marks] == [MarkKind.TURN_ENDED] * 2


def test_a_turn_that_is_followed_by_more() -> None:
    more = message(turn_complete=True, interaction_status=InteractionStatus.IN_PROGRESS)
    found = talking((1.0, voice(1.0)), (2.0, more), (3.0, voice(1.0)), (4.0, message(turn_complete=True)))
    assert [turn.reply.start_s for turn in found.turns] == [1.0, 3.0]


def test_a_reply_that_is_lost_with_its_connection() -> None:
    lost = talking((1.0, voice(3.0, **said("One two three"))))
    lost.give_up(2.0)
    assert (lost.turns[0].complete, lost.turns[0].reply.text()) == (False, ("One", "two three"))
    whole = talking((1.0, voice(3.0, **said("One two three"), generation_complete=True)))
    whole.give_up(2.0)
    whole.end()
    assert whole.turns[0].reply.text() == ("One two three", "")
