"""The picture of a session: one HTML page that needs nothing else, or the part of it that goes into another page."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from jinja2 import Environment, PackageLoader, StrictUndefined

from antiphon.errors import SettingsError
from antiphon.recording.drawing import clock, drawing_of, milliseconds, told
from antiphon.recording.mixdown import mixed
from antiphon.recording.timeline import MarkKind, Timeline, Words

_TEMPLATES = Environment(
    loader=PackageLoader("antiphon.recording", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the conversation as it is listed."""

    at_s: float
    kind: str
    who: str
    text: str
    unheard: str = ""
    badge: str = ""

    @property
    def time(self) -> str:
        """When, for people to read."""
        return clock(self.at_s)


def page(timeline: Timeline, title: str = "A recorded session") -> str:
    """Draw a session as a whole HTML page, with its sound in it. It loads nothing and can run no script but its own."""
    style, script = _source("picture.css"), _source("picture.js")
    return _TEMPLATES.get_template("page.html.j2").render(
        **_content(timeline, title), style=style, script=script, style_sum=_sum(style), script_sum=_sum(script)
    )


def fragment(timeline: Timeline, title: str = "A recorded session") -> str:
    """Draw the same to be put into another page, such as a notebook's."""
    content = _content(timeline, title)
    template = _TEMPLATES.get_template("fragment.html.j2")
    return template.render(**content, style=_source("picture.css"), script=_source("picture.js"))


def write_page(timeline: Timeline, path: Path, title: str) -> None:
    """Write the page to a file; raises SettingsError when that cannot be done."""
    try:
        path.write_text(page(timeline, title), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--html {path} cannot be written ({error.strerror}): name another file") from None


def _content(timeline: Timeline, title: str) -> dict[str, object]:
    mime_type, sound = mixed(timeline.user_sound, timeline.model_sound, timeline.seconds)
    return {
        "id": f"antiphon-{next(_numbers)}",
        "title": title,
        "timeline": timeline,
        "drawing": drawing_of(timeline),
        "facts": list(facts(timeline)),
        "rows": rows(timeline),
        "sound": f"data:{mime_type};base64,{base64.b64encode(sound).decode()}",
        "silent": not timeline.user_sound and not timeline.model_sound,
    }


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
    badge = "" if not latencies or latencies[0] is None else milliseconds(latencies[0])
    return Row(words.start_s, "model", "model", words.text, words.unheard, badge)


def _source(name: str) -> str:
    loader = _TEMPLATES.loader
    assert loader is not None
    return loader.get_source(_TEMPLATES, name)[0]


def _sum(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
