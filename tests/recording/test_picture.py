import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from antiphon.errors import SettingsError
from antiphon.recording.picture import fragment, page, picture, write_page
from tests.recording.sample import HOSTILE, Stage, asked_and_answered, hostile


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag


def drawn(text: str) -> dict[str, object]:
    """What a page has in it to draw."""
    (session,) = re.findall(r'<script type="application/json" id="session">(.*?)</script>', text, re.DOTALL)
    return json.loads(session)


def test_tells_what_happened() -> None:
    told = json.loads(picture(asked_and_answered().timeline(), "talk.jsonl"))
    assert told["title"] == "talk.jsonl"
    assert ["model", "gemini-live"] in told["facts"]
    assert [row["text"] for row in told["rows"]] == ["Where is it?", "They are lost.", "It is near."]
    assert told["rows"][2]["waited"].endswith(" ms")
    assert told["session"]["said"][0]["text"] == "It is near."
    assert told["sound"].startswith("data:audio/mpeg;base64,")
    assert len(base64.b64decode(told["sound"].partition(",")[2])) > 1_000


def test_an_outline_rises_where_the_sound_does() -> None:
    peaks = json.loads(picture(asked_and_answered().timeline()))["peaks"]
    user, model = (base64.b64decode(peaks[name]) for name in ("user", "model"))
    assert len(user) == len(model) == pytest.approx(3.5 / 0.02, abs=8)
    assert max(user[10:50]) == pytest.approx(0.3 * 255, abs=2)
    assert max(user[80:]) == 0
    assert max(model[:70]) == 0
    assert min(model[80:150]) > 0


def test_a_call_is_told_as_code() -> None:
    stage = Stage()
    stage.open()
    stage.call("f", what="<x>")
    assert [call["told"] for call in json.loads(picture(stage.timeline()))["session"]["calls"]] == ["f(what='<x>')"]


def test_a_page_has_all_of_it() -> None:
    timeline = asked_and_answered().timeline()
    assert drawn(page(timeline, "talk.jsonl")) == json.loads(picture(timeline, "talk.jsonl"))
    assert "<title>talk.jsonl</title>" in page(timeline, "talk.jsonl")


def test_a_page_needs_nothing_from_elsewhere() -> None:
    for text in (page(hostile().timeline(), HOSTILE), page(asked_and_answered().timeline())):
        for tag, attrs in Tags(text).seen:
            assert tag not in ("link", "iframe", "object", "img", "base")
            assert not attrs.keys() & {"src", "href", "xlink:href", "data", "action", "style"}
            assert not any(name.startswith("on") for name in attrs)
        assert "@import" not in text
        assert "url(" not in text


def test_only_its_own_script_and_style_can_run() -> None:
    text = page(hostile().timeline(), HOSTILE)
    policy = next(attrs["content"] for tag, attrs in Tags(text).seen if tag == "meta" and "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'; media-src data:")
    assert "unsafe" not in policy
    assert "http" not in policy
    for tag, opening in (("script", '<script type="module">'), ("style", "<style>")):
        (source,) = re.findall(rf"{opening}(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_whatever_was_said_is_data() -> None:
    text = page(hostile().timeline(), HOSTILE)
    assert [tag for tag, _ in Tags(text).seen if tag in ("script", "img")] == ["script", "script"]
    assert "<img" not in text.replace("&lt;img", "")
    said = [row["text"] for row in drawn(text)["rows"]]
    assert said.count(HOSTILE) == 4


def test_a_notebook_shows_the_page_in_a_frame_that_shares_nothing() -> None:
    timeline = hostile().timeline()
    (div, frame) = Tags(fragment(timeline, HOSTILE)).seen
    assert div == ("div", {"class": "antiphon-recording"})
    assert frame[0] == "iframe"
    assert frame[1]["sandbox"] == "allow-scripts"
    assert frame[1]["srcdoc"] == page(timeline, HOSTILE)


def test_a_session_without_sound_has_none_to_listen_to() -> None:
    stage = Stage()
    stage.open()
    stage.write("Hello?")
    assert json.loads(picture(stage.timeline()))["sound"] is None


def test_is_written_to_a_file(tmp_path: Path) -> None:
    told = asked_and_answered().timeline()
    write_page(told, tmp_path / "talk.html", "talk")
    assert (tmp_path / "talk.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(SettingsError, match="--html"):
        write_page(told, tmp_path / "missing" / "talk.html", "talk")
