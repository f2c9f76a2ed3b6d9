import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk, AudioFormat
from antiphon.client.events import GoingAway, Heard, Opened, Said, Sound, TurnEnded
from antiphon.client.reading import Reading
from antiphon.client.reply import Reply
from antiphon.client.speech import Speech
from antiphon.client.stopwatch import Stopwatch
from antiphon.errors import RemoteProtocolError
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.server import (
    InteractionStatus,
    ServerContent,
    ServerMessage,
    Transcription,
    TurnCompleteReason,
    UsageMetadata,
)


def content(**members: object) -> ServerMessage:
    return ServerMessage(server_content=ServerContent(**members))  # type: ignore[arg-type]


def sound(data: bytes, mime_type: str = "audio/pcm;rate=24000") -> ServerMessage:
    return content(model_turn=Content(parts=(Part(inline_data=Blob(mime_type=mime_type, data=data)),)))


def heard(text: str, *, finished: bool = False) -> ServerMessage:
    return content(input_transcription=Transcription(text=text, finished=finished))


def said(text: str) -> ServerMessage:
    return content(output_transcription=Transcription(text=text))


DONE = content(turn_complete=True)
CUT = content(interrupted=True)


def after(*messages: ServerMessage) -> Reply:
    reply, reading = Reply(seconds_max=1.0), Reading(Stopwatch(Speech()))
    for now, message in enumerate(messages):
        for event in reading.read(message, float(now)):
            reply.take(event, float(now))
    return reply


def test_is_empty_before_anything_came() -> None:
    reply = after()
    assert (reply.heard, reply.text, reply.audio.data, reply.usage, reply.settling) == ("", "", b"", None, False)


def test_tells_what_brings_the_conversation_forward() -> None:
    reply = Reply(1.0)
    assert reply.take(Said("a"), 0.0)
    assert not reply.take(Opened("ws://x"), 0.0)
    assert not reply.take(GoingAway(None), 0.0)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([heard(" Where"), heard(" is"), heard(" it?")], "Where is it?"),
        ([heard("Wh"), heard("ere"), content(input_transcription=Transcription(finished=True))], "Where"),
        ([heard("Where is it?", finished=True), heard("The station.", finished=True)], "Where is it? The station."),
        ([heard("Where is it?", finished=True), heard(" Now.")], "Where is it? Now."),
        ([content(interim_input_transcription=Transcription(text="Wear is")), heard("Where is")], "Where is"),
        ([heard("Where", finished=True), content(interim_input_transcription=Transcription(text="is"))], "Where is"),
    ],
)
def test_joins_what_was_heard(pieces: list[ServerMessage], text: str) -> None:
    assert after(*pieces).heard == text


def test_joins_sound_and_words_and_notes_when_they_began() -> None:
    reply = after(ServerMessage(), said("It is"), sound(b"ab"), said(" near."), sound(b"cd"))
    assert reply.text == "It is near."
    assert reply.audio.data == b"abcd"
    assert reply.audio.format == AudioFormat(24_000)
    assert (reply.latest.first_text_at, reply.latest.first_sound_at, reply.latest.begun_at) == (1.0, 2.0, 1.0)


@pytest.mark.parametrize(
    ("times", "starved_s"), [((0.0, 0.25, 0.3, 0.75), 0.0), ((0.0, 0.5, 0.75, 1.25), 0.5), ((5.0, 5.0, 5.0, 9.0), 3.25)]
)
def test_counts_silence_that_nobody_meant(times: tuple[float, ...], starved_s: float) -> None:
    reply, quarter = Reply(seconds_max=1.0), AudioChunk(bytes(SPEAKING.bytes_for(0.25)), SPEAKING)
    for now in times:
        reply.take(Sound(quarter), now)
    assert reply.latest.starved_s == starved_s


