"""A session as people read it: what it is, and its conversation line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from antiphon.recording.timeline import Call, MarkKind, Timeline, Words


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the conversation."""

    at_s: float
    kind: str
    who: str
    text: str
    unheard: str = ""
    waited: str = ""
    """How long from the end of the user's speech to the first sound."""

    @property
    def time(self) -> str:
        """When, for people to read."""
        return clock(self.at_s)


def facts(timeline: Timeline) -> Iterator[tuple[str, str]]:
    """What a session is, in names and values."""
    header = timeline.header
    latencies = [turn.latency_s for turn in timeline.turns if turn.latency_s is not None]
    if timeline.model:
        yield "model", timeline.model.rpartition("/")[2]
    yield "endpoint", header.endpoint
    yield "seen from", f"the {header.seen_from}"
    yield "recorded", f"{header.started_at:%Y-%m-%d %H:%M} UTC" if header.started_at.tzinfo else str(header.started_at)
    yield "length", clock(timeline.seconds) + ("" if timeline.finished else " (not closed)")
    yield "turns", str(len(timeline.turns))
    if latencies:
        yield "latency", f"{milliseconds(median(latencies))} median, {milliseconds(max(latencies))} longest"
    for name, kinds in _COUNTED:
        if number := sum(mark.kind in kinds for mark in timeline.marks):
            yield name, str(number)
    if tokens := sum(turn.usage.total_token_count for turn in timeline.turns if turn.usage is not None):
        yield "tokens", f"{tokens:,}"


_COUNTED = (
    ("interruptions", (MarkKind.INTERRUPTED,)),
    ("reconnections", (MarkKind.RESUMED, MarkKind.FRESH)),
    ("dropped", (MarkKind.DROPPED,)),
)


def rows(timeline: Timeline) -> list[Row]:
    """The conversation as a list, in the order of its time."""
    found = [Row(words.start_s, "user", "you wrote", words.text) for words in timeline.wrote]
    found += [Row(words.start_s, "user", "you", words.text) for words in timeline.heard]
    found += [Row(words.start_s, "thought", "thought", words.text) for words in timeline.thoughts]
    found += [_said(timeline, words) for words in timeline.said]
    found += [Row(call.start_s, "tool", "called", told(call, long=True)) for call in timeline.calls]
    shown = (mark for mark in timeline.marks if mark.kind is not MarkKind.TURN_ENDED)
    found += [Row(mark.at_s, "mark", mark.kind.value, mark.text) for mark in shown]
    return sorted(found, key=lambda row: row.at_s)


def _said(timeline: Timeline, words: Words) -> Row:
    latencies = [turn.latency_s for turn in timeline.turns if turn.start_s == words.start_s]
    waited = "" if not latencies or latencies[0] is None else milliseconds(latencies[0])
    return Row(words.start_s, "model", "model", words.text, words.unheard, waited)


def told(call: Call, *, long: bool = False) -> str:
    """Write a call and its result as a line of code."""
    args = ", ".join(f"{name}={value!r}" for name, value in call.args.items())
    result = "" if call.result is None else f" → {', '.join(f'{value}' for value in call.result.values())}"
    ending = " (cancelled)" if call.cancelled else result if long or result else ""
    return f"{call.name}({args}){ending}"


def clock(seconds: float) -> str:
    """Write a time as people do: 0:07.4."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def milliseconds(seconds: float) -> str:
    """Write a latency: 412 ms, or 12.1 s."""
    return f"{round(seconds * 1_000)} ms" if seconds < 10 else f"{seconds:.1f} s"
