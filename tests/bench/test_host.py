import logging

from antiphon.bench.host import Turns
from tests.bench.sample import TIMES


def test_the_times_of_turns_are_taken_once() -> None:
    turns, log = Turns(), logging.Logger("test")
    log.addHandler(turns)
    log.info("session=%s %s", "an-id", TIMES)
    log.info("nothing to see")
    assert turns.taken() == (TIMES,)
    assert turns.taken() == ()
