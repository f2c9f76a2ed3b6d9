import numpy as np

from antiphon.audio.pcm import AudioChunk
from antiphon.client.events import TurnEnded
from antiphon.client.speech import Speech
from antiphon.client.stopwatch import Stopwatch

LOUD = AudioChunk(np.full(320, 8_000, "<i2").tobytes())
QUIET = AudioChunk(bytes(640))


def ended(stopwatch: Stopwatch) -> TurnEnded:
    return stopwatch.turn_ended(reason=None, in_progress=False, usage=None)


def test_counts_from_the_last_loud_moment_to_the_first_sound() -> None:
    speech = Speech()
    for number, chunk in enumerate([*[LOUD] * 10, *[QUIET] * 20]):
        speech.sent(chunk, number, 1.0 + 0.02 * number)
    stopwatch = Stopwatch(speech)
    stopwatch.text(1.9)
    stopwatch.sound(2.18)
    stopwatch.sound(3.0)
    turn = ended(stopwatch)
    assert turn.first_text_s is not None
    assert round(turn.first_text_s, 3) == 0.72
    assert turn.first_sound_s is not None
    assert round(turn.first_sound_s, 3) == 1.0
    assert turn.number == 1


def test_counts_from_what_was_typed() -> None:
    stopwatch = Stopwatch(Speech())
    stopwatch.finished(5.0)
    stopwatch.sound(5.5)
    assert ended(stopwatch).first_sound_s == 0.5


def test_a_thought_or_a_call_begins_the_reply_and_is_none_of_it() -> None:
    stopwatch = Stopwatch(Speech())
    stopwatch.finished(1.0)
    stopwatch.begins()
    stopwatch.finished(2.0)
    stopwatch.sound(2.5)
    assert ended(stopwatch).first_sound_s == 1.5


def test_a_turn_nobody_asked_for_has_no_latency() -> None:
    stopwatch = Stopwatch(Speech())
    stopwatch.finished(5.0)
    stopwatch.sound(5.5)
    ended(stopwatch)
    stopwatch.sound(9.0)
    turn = ended(stopwatch)
    assert (turn.number, turn.first_sound_s) == (2, None)


def test_what_is_said_during_a_reply_counts_for_the_next() -> None:
    stopwatch = Stopwatch(Speech())
    stopwatch.finished(1.0)
    stopwatch.sound(1.5)
    stopwatch.finished(3.0)
    stopwatch.interrupted()
    first = ended(stopwatch)
    assert (first.interrupted, first.first_sound_s) == (True, 0.5)
    stopwatch.sound(3.25)
    second = ended(stopwatch)
    assert (second.interrupted, second.first_sound_s) == (False, 0.25)


def test_a_reply_that_is_made_anew_is_measured_anew() -> None:
    stopwatch = Stopwatch(Speech())
    stopwatch.finished(1.0)
    stopwatch.sound(1.5)
    stopwatch.forget_reply()
    stopwatch.finished(4.0)
    stopwatch.sound(4.5)
    assert ended(stopwatch).first_sound_s == 0.5


def test_an_interruption_between_two_turns_is_of_neither() -> None:
    stopwatch = Stopwatch(Speech())
    stopwatch.interrupted()
    stopwatch.sound(1.0)
    assert not ended(stopwatch).interrupted
