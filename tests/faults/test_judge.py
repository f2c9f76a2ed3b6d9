"""The judge must see what it is there for: each kind of loss, made up."""

from dataclasses import replace

import pytest

from antiphon.client.events import InputDropped
from antiphon.session.history import say
from antiphon.session.snapshot import KeptEntry
from tests.faults.caller import Answer, Kept
from tests.faults.judge import LETTER_S, TAIL_S, Result, judge
from tests.faults.plan import LAST_WORDS, Kind, Microphone, Patience, Plan, Saying, Tone, Typed
from tests.faults.play import Outcome

FIRST, SECOND, LAST = Tone(440, 0.6), Tone(880, 0.6), Typed(LAST_WORDS)
PLAN = Plan(
    seed=0,
    kind=Kind.NONE,
    sayings=(FIRST, SECOND),
    strikes=(),
    microphone=Microphone.OPEN,
    patience=Patience.TURN,
    speed=1.0,
    gap_s=0.5,
    transparent=True,
)


def entry(saying: Saying, spoken_s: float | None = None) -> KeptEntry:
    spoken = saying.seconds + TAIL_S if isinstance(saying, Tone) else 0.0
    return KeptEntry(content=say("user", saying.words), spoken_s=spoken if spoken_s is None else spoken_s)


def answer(saying: Saying, missing_s: float = 0.0) -> Answer:
    return Answer(saying.answer, LETTER_S * len(saying.answer) - missing_s, saying.words)


def outcome(heard: list[KeptEntry], got: list[Answer], dropped: list[InputDropped] | None = None) -> Outcome:
    spoken = [(0.5, 1.1), (2.5, 3.1), (4.0, 4.0)]
    return Outcome(PLAN, Kept(got, dropped or [], [], spoken), tuple(heard))


ALL_HEARD = [entry(FIRST), entry(SECOND), entry(LAST)]
ALL_GOT = [answer(FIRST), answer(SECOND), answer(LAST)]
CUT_OFF = InputDropped(2.0, 3.0, 50, "made up")


@pytest.mark.parametrize(
    ("heard", "got", "expected"),
    [
        (ALL_HEARD, ALL_GOT, Result.COMPLETE),
        ([entry(FIRST, 0.4), entry(FIRST, 0.4), *ALL_HEARD[1:]], ALL_GOT, Result.COMPLETE),
        ([entry(FIRST, 0.0), *ALL_HEARD[1:]], ALL_GOT, Result.COMPLETE),
        (ALL_HEARD[1:], ALL_GOT, Result.LOST),
        ([ALL_HEARD[1], ALL_HEARD[0], ALL_HEARD[2]], ALL_GOT, Result.LOST),
        ([entry(FIRST, 0.6), *ALL_HEARD[1:]], ALL_GOT, Result.LOST),
        ([entry(FIRST), *ALL_HEARD], ALL_GOT, Result.DOUBLED),
        ([entry(FIRST, 0.0), *ALL_HEARD], ALL_GOT, Result.DOUBLED),
        ([*ALL_HEARD[:2], *ALL_HEARD], ALL_GOT, Result.DOUBLED),
        ([entry(FIRST, 1.4), *ALL_HEARD[1:]], ALL_GOT, Result.DOUBLED),
        (ALL_HEARD, ALL_GOT[1:], Result.LOST),
        (ALL_HEARD, [answer(FIRST, missing_s=0.1), *ALL_GOT[1:]], Result.LOST),
        (ALL_HEARD, [replace(ALL_GOT[0], heard=""), *ALL_GOT[1:]], Result.LOST),
        (ALL_HEARD, [ALL_GOT[1], ALL_GOT[0], ALL_GOT[2]], Result.LOST),
        (ALL_HEARD, [ALL_GOT[0], *ALL_GOT], Result.DOUBLED),
        (ALL_HEARD, [*ALL_GOT, ALL_GOT[0]], Result.DOUBLED),
    ],
)
def test_words_heard_and_answers_got(heard: list[KeptEntry], got: list[Answer], expected: Result) -> None:
    assert judge(outcome(heard, got)).result is expected


def test_what_was_dropped_may_be_missing_and_nothing_else() -> None:
    assert judge(outcome([ALL_HEARD[0], ALL_HEARD[2]], [ALL_GOT[0], ALL_GOT[2]], [CUT_OFF])).result is Result.TOLD
    assert judge(outcome(ALL_HEARD[1:], ALL_GOT[1:], [CUT_OFF])).result is Result.LOST


def test_runs_that_do_not_come_to_their_end() -> None:
    whole = outcome(ALL_HEARD, ALL_GOT)
    assert judge(replace(whole, hung=True)).result is Result.HUNG
    assert judge(replace(whole, error="ConnectionClosed")).result is Result.BROKEN
    assert judge(replace(whole, left=["a task"])).result is Result.BROKEN
