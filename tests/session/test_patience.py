import pytest

from antiphon.config import Endpointing
from antiphon.session.patience import Patience, Waits, goes_on, samples
from tests.session.tuned import ENDPOINTING

HASTY = Waits.of(ENDPOINTING, hasty=True)


@pytest.mark.parametrize(
    "text",
    [
        "I would like to order,",
        "Well, I was wondering...",
        "Well, I was wondering…",
        "The train to—",
        "Where is the nearest",
        "Set an alarm for 630",
        "Je voudrais un café",
        'He said: "I would',
        "Please remember to.",
        "I need flour and?",
        "um",
        "昨日は、",
    ],
)
def test_some_words_plainly_go_on(text):
    assert goes_on(text, None)


@pytest.mark.parametrize(
    "text",
    [
        "Where is the nearest train station?",
        "Please remember to bring your umbrella.",
        'He said: "Come in."',
        "Stop!",
        "ところで",
        "昨日来ました。",
        "tone 440 hertz",
        "WHERE IS THE STATION",
        "?",
        "",
    ],
)
def test_others_may_be_all(text):
    assert not goes_on(text, None)


def test_a_word_dangles_in_its_own_language():
    assert goes_on("Take it to.", "en-US")
    assert not goes_on("Co to?", "pl")


class TestPatience:
    def test_without_a_verdict_it_waits_the_longest(self):
        assert Patience(HASTY).wait == samples(1300)

    def test_the_wait_falls_evenly_between_two_verdicts(self):
        patience = Patience(HASTY)
        waits = []
        for probability in (0.0, 0.9, 0.9175, 0.935, 0.9525, 0.97, 1.0):
            patience.judged(probability)
            waits.append(patience.wait / samples(1))
        assert waits == pytest.approx([1300, 1300, 1022.5, 745, 467.5, 190, 190], abs=1)

    def test_words_that_may_be_a_whole_sentence_are_not_waited_behind_so_long(self):
        patience = Patience(Waits.of(Endpointing(silence_duration_ms_high=1_000, whole_share=0.6), hasty=True))
        patience.judged(0.0)
        patience.read("Where is the station?", "en")
        assert patience.wait == samples(600)
        patience.read("Where is the", "en")
        assert patience.wait == samples(1_000)

    def test_what_is_forgotten_counts_no_more(self):
        patience = Patience(HASTY)
        patience.judged(1.0)
        patience.read("and", "en")
        patience.forget()
        assert patience.wait == samples(1300)
        patience.judged(1.0)
        assert patience.wait == samples(190)

    def test_words_that_never_come_are_given_up(self):
        patience = Patience(HASTY)
        patience.judged(1.0)
        patience.reading()
        assert patience.wait == samples(600)
        patience.read("", None)
        assert patience.wait == samples(190)

    def test_the_pace_of_a_speaker_follows_him_slowly_both_ways(self):
        patience = Patience(HASTY)
        patience.judged(1.0)
        waits = []
        for pause_ms in [500] * 12 + [100] * 12:
            patience.paused(samples(pause_ms))
            waits.append(patience.wait)
        assert waits[0] == samples(190)
        assert samples(500) < waits[11] < samples(600)
        assert waits[23] < samples(300)

    def test_nothing_makes_it_wait_longer_than_the_longest(self):
        waits = Waits.of(Endpointing(silence_duration_ms_high=300, pace_ms_max=800), hasty=True)
        patience = Patience(waits)
        patience.judged(1.0)
        patience.reading()
        for _ in range(20):
            patience.paused(samples(900))
        assert patience.wait == samples(300)
