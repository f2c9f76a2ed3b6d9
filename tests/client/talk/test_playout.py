import pytest

from antiphon.client.talk.playout import Playout

MS = bytes(2)  # at 1 kHz a sample is a millisecond


def playout(**options: float) -> Playout:
    return Playout(1_000, **{"lead_s": 0.1, **options})


def one(samples: int) -> bytes:
    return b"\1\0" * samples


def test_silence_while_there_is_nothing() -> None:
    assert playout().take(20) == bytes(40)


def test_begins_when_the_lead_is_there() -> None:
    playing = playout()
    playing.put(one(60))
    assert playing.take(20) == bytes(40)
    playing.put(one(40))
    assert playing.take(20) == one(20)
    assert playing.waiting_s == pytest.approx(0.08)


def test_begins_when_it_has_waited_long_enough() -> None:
    playing = playout()
    playing.put(one(30))
    assert [playing.take(20) for _ in range(5)] == [bytes(40)] * 5
    assert playing.take(20) == one(20)
    assert playing.take(20) == one(10) + bytes(20)


def test_a_complete_reply_does_not_wait() -> None:
    playing = playout()
    playing.put(one(20))
    playing.end_reply()
    assert playing.take(20) == one(20)
    playing.put(one(20))
    assert playing.take(20) == bytes(40), "the next reply is another one"


def test_has_its_lead_anew_when_it_ran_dry() -> None:
    playing = playout()
    playing.put(one(100))
    assert playing.take(100) == one(100)
    playing.put(one(20))
    assert playing.take(20) == bytes(40)


def test_falls_silent_at_once() -> None:
    playing = playout()
    playing.put(one(200))
    playing.take(20)
    playing.clear()
    assert playing.waiting_s == 0
    assert playing.take(20) == bytes(40)
    playing.put(one(20))
    assert playing.take(20) == bytes(40), "what follows has a lead of its own"


def test_drops_and_counts_what_is_too_much() -> None:
    playing = playout(seconds_max=0.2)
    playing.put(one(150))
    playing.put(one(150))
    assert playing.waiting_s == pytest.approx(0.2)
    assert playing.dropped_s == pytest.approx(0.1)
    assert playing.take(200) == one(200)


def test_knows_how_loud_it_is() -> None:
    playing = playout()
    assert playing.level_dbfs == -120
    playing.put(b"\0\x40" * 100)
    playing.take(50)
    assert playing.level_dbfs == pytest.approx(-6.02, abs=0.01)
    playing.take(50)
    playing.take(50)
    assert playing.level_dbfs == -120
