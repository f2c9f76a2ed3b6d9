import pytest

from antiphon.config import Endpointing
from antiphon.session.endpointing import Endpointer, Hush, Rule, Sign, samples
from antiphon.wire.setup import AutomaticActivityDetection, EndSensitivity, StartSensitivity

WINDOW = 512
DEFAULTS = Endpointing()


def rule(*, vertex: bool = False, **asked: object) -> Rule:
    return Rule.of(AutomaticActivityDetection(**asked), DEFAULTS, vertex=vertex)


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
    assert signs(Endpointer(rule()), (10, 0.0), (20, 0.9), (25, 0.0)) == [
        (Sign.STARTED, 14),
        (Sign.PAUSED, 37),
        (Sign.ENDED, 55),
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
    assert (keen.start_probability, keen.prefix, keen.silence) == (0.5, samples(100), samples(800))
    assert (slow.start_probability, slow.prefix, slow.silence) == (0.7, samples(250), samples(1200))
    asked = rule(start_of_speech_sensitivity=StartSensitivity.LOW, end_of_speech_sensitivity=EndSensitivity.LOW)
    assert asked == slow


def test_a_blip_is_not_speech():
    endpointer = Endpointer(rule())
    assert signs(endpointer, (2, 0.9), (10, 0.0), (2, 0.9), (10, 0.0)) == []
    assert endpointer.quiet


def test_a_short_gap_does_not_undo_a_start():
    assert signs(Endpointer(rule()), (2, 0.9), (1, 0.0), (2, 0.9)) == [(Sign.STARTED, 5)]


def test_speech_that_goes_on_makes_the_pause_another_one():
    endpointer = Endpointer(rule())
    found = signs(endpointer, (10, 0.9), (8, 0.0), (5, 0.9), (8, 0.0))
    assert [sign for sign, _ in found] == [Sign.STARTED, Sign.PAUSED, Sign.PAUSED]
    assert not endpointer.judged(10 * WINDOW, 0.9), "an opinion of the earlier pause is stale"
    assert endpointer.judged(23 * WINDOW, 0.9)
    assert not endpointer.judged(23 * WINDOW, 0.5)


def test_fading_speech_is_still_speech():
    found = signs(Endpointer(rule()), (10, 0.9), (40, 0.4))
    assert found == [(Sign.STARTED, 4)], "within the hysteresis of 0.5"


def test_a_reset_forgets_everything():
    endpointer = Endpointer(rule())
    signs(endpointer, (10, 0.9))
    endpointer.reset(0)
    assert endpointer.quiet
    assert signs(endpointer, (3, 0.9)) == []


def test_a_deaf_one_waits_for_the_sound_to_pause():
    endpointer = Endpointer(rule())
    endpointer.reset(0, deaf=True)
    assert signs(endpointer, (50, 0.9), (1, 0.0), (5, 0.9)) == [(Sign.STARTED, 55)]


class TestHush:
    """The first sign that speech may be over."""

    HUSH = Hush(samples(32), 0.75)

    def signs(self, *stretches: tuple[int, float], **asked: object) -> list[tuple[Sign, int]]:
        detection = AutomaticActivityDetection(**asked)
        endpointer = Endpointer(Rule.of(detection, DEFAULTS, vertex=False, hush=self.HUSH))
        return signs(endpointer, (10, 0.9), *stretches)[1:]

    def test_falling_activity_is_a_hush_before_it_is_a_pause(self):
        assert self.signs((1, 0.6), (6, 0.1)) == [(Sign.HUSHED, 11)]

    def test_it_is_told_once_in_a_pause(self):
        found = self.signs((25, 0.1))
        assert [sign for sign, _ in found] == [Sign.HUSHED, Sign.PAUSED, Sign.ENDED]

    @pytest.mark.parametrize("between", [(1, 0.6), (4, 0.1)])
    def test_clear_speech_goes_on(self, between):
        assert [sign for sign, _ in self.signs(between, (3, 0.9))] == [Sign.HUSHED, Sign.RESUMED]

    def test_speech_that_breaks_a_pause_goes_on_however_soft(self):
        found = self.signs((4, 0.1), (1, 0.6), (1, 0.6))
        assert [sign for sign, _ in found] == [Sign.HUSHED, Sign.RESUMED, Sign.HUSHED]

    def test_soft_speech_is_no_resumption_of_what_is_hushed(self):
        assert self.signs((9, 0.6)) == [(Sign.HUSHED, 11)]

    def test_the_end_comes_first_where_silence_ends_at_once(self):
        assert [sign for sign, _ in self.signs((1, 0.1), silence_duration_ms=20)] == [Sign.ENDED]
