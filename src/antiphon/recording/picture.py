"""The picture of a session: what the console draws of it, or all of that as one page that needs nothing else."""

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from antiphon.errors import SettingsError
from antiphon.recording.listing import Row, facts, rows, told
from antiphon.recording.loud import peaks
from antiphon.recording.mixdown import mixed
from antiphon.recording.placing import Placed
from antiphon.recording.timeline import Timeline

_TEMPLATES = Environment(
    loader=PackageLoader("antiphon.recording", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES = files("antiphon") / "pages"
"""What console/ is built into."""

_UNTITLED = "A recorded session"


def picture(timeline: Timeline, title: str = _UNTITLED) -> bytes:
    """Tell all there is to draw of a session as JSON (console/src/recorded/recorded.ts), with its sound."""
    calls = [{"start_s": call.start_s, "end_s": call.end_s, "told": told(call)} for call in timeline.calls]
    return msgspec.json.encode(
        {
            "title": title,
            "facts": list(facts(timeline)),
            "rows": [_row(row) for row in rows(timeline)],
            "session": timeline.facts() | {"calls": calls},
            "peaks": {
                "user": _outline(timeline.user_sound, timeline.seconds),
                "model": _outline(timeline.model_sound, timeline.seconds),
            },
            "sound": _sound(timeline),
        }
    )


def page(timeline: Timeline, title: str = _UNTITLED) -> str:
    """Draw a session as a whole HTML page, with its sound in it. It loads nothing and can run no script but its own."""
    style, script = _source("style.css"), _source("recorded.js")
    return _TEMPLATES.get_template("page.html.j2").render(
        title=title,
        antiphon=timeline.header.antiphon,
        session=picture(timeline, title).decode().replace("<", "\\u003c"),
        style=style,
        script=script,
        style_sum=_sum(style),
        script_sum=_sum(script),
    )


def fragment(timeline: Timeline, title: str = _UNTITLED) -> str:
    """Draw the same to be put into another page, such as a notebook's: in a frame that shares nothing with it."""
    return _TEMPLATES.get_template("frame.html.j2").render(title=title, page=page(timeline, title))


def write_page(timeline: Timeline, path: Path, title: str) -> None:
    """Write the page to a file; raises SettingsError when that cannot be done."""
    try:
        path.write_text(page(timeline, title), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--html {path} cannot be written ({error.strerror}): name another file") from None


def _row(row: Row) -> dict[str, object]:
    return {
        "at": round(row.at_s, 3),
        "kind": row.kind,
        "who": row.who,
        "text": row.text,
        "unheard": row.unheard,
        "waited": row.waited,
    }


def _outline(sound: Iterable[Placed], seconds: float) -> str:
    return _base64((peaks(sound, seconds) * 255).round().clip(0, 255).astype(np.uint8).tobytes())


def _sound(timeline: Timeline) -> str | None:
    if not timeline.user_sound and not timeline.model_sound:
        return None
    mime_type, sound = mixed(timeline.user_sound, timeline.model_sound, timeline.seconds)
    return f"data:{mime_type};base64,{_base64(sound)}"


def _source(name: str) -> str:
    return (_PAGES / name).read_text(encoding="utf-8")


def _sum(source: str) -> str:
    return "sha256-" + _base64(hashlib.sha256(source.encode()).digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
