import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.session.events import TurnId
from antiphon.session.question import Question
from antiphon.session.turn import Load, Phase, Turn
from antiphon.wire.setup import Modality


def turn(modality: Modality = Modality.AUDIO) -> Turn:
    return Turn(TurnId(1), Question(), modality)


def sound(seconds: float) -> AudioChunk:
    return AudioChunk(bytes(SPEAKING.bytes_for(seconds)), SPEAKING)


def speaking() -> Turn:
    spoken = turn()
    for text in ("one two three four", " five six seven eight"):
        spoken.text(text, 0, sent=True)
        spoken.audio(sound(4.0), 100.0)
    return spoken


@pytest.mark.requirement("interruption.heard")
@pytest.mark.parametrize(
    ("now", "heard"),
    [
        (100.0, None),
        (101.0, "one"),
        (102.1, "one two"),
        (104.0, "one two three four"),
        (106.0, "one two three four five six"),
        (108.0, "one two three four five six seven eight"),
        (999.0, "one two three four five six seven eight"),
    ],
)
def test_only_what_was_played_was_heard(now, heard):
    entries = speaking().heard(now)
    assert [entry.content.parts[0].text for entry in entries] == ([heard] if heard else [])
    assert all(entry.spoken_s == min(8.0, now - 100.0) for entry in entries)


def test_a_reply_that_falls_behind_plays_from_when_it_comes():
    late = turn()
    late.text("one", 0, sent=True)
    late.audio(sound(1.0), 100.0)
    late.audio(sound(1.0), 105.0)
    assert late.plays_until == 106.0


def test_written_words_are_read_at_once():
    written = turn(Modality.TEXT)
    written.text("a b", 2, sent=True)
    (entry,) = written.heard(0.0)
    assert (entry.content.parts[0].text, entry.spoken_s) == ("a b", 0.0)


def test_words_the_client_does_not_get_to_see_do_not_count_as_begun():
    silent = turn()
    silent.text("one", 0, sent=False)
    assert not silent.sounded
    silent.audio(sound(0.1), 1.0)
    assert silent.phase is Phase.REPLYING
    silent.said_all()
    assert silent.said_everything


@pytest.mark.requirement("usage.total")
def test_usage_adds_up():
    spoken = speaking()
    spoken.load = Load(text=5, audio=10)
    usage = spoken.usage()
    assert (usage.prompt_token_count, usage.response_token_count, usage.total_token_count) == (15, 200, 215)
    written = turn(Modality.TEXT)
    written.text("a b", 2, sent=True)
    assert [(d.modality, d.token_count) for d in written.usage().response_tokens_details] == [(Modality.TEXT, 2)]


def test_what_is_said_after_calls_is_a_stretch_of_its_own():
    answered = speaking()
    answered.calls()
    assert answered.audible(107.9)
    assert not answered.audible(108.0)
    answered.goes_on(TurnId(2))
    assert answered.heard(100.0) == []
    answered.text("nine ten", 0, sent=True)
    answered.audio(sound(2.0), 101.0)
    assert answered.heard(109.0)[0].spoken_s == 1.0
    answered.said_all()
    assert answered.heard(110.0)[0].content.parts[0].text == "nine ten"
    assert answered.usage().response_token_count == 250
