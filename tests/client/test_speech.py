import numpy as np
import pytest

from antiphon.audio.pcm import AudioChunk
from antiphon.client.speech import Speech

LOUD, QUIET = 8_000, 0


def sent(*parts: tuple[int, int], chunk_ms: int = 20) -> Speech:
    """Parts of a loudness and a number of 20 ms windows, in messages numbered from 1."""
    samples = np.concatenate([np.full(320 * windows, level, "<i2") for level, windows in parts])
    speech = Speech()
    for number, chunk in enumerate(AudioChunk(samples.tobytes()).pieces(chunk_ms / 1_000), 1):
        speech.sent(chunk, number, number * chunk_ms / 1_000)
    return speech


def test_nothing_was_said() -> None:
    for speech in (Speech(), sent((QUIET, 50))):
        speech.reply_begins()
        assert (speech.ended_at, speech.further) == (None, None)


@pytest.mark.parametrize("chunk_ms", [20, 100])
def test_a_question_ends_with_its_last_loud_moment(chunk_ms: int) -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 20), chunk_ms=chunk_ms)
    speech.reply_begins()
    assert speech.ended_at == pytest.approx(2.0)
    assert speech.further is None


def test_a_short_pause_belongs_to_what_is_said() -> None:
    speech = sent((QUIET, 50), (LOUD, 20), (QUIET, 9), (LOUD, 20), (QUIET, 20))
    speech.reply_begins()
    assert speech.ended_at == pytest.approx(0.02 * 99)


def test_what_is_being_said_when_the_reply_begins_is_told_apart_with_its_beginning() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 50), (LOUD, 10))
    speech.reply_begins()
    assert speech.ended_at == pytest.approx(2.0)
    assert speech.further == 151 - 20, "a little of what came before it, too"


def test_what_came_before_it_is_not_the_question_before() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 12), (LOUD, 10))
    speech.reply_begins()
    assert speech.further == 101


def test_somebody_may_be_speaking_to_whom_the_reply_is_no_answer() -> None:
    speech = sent((QUIET, 50), (LOUD, 10))
    speech.reply_begins()
    assert (speech.ended_at, speech.further) == (None, 51 - 20)


def test_what_was_being_said_is_whole_at_the_next_reply() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 50), (LOUD, 10))
    speech.reply_begins()
    for number in range(161, 191):
        speech.sent(AudioChunk(bytes(640)), number, number * 0.02)
    speech.reply_begins()
    assert (speech.ended_at, speech.further) == (pytest.approx(3.2), None)
    speech.reply_begins()
    assert speech.ended_at is None, "it was answered"


def test_what_began_after_the_words_of_the_question_had_come_is_not_the_question() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 25), (LOUD, 20), (QUIET, 25))
    speech.heard(120)
    speech.reply_begins()
    assert speech.ended_at == pytest.approx(2.0)
    assert speech.further == 126 - 20


def test_a_word_that_comes_in_the_middle_of_what_is_said_does_not_end_it() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 20))
    speech.heard(80)
    speech.reply_begins()
    assert (speech.ended_at, speech.further) == (pytest.approx(2.0), None)


def test_words_that_come_late_tell_nothing_of_the_next_question() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 20))
    speech.heard(10)
    speech.reply_begins()
    assert (speech.ended_at, speech.further) == (pytest.approx(2.0), None)


def test_what_a_reply_answers_is_known_by_its_stretches() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 12), (LOUD, 20), (QUIET, 25), (LOUD, 5))
    speech.reply_begins()
    assert [each.first for each in speech.answered] == [51 - 20, 101]
    assert [each.began_at for each in speech.answered] == pytest.approx([1.02, 2.26])


def test_all_is_answered_until_something_is_said_again() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 20))
    assert not speech.all_answered
    speech.reply_begins()
    assert speech.all_answered
    for number in range(121, 200):
        speech.sent(AudioChunk(np.full(320, LOUD * (number > 150), "<i2").tobytes()), number, number * 0.02)
    assert not speech.all_answered
    assert not Speech().all_answered, "nothing was said at all"


def test_what_was_declared_to_be_over_does_not_go_on() -> None:
    speech = sent((QUIET, 50), (LOUD, 50))
    speech.ended(101)
    speech.reply_begins()
    assert (speech.ended_at, speech.further) == (pytest.approx(2.0), None)


def test_what_is_said_after_that_does() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 20), (LOUD, 20))
    speech.ended(110)
    speech.reply_begins()
    assert speech.further == 101


def test_words_count_for_one_reply_only() -> None:
    speech = sent((QUIET, 50), (LOUD, 50), (QUIET, 20))
    speech.heard(120)
    speech.reply_begins()
    for number in range(121, 221):  # two things are said, with a pause between them
        loud = number < 161 or 191 <= number < 211
        speech.sent(AudioChunk(np.full(320, LOUD * loud, "<i2").tobytes()), number, number * 0.02)
    speech.reply_begins()
    assert speech.further is None
