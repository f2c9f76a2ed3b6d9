"""The rule everybody has, as the yardstick: 0.2 s of silence, then a verdict above one half, else a fixed silence.

Its answers may be drafted as ours are, so that rules are compared and not what comes after them.
"""

from dataclasses import dataclass
from math import ceil

from antiphon.audio.pcm import HEARING
from antiphon.bench.ears import Costs, Ears
from antiphon.bench.questions import Question
from antiphon.bench.virtual import REPLY_S, Course
from antiphon.client.audio_file import CHUNK_S

SPEECH_PROBABILITY = 0.5
HYSTERESIS = 0.15
PREFIX_S = 0.1
"""Of speech before it counts."""
ASK_AFTER_S = 0.2
VERDICT = 0.5


@dataclass(slots=True)
class _Speech:
    start: int
    voiced: int = 0
    pause: int | None = None
    asked: bool = False
    decided_s: float | None = None
    """When the verdict that ends it will be known."""
    drafted_s: float | None = None
    """When an answer to what was said so far was begun."""

    def fades(self, probability: float, draft_below: float | None, now: float) -> None:
        """Begin a draft when speech falls below a probability, and throw it away when it rises again."""
        if draft_below is None or probability >= draft_below:
            self.drafted_s = None
        elif self.drafted_s is None:
            self.drafted_s = now


async def fixed_rule(
    question: Question, ears: Ears, costs: Costs, silence_s: float, draft_below: float | None = None
) -> Course:
    """Follow the windows of a recording; what it takes for an end is answered.

    With `draft_below`, a probability of speech, the answer is begun as soon as speech falls below it.
    """
    course, speech = Course(), _Speech(0)
    answered_s: float | None = None
    for number, probability in enumerate(await ears.speech(question)):
        start, end = number * ears.window, (number + 1) * ears.window
        now = CHUNK_S * ceil(end / HEARING.rate_hz / CHUNK_S)  # when the chunk is there that completes the window
        if answered_s is not None and answered_s <= now:
            course.sounds_s.append(answered_s)
            answered_s = None
        if speech.decided_s is not None and speech.decided_s <= now:
            answered_s = _end(course, speech.decided_s, speech, costs)
            speech = _Speech(end)
        speech.fades(probability, draft_below, now)
        if probability >= SPEECH_PROBABILITY - (HYSTERESIS if speech.voiced and speech.pause is None else 0.0):
            speech.start = speech.start if speech.voiced else start
            speech.voiced += ears.window
            speech.pause, speech.asked, speech.decided_s = None, False, None
            if speech.voiced >= PREFIX_S * HEARING.rate_hz:
                answered_s = None  # who speaks on takes back what was not heard yet
        elif speech.voiced < PREFIX_S * HEARING.rate_hz:
            speech = _Speech(end)
        else:
            speech.pause = start if speech.pause is None else speech.pause
            silent_s = (end - speech.pause) / HEARING.rate_hz
            if silent_s >= silence_s:
                answered_s = _end(course, now, speech, costs)
                speech = _Speech(end)
            elif silent_s >= ASK_AFTER_S and not speech.asked:
                speech.asked = True
                if await ears.finished(question, speech.start, end) > VERDICT:
                    speech.decided_s = now + costs.verdict_s
    return course


def _end(course: Course, at_s: float, speech: _Speech, costs: Costs) -> float:
    """Note an end; gives when its answer would be heard."""
    course.ends_s.append(at_s)
    begun_s = at_s if speech.drafted_s is None else speech.drafted_s
    return max(at_s, begun_s + costs.words_s + REPLY_S)
