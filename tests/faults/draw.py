"""Plans made from seeds."""

import random
from collections.abc import Callable

from antiphon.config import Client
from tests.faults.plan import (
    Call,
    GoAway,
    Happening,
    Kill,
    Kind,
    Microphone,
    Moment,
    Patience,
    Plan,
    Restart,
    Saying,
    Strike,
    Tone,
    Typed,
)
from tests.faults.proxy import Break, Direction, Fault

RATE_HZ_STEP = 50
WORDS = ("apple", "river", "candle", "winter", "garden", "silver", "thunder", "paper")

QUICK = Client(
    open_wait_s=3.0,
    setup_wait_s=3.0,
    close_wait_s=0.5,
    ping_interval_s=0.5,
    silent_s_max=2.0,
    backoff_s=0.1,
    backoff_s_max=1.0,
    leave_margin_s=0.5,
)
"""Limits scaled so that a run takes seconds."""

ORDER = (
    *(Kind.CUT,) * 8,
    *(Kind.HANDSHAKE,) * 3,
    *(Kind.FREEZE,) * 3,
    *(Kind.FREEZE_LEFT,) * 3,
    *(Kind.HALF_OPEN,) * 4,
    *(Kind.SLOW,) * 3,
    *(Kind.KILL,) * 4,
    *(Kind.FORGET,) * 2,
    *(Kind.RESTART,) * 1,
    *(Kind.GO_AWAY,) * 3,
    *(Kind.GO_AWAY_IGNORED,) * 2,
    *(Kind.SEVERAL,) * 6,
    *(Kind.OVERFLOW,) * 2,
    *(Kind.NONE,) * 1,
)
"""Of so many seeds in a row, each kind its share."""


def drawn(seed: int, kind: Kind | None = None) -> Plan:
    """Make the run of a seed; of a certain kind if that is asked."""
    chance = random.Random(seed)
    if kind is None:
        kind = Kind.FREEZE_30 if seed % 50 == 49 else ORDER[seed % len(ORDER)]
    patience = chance.choices(list(Patience), (4, 3, 4))[0]
    hurried = patience is Patience.NONE
    sayings = _sayings(chance, chance.randint(2, 4 if hurried else 3), spoken=hurried)
    manual = chance.random() < 0.15
    return Plan(
        seed=seed,
        kind=kind,
        sayings=sayings,
        strikes=tuple(_strikes(kind, chance, len(sayings))),
        microphone=Microphone.STOPS if manual else chance.choice(list(Microphone)),
        patience=patience,
        speed=1.0 if kind is Kind.FREEZE_30 else chance.choice((1.0, 2.0, 3.0, 4.0)),
        gap_s=chance.uniform(0.3, 0.9),
        transparent=chance.random() < 0.7,
        manual=manual,
        written=chance.random() < 0.15,
        latency_s=chance.choice((0.0, 0.0, 0.05, 0.2)),
        first_resets=chance.randint(0, 2) if kind is Kind.HANDSHAKE else 0,
        limits=_limits(kind),
        run_s_max=150.0 if kind in (Kind.FREEZE_30, Kind.SLOW) else 45.0,
    )


def _sayings(chance: random.Random, count: int, *, spoken: bool) -> tuple[Saying, ...]:
    rates = chance.sample(range(300, 2_000, RATE_HZ_STEP), count)
    words = chance.sample(WORDS, count)
    sayings: list[Saying] = []
    for rate_hz, word in zip(rates, words, strict=True):
        made = chance.choices(("tone", "typed", "call"), (1, 0, 0) if spoken else (6, 1, 1))[0]
        match made:
            case "tone":
                sayings.append(Tone(rate_hz, chance.choice((0.6, 0.7, 0.8))))
            case "typed":
                sayings.append(Typed(f"remember {word}"))
            case "call":
                sayings.append(Call(word.title()))
    return tuple(sayings)


def _limits(kind: Kind) -> Client:
    match kind:
        case Kind.FREEZE_30:
            return Client()
        case Kind.SLOW:
            return QUICK.model_copy(update={"silent_s_max": 15.0})
        case Kind.OVERFLOW:
            return QUICK.model_copy(update={"kept_s_max": 1.0})
        case _:
            return QUICK


def _strikes(kind: Kind, chance: random.Random, sayings: int) -> list[Strike]:
    makers = _MAKERS[kind]
    count = chance.randint(2, 4) if kind is Kind.SEVERAL else len(makers) and 1
    strikes = []
    for _ in range(count):
        what = chance.choice(makers)(chance)
        strikes.append(Strike(chance.randrange(sayings), chance.choice(list(Moment)), chance.random(), what))
    return strikes


def _cut(chance: random.Random, resets: int = 0) -> Fault:
    kind = chance.choice((Break.RESET, Break.END))
    direction = chance.choice(list(Direction))
    late = chance.random()
    return Fault(
        kind,
        direction,
        after_bytes=chance.choice((0, chance.randint(1, 6_000), chance.randint(1, 90_000))) if late < 0.6 else 0,
        after_s=chance.uniform(0.0, 0.4) if late >= 0.8 else 0.0,
        resets=resets,
    )


def _handshake(chance: random.Random) -> Fault:
    return _cut(chance, chance.randint(1, 4))


def _freeze(chance: random.Random) -> Fault:
    return Fault(Break.FREEZE, seconds=chance.uniform(0.2, 1.2))


def _freeze_left(chance: random.Random) -> Fault:
    return Fault(Break.FREEZE, seconds=chance.uniform(2.5, 3.5))


def _freeze_30(chance: random.Random) -> Fault:
    return Fault(Break.FREEZE, seconds=30.0)


def _half_open(chance: random.Random) -> Fault:
    return Fault(Break.DEAD, chance.choice(list(Direction)), after_bytes=chance.choice((0, chance.randint(1, 20_000))))


def _slow(chance: random.Random) -> Fault:
    return Fault(Break.SLOW, seconds=chance.choice((2.0, 4.0, 6.0)))


def _kill(chance: random.Random) -> Kill:
    return Kill(chance.uniform(0.0, 1.0))


def _forget(chance: random.Random) -> Kill:
    return Kill(chance.uniform(0.0, 0.5), forgets=True)


def _restart(chance: random.Random) -> Restart:
    return Restart()


def _go_away(chance: random.Random) -> GoAway:
    return GoAway(chance.choice((0.6, 1.5, 4.0)))


def _go_away_ignored(chance: random.Random) -> GoAway:
    return GoAway(chance.uniform(0.2, 0.8), ignored=True)


_MAKERS: dict[Kind, tuple[Callable[[random.Random], Happening], ...]] = {
    Kind.NONE: (),
    Kind.CUT: (_cut,),
    Kind.HANDSHAKE: (_handshake,),
    Kind.FREEZE: (_freeze,),
    Kind.FREEZE_LEFT: (_freeze_left,),
    Kind.FREEZE_30: (_freeze_30,),
    Kind.HALF_OPEN: (_half_open,),
    Kind.SLOW: (_slow,),
    Kind.KILL: (_kill,),
    Kind.FORGET: (_forget,),
    Kind.RESTART: (_restart,),
    Kind.GO_AWAY: (_go_away,),
    Kind.GO_AWAY_IGNORED: (_go_away_ignored,),
    Kind.SEVERAL: (_cut, _cut, _handshake, _freeze, _freeze_left, _half_open, _kill, _go_away),
    Kind.OVERFLOW: (_half_open, _freeze_left),
}
