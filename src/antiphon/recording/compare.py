"""Two sessions with the same input, turn by turn: what was heard, said and called, and how long it took."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest

from antiphon.recording.timeline import Call, Timeline, Turn

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Side:
    """One session's part of a turn."""

    heard: str = ""
    said: str = ""
    calls: tuple[str, ...] = ()
    latency_s: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A turn in both sessions."""

    number: int
    before: Side
    after: Side

    @property
    def heard_same(self) -> bool:
        return words(self.before.heard) == words(self.after.heard)

    @property
    def said_same(self) -> bool:
        return words(self.before.said) == words(self.after.said)

    @property
    def calls_same(self) -> bool:
        return self.before.calls == self.after.calls

    @property
    def same(self) -> bool:
        """The same words and calls; how long they took does not count."""
        return self.heard_same and self.said_same and self.calls_same

    def facts(self) -> dict[str, object]:
        """All of it, as JSON values."""
        return {"turn": self.number, "same": self.same, "recorded": asdict(self.before), "now": asdict(self.after)}


def compared(before: Timeline, after: Timeline) -> list[Pair]:
    """Pair the turns of two sessions in their order; where one has more, the other's part is empty."""
    sides = zip_longest(_sides(before), _sides(after), fillvalue=Side())
    return [Pair(number, first, second) for number, (first, second) in enumerate(sides, start=1)]


def words(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return _WORD.findall(text.casefold())


def _sides(timeline: Timeline) -> list[Side]:
    sides = []
    since_s = 0.0
    for turn in timeline.turns:
        last = turn is timeline.turns[-1]
        calls = [call for call in timeline.calls if since_s <= call.start_s and (last or call.start_s < turn.end_s)]
        sides.append(_side(turn, calls))
        since_s = turn.end_s
    if not timeline.turns and (timeline.heard or timeline.calls):
        heard = " ".join(said.text for said in timeline.heard)
        sides.append(Side(heard=heard, calls=tuple(_written(call) for call in timeline.calls)))
    return sides


def _side(turn: Turn, calls: Sequence[Call]) -> Side:
    """With what was cut off before it was heard: when that is differs from run to run."""
    said = f"{turn.said} {turn.unheard}".strip()
    return Side(turn.heard, said, tuple(_written(call) for call in calls), turn.latency_s)


def _written(call: Call) -> str:
    args = ", ".join(f"{name}={call.args[name]!r}" for name in sorted(call.args))
    return f"{call.name}({args})"
