import pytest

from antiphon.session.endpointing import Endpointer, Hush, Rule, Sign
from antiphon.session.patience import samples
from antiphon.wire.setup import AutomaticActivityDetection, EndSensitivity, StartSensitivity
from tests.session.tuned import ENDPOINTING

WINDOW = 512


def rule(*, vertex: bool = False, **asked: object) -> Rule:
    return Rule.of(AutomaticActivityDetection(**asked), ENDPOINTING, vertex=vertex)


def signs(endpointer: Endpointer, *stretches: tuple[int, float]) -> list[tuple[Sign, int]]:
    """Play stretches of (windows, probability); gives each sign with the number of the window it came at."""
    found, position = [], 0
    for windows, probability in stretches:
        for _ in range(windows):
            position += WINDOW
            sign = endpointer.window(position, probability)
            if sign is not None:
                found.append((sign, position // WINDOW))
    return found


@pytest.mark.requirement("activity.automatic")
def test_speech_starts_pauses_and_ends():
    assert signs(Endpointer(rule()), (10, 0.0), (20, 0.9), (41, 0.0)) == [
        (Sign.STARTED, 13),
        (Sign.PAUSED, 33),
        (Sign.ENDED, 71),
    ]


@pytest.mark.requirement("activity.prefix")
@pytest.mark.parametrize(("prefix_ms", "windows"), [(0, 1), (32, 1), (33, 2), (100, 4), (500, 16)])
def test_a_start_needs_its_prefix(prefix_ms, windows):
    found = signs(Endpointer(rule(prefix_padding_ms=prefix_ms)), (30, 0.9))
    assert found == [(Sign.STARTED, windows)]


@pytest.mark.requirement("activity.silence")
@pytest.mark.parametrize("silence_ms", [20, 100, 500, 2000])
def test_an_explicit_silence_is_honoured_exactly_and_alone(silence_ms):
    found = signs(Endpointer(rule(silence_duration_ms=silence_ms)), (10, 0.9), (80, 0.0))
    assert found[1:2] == [(Sign.ENDED, 10 + -(-samples(silence_ms) // WINDOW))]


@pytest.mark.requirement("activity.sensitivity")
def test_sensitivities_choose_probability_prefix_and_silence():
    keen, slow = rule(), rule(vertex=True)
    assert (keen.start_probability, keen.prefix, keen.silence) == (0.5, samples(96), samples(1300))
    assert (slow.start_probability, slow.prefix, slow.silence) == (0.7, samples(250), samples(1950))
    assert (keen.waits.shortest, slow.waits.shortest) == (samples(190), samples(285))
    asked = rule(start_of_speech_sensitivity=StartSensitivity.LOW, end_of_speech_sensitivity=EndSensitivity.LOW)
    assert asked == slow


def test_a_blip_is_not_speech():
    endpointer = Endpointer(rule())
    assert signs(endpointer, (2, 0.9), (10, 0.0), (2, 0.9), (10, 0.0)) == []
    assert endpointer.quiet


def test_a_short_gap_does_not_undo_a_start():
    assert signs(Endpointer(rule()), (2, 0.9), (1, 0.0), (2, 0.9)) == [(Sign.STARTED, 4)]


def test_speech_that_goes_on_makes_the_pause_another_one():
    endpointer = Endpointer(rule())
    found = signs(endpointer, (10, 0.9), (8, 0.0), (5, 0.9), (8, 0.0))
    assert [sign for sign, _ in found] == [Sign.STARTED, Sign.PAUSED, Sign.PAUSED]
    assert not endpointer.judged(10 * WINDOW, 1.0), "an opinion of the earlier pause is stale"
    assert endpointer.judged(23 * WINDOW, 1.0)
    assert not endpointer.judged(23 * WINDOW, 0.5)


def test_fading_speech_is_still_speech():
    found = signs(Endpointer(rule()), (10, 0.9), (40, 0.4))
    assert found == [(Sign.STARTED, 3)], "within the hysteresis of 0.5"


def test_a_reset_forgets_everything():
    endpointer = Endpointer(rule())
    signs(endpointer, (10, 0.9))
    endpointer.reset(0)
    assert endpointer.quiet
    assert signs(endpointer, (2, 0.9)) == []


def test_a_deaf_one_waits_for_the_sound_to_pause():
    endpointer = Endpointer(rule())
    endpointer.reset(0, deaf=True)
    assert signs(endpointer, (50, 0.9), (1, 0.0), (5, 0.9)) == [(Sign.STARTED, 54)]


class TestTheEnd:
    """Silence ends speech sooner or later, by all that is known when it does."""

    def ends_at(self, endpointer: Endpointer, windows: int = 60) -> int | None:
        """The silence, in windows, at which speech that has just paused ends."""
        start = endpointer.pause
        assert start is not None
        for number in range(endpointer._position // WINDOW + 1, start // WINDOW + windows + 1):
            if endpointer.window(number * WINDOW, 0.0) is Sign.ENDED:
                return number - start // WINDOW
        return None

    def paused(self, **asked: object) -> Endpointer:
        """Speech of 0.3 s, and the first window of silence."""
        endpointer = Endpointer(rule(**asked))
        signs(endpointer, (10, 0.9), (1, 0.0))
        return endpointer

    @pytest.mark.requirement("activity.end_of_turn")
    @pytest.mark.parametrize(
        ("probability", "windows"), [(1.0, 6), (0.97, 6), (0.96, 11), (0.935, 24), (0.9, 41), (0.0, 41)]
    )
    def test_the_surer_the_verdict_the_sooner(self, probability, windows):
        endpointer = self.paused()
        endpointer.judged(10 * WINDOW, probability)
        assert self.ends_at(endpointer) == windows

    @pytest.mark.requirement("activity.sensitivity")
    def test_low_sensitivity_is_more_patient_throughout(self):
        for probability in (1.0, 0.94, 0.5):
            hasty, patient = self.paused(), self.paused(end_of_speech_sensitivity=EndSensitivity.LOW)
            ends = []
            for endpointer in (hasty, patient):
                endpointer.judged(10 * WINDOW, probability)
                ends.append(self.ends_at(endpointer, 80))
            assert ends[1] > 1.4 * ends[0]

    def test_a_verdict_that_comes_late_ends_it_at_once(self):
        endpointer = self.paused()
        assert self.ends_at(endpointer, 20) is None
        assert endpointer.judged(10 * WINDOW, 1.0)

    @pytest.mark.requirement("activity.end_of_turn")
    def test_words_that_go_on_are_waited_for(self):
        endpointer = self.paused()
        endpointer.judged(10 * WINDOW, 1.0)
        assert not endpointer.read("I would like to", "en")
        assert self.ends_at(endpointer) == 41

    def test_words_that_are_being_recognised_are_waited_for(self):
        endpointer = self.paused()
        endpointer.reading()
        endpointer.judged(10 * WINDOW, 1.0)
        assert self.ends_at(endpointer, 12) is None
        assert endpointer.read("Yes.", "en")

    def test_but_not_for_ever(self):
        endpointer = self.paused()
        endpointer.reading()
        endpointer.judged(10 * WINDOW, 1.0)
        assert self.ends_at(endpointer) == 19, "0.6 s"

    def test_what_was_known_of_one_pause_says_nothing_of_the_next(self):
        endpointer = self.paused()
        endpointer.judged(10 * WINDOW, 1.0)
        endpointer.window(12 * WINDOW, 0.9)
        endpointer.window(13 * WINDOW, 0.0)
        assert self.ends_at(endpointer) == 41

    @pytest.mark.requirement("activity.silence")
    def test_where_the_client_names_the_silence_nothing_else_counts(self):
        for probability, text in ((1.0, "Yes."), (0.0, "and")):
            endpointer = self.paused(silence_duration_ms=500)
            endpointer.reading()
            assert not endpointer.judged(10 * WINDOW, probability)
            assert not endpointer.read(text, "en")
            assert self.ends_at(endpointer) == 16

    def speak_with_pauses(self, endpointer: Endpointer, pause: int, times: int) -> None:
        """Go on after each pause of so many windows, then pause for one."""
        position = 0
        for windows, probability in [(10, 0.9), *[(pause, 0.0), (10, 0.9)] * times, (1, 0.0)]:
            for _ in range(windows):
                position += WINDOW
                endpointer.window(position, probability)
        assert endpointer.pause is not None
        endpointer.judged(endpointer.pause, 1.0)

    @pytest.mark.requirement("activity.end_of_turn")
    @pytest.mark.parametrize(("times", "windows"), [(0, 6), (1, 6), (4, 11), (20, 22)])
    def test_who_pauses_again_and_again_is_given_the_time(self, times, windows):
        endpointer = Endpointer(rule())
        self.speak_with_pauses(endpointer, 18, times)
        assert self.ends_at(endpointer) == windows

    def test_there_is_an_end_to_that(self):
        endpointer = Endpointer(rule())
        self.speak_with_pauses(endpointer, 38, 20)
        assert self.ends_at(endpointer) == 25, "0.8 s"

    def test_an_end_that_was_none_was_a_pause(self):
        endpointer, position, ends = Endpointer(rule()), 0, []
        for _ in range(12):
            for silent in range(-10, 18):
                position += WINDOW
                sign = endpointer.window(position, 0.9 if silent < 0 else 0.0)
                if silent == 0:
                    endpointer.judged(position - WINDOW, 1.0)
                if sign is Sign.ENDED:
                    ends.append(silent + 1)
                    endpointer.reset(position)
        assert ends[0] == 6
        assert ends[-1] > 15, "he always goes on after 18 windows"

    def test_the_silence_between_two_turns_is_no_pause(self):
        endpointer, position = Endpointer(rule()), 0
        for _ in range(8):
            for probability in [0.9] * 10 + [0.0] * 60:
                position += WINDOW
                if endpointer.window(position, probability) is Sign.ENDED:
                    endpointer.reset(position)
        signs_of = [endpointer.window(position + number * WINDOW, 0.9) for number in range(1, 11)]
        assert Sign.STARTED in signs_of
        endpointer.window(position + 11 * WINDOW, 0.0)
        endpointer.judged(position + 10 * WINDOW, 1.0)
        assert self.ends_at(endpointer) == 6


class TestHush:
    """The first sign that speech may be over."""

    HUSH = Hush(samples(32), 0.75)

    def signs(self, *stretches: tuple[int, float], **asked: object) -> list[tuple[Sign, int]]:
        detection = AutomaticActivityDetection(**asked)
        endpointer = Endpointer(Rule.of(detection, ENDPOINTING, vertex=False, hush=self.HUSH))
        return signs(endpointer, (10, 0.9), *stretches)[1:]

    def test_falling_activity_is_a_hush_before_it_is_a_pause(self):
        assert self.signs((1, 0.6), (2, 0.1)) == [(Sign.HUSHED, 11)]

    def test_it_is_told_once_in_a_pause(self):
        found = self.signs((41, 0.1))
        assert [sign for sign, _ in found] == [Sign.HUSHED, Sign.PAUSED, Sign.ENDED]

    @pytest.mark.parametrize("between", [(1, 0.6), (2, 0.1)])
    def test_clear_speech_goes_on(self, between):
        assert [sign for sign, _ in self.signs(between, (3, 0.9))] == [Sign.HUSHED, Sign.RESUMED]

    def test_speech_that_breaks_a_pause_goes_on_however_soft(self):
        found = self.signs((2, 0.1), (1, 0.6), (1, 0.6))
        assert [sign for sign, _ in found] == [Sign.HUSHED, Sign.RESUMED, Sign.HUSHED]

    def test_soft_speech_is_no_resumption_of_what_is_hushed(self):
        assert self.signs((9, 0.6)) == [(Sign.HUSHED, 11)]

    def test_the_end_comes_first_where_silence_ends_at_once(self):
        assert [sign for sign, _ in self.signs((1, 0.1), silence_duration_ms=20)] == [Sign.ENDED]
