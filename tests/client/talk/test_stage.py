import pytest

from antiphon.audio.pcm import AudioChunk
from antiphon.client.events import (
    Continuation,
    Event,
    Heard,
    HearingSoFar,
    Interrupted,
    Reconnected,
    Reconnecting,
    Said,
    TurnEnded,
    UserActivity,
)
from antiphon.client.talk.stage import Stage, StageTracker, VoiceDetector
from tests.client.talk.fake_talk import SILENCE, VOICE, sound, tone


class Course:
    """A conversation told step by step."""

    def __init__(self) -> None:
        self.tracker = StageTracker()

    def hears(self, chunk: AudioChunk, seconds: float) -> Stage:
        for _ in range(round(seconds / chunk.seconds)):
            self.tracker.hear(chunk)
        return self.stage

    def takes(self, *events: Event) -> Stage:
        for event in events:
            self.tracker.take(event)
        return self.stage

    @property
    def stage(self) -> Stage:
        return self.tracker.stage(sounding=False)


def test_a_voice_is_told_from_silence_and_from_clicks() -> None:
    detector = VoiceDetector()
    heard = []
    for chunk in [SILENCE] * 5 + [VOICE] * 2 + [SILENCE] * 40 + [VOICE] * 3 + [SILENCE] * 29 + [VOICE] + [SILENCE] * 30:
        detector.hear(chunk)
        heard.append(detector.voice)
    assert heard.index(True) == 49, "the third chunk of the second sound"
    assert heard[49:-1] == [True] * (len(heard) - 50), "pauses are short, and a word may be too"
    assert not heard[-1]


def test_a_noisy_room_is_no_voice_for_long() -> None:
    detector, fan, voice = VoiceDetector(), AudioChunk(tone(0.03)), AudioChunk(tone(0.3))
    for _ in range(500):
        detector.hear(fan)
    assert not detector.voice
    for _ in range(3):
        detector.hear(voice)
    assert detector.voice


def test_a_turn() -> None:
    course = Course()
    assert course.hears(SILENCE, 0.5) is Stage.LISTENING
    assert course.hears(VOICE, 0.5) is Stage.HEARING
    assert course.takes(HearingSoFar("Where")) is Stage.HEARING
    assert course.hears(SILENCE, 0.7) is Stage.THINKING
    assert course.takes(Heard("Where?", finished=True)) is Stage.THINKING
    assert course.hears(SILENCE, 20.0) is Stage.THINKING, "the server has understood, and may take its time"
    course.takes(sound(), Said("Near"))
    assert course.tracker.stage(sounding=True) is Stage.SPEAKING
    assert course.takes(Heard("Late words")) is Stage.LISTENING
    assert course.takes(TurnEnded(1)) is Stage.LISTENING


def test_what_the_server_takes_no_notice_of_was_no_speech() -> None:
    course = Course()
    course.hears(VOICE, 0.5)
    assert course.hears(SILENCE, 5.0) is Stage.THINKING
    assert course.hears(SILENCE, 1.0) is Stage.LISTENING


def test_an_interruption_is_answered_too() -> None:
    course = Course()
    course.takes(sound())
    course.hears(VOICE, 0.5)
    assert course.takes(Interrupted(), TurnEnded(1, interrupted=True)) is Stage.HEARING
    assert course.hears(SILENCE, 0.7) is Stage.THINKING


def test_noise_during_a_reply_asks_nothing() -> None:
    course = Course()
    course.takes(sound())
    course.hears(VOICE, 0.5)
    assert course.hears(SILENCE, 0.7) is Stage.LISTENING


def test_an_answer_that_comes_at_once_is_not_awaited_afterwards() -> None:
    course = Course()
    course.hears(VOICE, 0.5)
    course.takes(Heard("Hi", finished=True), sound(), Said("Hello."))
    assert course.takes(TurnEnded(1)) is Stage.LISTENING
    assert course.hears(SILENCE, 0.7) is Stage.LISTENING


def test_a_declared_activity_is_over_when_it_is_declared_to_be() -> None:
    course = Course()
    course.tracker.declare(speaking=True)
    assert course.takes(sound(), Interrupted()) is Stage.HEARING


def test_the_server_may_say_who_speaks() -> None:
    course = Course()
    assert course.takes(UserActivity(speaking=True)) is Stage.HEARING
    assert course.takes(UserActivity(speaking=False)) is Stage.THINKING


@pytest.mark.parametrize(("lost", "stage"), [(True, Stage.THINKING), (False, Stage.LISTENING)])
def test_without_a_connection(lost: bool, stage: Stage) -> None:
    course = Course()
    course.takes(sound(), Reconnecting("lost"))
    assert course.stage is Stage.RECONNECTING
    assert course.tracker.stage(sounding=True) is Stage.RECONNECTING
    assert course.takes(Reconnected(Continuation.RESUMED, 1.0, 0.0, reply_lost=lost)) is stage
    assert course.tracker.replying is not lost
