import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from antiphon.bench.drawing import drawn
from antiphon.bench.page import page, picture_file, write_page
from antiphon.errors import SettingsError
from tests.bench.sample import report

HOSTILE = "</title></svg><script>alert(1)</script><img src=https://evil.example onerror=alert(1)> \" ' & {{ 7 * 7 }}"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_holds_figures_findings_pictures_and_limits() -> None:
    text = page(report())
    for part in (
        "How long does it take?",
        "quick to slow",
        "Waits against load",
        "Nothing is faster than light.",
        "met",
    ):
        assert part in text
    assert text.count('class="picture"') == 3
    assert "Compared with before" not in text


def test_is_well_formed_and_alone() -> None:
    text = page(report(), report(2.0))
    tags = Tags(text)
    assert tags.open == []
    assert not re.search(r"https?://|@import|url\(", text)
    assert not {tag for tag, _ in tags.seen} & {"script", "link", "img", "iframe", "object"}
    assert not [attrs for _, attrs in tags.seen if attrs.keys() & {"src", "href", "style"}]
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ET.fromstring(svg)


def test_its_style_is_the_only_one_allowed() -> None:
    text = page(report())
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    allowed = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{allowed}'" in text
    assert "prefers-color-scheme: dark" in style[1]


def test_what_others_said_is_text() -> None:
    hostile = replace(
        report(name=HOSTILE), samples=tuple(replace(each, item=HOSTILE, note=HOSTILE) for each in report().samples)
    )
    text = page(hostile)
    assert "<script" not in text
    assert "<img" not in text
    assert "{{ 7 * 7 }}" in text


def test_a_report_of_before_stands_beside(tmp_path: Path) -> None:
    text = page(report(), report(2.0))
    assert "Compared with before" in text
    assert "before: quick" in text
    write_page(report(), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == page(report())
    with pytest.raises(SettingsError, match="cannot be written"):
        write_page(report(), tmp_path / "no" / "a.html")


def test_a_picture_is_a_file_of_its_own_too() -> None:
    shown = drawn(report(), report().pictures[2])
    assert shown is not None
    root = ET.fromstring(picture_file(shown))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root) == len(shown.shapes) + 2
