import logging

from antiphon.bench.host import Turns
from antiphon.runtime.trace import TurnTimes
from antiphon.session.events import TurnId

TIMES = TurnTimes(
    turn=TurnId(1),
    drafted=True,
    drafts_wasted=2,
    recognising_s=0.0,
    first_token_s=0.1,
    first_clause_s=0.2,
    first_audio_s=0.3,
)


def test_the_times_of_turns_are_taken_once() -> None:
    turns, log = Turns(), logging.Logger("test")
    log.addHandler(turns)
    log.info("session=%s %s", "an-id", TIMES)
    log.info("nothing to see")
    assert turns.taken() == (TIMES,)
    assert turns.taken() == ()
