import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from antiphon.audio.pcm import SPEAKING
from antiphon.errors import SettingsError
from antiphon.recording.picture import facts, fragment, page, rows, write_page
from tests.recording.sample import Stage, asked_and_answered, hum

HOSTILE = "</title></text><script>alert(1)</script><img src=https://evil.example onerror=alert(1)> \" ' & {{ 7 * 7 }}"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag


def hostile() -> Stage:
    stage = Stage()
    stage.open()
    stage.speak(hum(0.5))
    stage.guess(HOSTILE)
    stage.heard(HOSTILE)
    stage.think(HOSTILE)
    stage.call(HOSTILE, **{HOSTILE: HOSTILE})
    stage.answer(HOSTILE, output=HOSTILE)
    stage.say(HOSTILE, hum(1.0, SPEAKING))
    stage.interrupt()
    stage.write(HOSTILE)
    stage.show(b"x", HOSTILE)
    stage.capture.lost(HOSTILE)
    stage.open(HOSTILE)
    return stage


def test_holds_what_happened() -> None:
    text = page(asked_and_answered().timeline(), "talk.jsonl")
    for part in ("<title>talk.jsonl</title>", "Where is it?", "They are lost.", "It is near.", "wss://live.example/ws"):
        assert part in text
    assert re.search(r"\b4\d\d ms\b|\b3\d\d ms\b", text)
    tags = Tags(text).seen
    assert sum(tag == "audio" for tag, _ in tags) == 1
    sound = next(attrs["src"] for tag, attrs in tags if tag == "audio")
    assert sound is not None
    assert sound.startswith("data:audio/mpeg;base64,")
    assert len(base64.b64decode(sound.partition(",")[2])) > 1_000
    assert [attrs["data-at"] for tag, attrs in tags if tag == "button"]


def test_needs_nothing_from_elsewhere() -> None:
    for text in (page(hostile().timeline(), HOSTILE), page(asked_and_answered().timeline())):
        for tag, attrs in Tags(text).seen:
            assert tag not in ("link", "iframe", "object", "img", "base")
            for name in ("src", "href", "xlink:href", "data", "action"):
                assert (attrs.get(name) or "data:").startswith("data:")
            assert not any(name.startswith("on") or name == "style" for name in attrs)
        assert "@import" not in text
        assert "url(" not in text


def test_only_its_own_script_and_style_can_run() -> None:
    text = page(hostile().timeline(), HOSTILE)
    policy = next(attrs["content"] for tag, attrs in Tags(text).seen if tag == "meta" and "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'; media-src data:")
    assert "unsafe" not in policy
    assert "http" not in policy
    for tag in ("script", "style"):
        (source,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_whatever_was_said_is_text() -> None:
    for text in (page(hostile().timeline(), HOSTILE), fragment(hostile().timeline(), HOSTILE)):
        assert text.count("<script") == 1
        assert "<img" not in text
        assert "49" not in re.findall(r"\{\{.*?\}\}|> 49", text)
        assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 8


def test_the_drawing_is_well_formed() -> None:
    text = page(hostile().timeline(), HOSTILE)
    drawing = re.search(r'<svg class="lanes".*?</svg>\s*</div>', text, re.DOTALL)
    assert drawing is not None
    root = ET.fromstring(drawing[0].removesuffix("</div>").strip())
    assert root.find("title") is not None
    assert root.find("desc") is not None
    assert all("%" in line.get("x1", "%") or line.get("class") == "playhead" for line in root.iter("line"))


def test_pieces_for_a_notebook_do_not_share_names() -> None:
    first, second = (fragment(asked_and_answered().timeline()) for _ in range(2))
    names = [set(re.findall(r' id="([^"]+)"', text)) for text in (first, second)]
    assert names[0]
    assert not names[0] & names[1]
    assert "<html" not in first


def test_a_session_without_sound_has_none_to_listen_to() -> None:
    stage = Stage()
    stage.open()
    stage.write("Hello?")
    assert "<audio" not in page(stage.timeline())


def test_what_is_listed() -> None:
    told = asked_and_answered().timeline()
    assert [(row.who, row.text, bool(row.badge)) for row in rows(told)] == [
        ("you", "Where is it?", False),
        ("thought", "They are lost.", False),
        ("model", "It is near.", True),
    ]
    assert rows(told)[0].time == "0:01.5"
    named = dict(facts(told))
    assert named["model"] == "gemini-live"
    assert named["turns"] == "1"
    assert named["tokens"] == "65"
    assert "interruptions" not in named
    assert dict(facts(hostile().timeline()))["interruptions"] == "1"


def test_is_written_to_a_file(tmp_path: Path) -> None:
    told = asked_and_answered().timeline()
    write_page(told, tmp_path / "talk.html", "talk")
    assert (tmp_path / "talk.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(SettingsError, match="--html"):
        write_page(told, tmp_path / "missing" / "talk.html", "talk")