def test_looks_at_every_member_of_a_bundle() -> None:
    bundle = ServerMessage(
        server_content=ServerContent(
            input_transcription=Transcription(text="Hello"),
            model_turn=Content(
                parts=(Part(text="mused", thought=True), Part(inline_data=Blob(mime_type="audio/pcm", data=b"ab")))
            ),
            output_transcription=Transcription(text="Hi."),
            generation_complete=True,
            turn_complete=True,
        ),
        usage_metadata=UsageMetadata(total_token_count=9),
    )
    reply = after(bundle)
    assert (reply.heard, reply.text, reply.audio.data) == ("Hello", "Hi.", b"ab")
    assert reply.latest.complete
    assert reply.usage == UsageMetadata(total_token_count=9)


def test_a_mime_type_without_rate_means_24_khz_and_another_rate_is_kept() -> None:
    assert after(sound(b"ab", "audio/pcm")).audio.format.rate_hz == 24_000
    assert after(sound(b"ab", "audio/pcm;rate=16000")).audio.format.rate_hz == 16_000


def test_half_a_sample_is_completed_by_the_next_piece_or_left_out() -> None:
    assert after(sound(b"abc"), sound(b"def")).audio.data == b"abcdef"
    assert after(sound(b"abc")).audio.data == b"ab"


def test_thoughts_pictures_and_empty_pieces_are_no_answer() -> None:
    picture = content(model_turn=Content(parts=(Part(inline_data=Blob(mime_type="image/png", data=b"x")),)))
    thought = content(model_turn=Content(parts=(Part(text="**Planning**", thought=True),)))
    reply = after(picture, thought, sound(b""), said(""))
    assert (reply.text, reply.audio.data, reply.latest.begun_at) == ("", b"", None)


def test_written_text_is_the_answer_where_nothing_is_spoken() -> None:
    written = content(model_turn=Content(parts=(Part(text="It is "), Part(text="near."))))
    assert after(written).text == "It is near."


def test_what_was_interrupted_is_thrown_away() -> None:
    reply = after(heard("Where is,", finished=True), said("Where is wh"), sound(b"ab"), CUT, DONE)
    assert (reply.text, reply.audio.data, reply.interruptions) == ("", b"", 1)
    assert not reply.settling, "the question goes on: an answer is still owed"
    for now, event in enumerate(
        (Heard("the station?", finished=True), Sound(AudioChunk(b"cd", SPEAKING)), TurnEnded(2)), 9
    ):
        reply.take(event, float(now))
    assert reply.heard == "Where is, the station?"
    assert reply.audio.data == b"cd"
    assert reply.latest.first_sound_at == 10.0


@pytest.mark.parametrize("order", [(CUT, DONE), (CUT,), (DONE, CUT), (content(generation_complete=True), CUT, DONE)])
def test_an_interruption_in_any_order_only_flushes(order: tuple[ServerMessage, ...]) -> None:
    reply = after(*order, sound(b"ab"), DONE)
    assert reply.audio.data == b"ab"
    assert reply.latest.complete
    assert reply.interruptions == 0


def test_a_turn_completed_before_the_last_stays() -> None:
    reply = after(said("Hello."), sound(b"ab"), DONE, said("It is near."), sound(b"cd"), DONE)
    assert reply.text == "Hello. It is near."
    assert reply.audio.data == b"abcd"
    assert reply.latest.first_sound_at == 4.0
    assert reply.settling


def test_a_turn_may_end_with_nothing() -> None:
    reply = after(content(turn_complete=True, turn_complete_reason=TurnCompleteReason.NEED_MORE_INPUT))
    assert reply.settling
    assert reply.end_reason == "NEED_MORE_INPUT"
    assert not reply.latest.complete


def test_an_interaction_in_progress_is_not_complete() -> None:
    reply = after(said("One moment."), content(turn_complete=True, interaction_status=InteractionStatus.IN_PROGRESS))
    assert not reply.latest.complete


@pytest.mark.parametrize(
    ("messages", "said_of_it"),
    [
        ([sound(b"ab", "audio/mp3")], "audio/mp3"),
        ([sound(b"ab"), sound(b"ab", "audio/pcm;rate=8000")], "changed its format"),
        ([sound(bytes(48_002))], "longer than 1 s"),
    ],
)
def test_refuses_sound_it_cannot_use(messages: list[ServerMessage], said_of_it: str) -> None:
    with pytest.raises(RemoteProtocolError, match=said_of_it):
        after(*messages)
