from pathlib import Path

import pytest

from antiphon.bench.report import Finding, read, write
from antiphon.errors import SettingsError
from tests.bench.sample import report


def test_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write(report(), path)
    assert read(path) == report()
    assert path.read_text().count("\n") > 100


def test_a_large_one_is_compressed(tmp_path: Path) -> None:
    path = tmp_path / "report.json.gz"
    write(report(), path)
    assert read(path) == report()
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SettingsError, match="no report of `antiphon bench`"):
        read(path)


@pytest.mark.parametrize("content", ["", "[]", '{"version": 2}', '{"command": "latency"}'])
def test_what_is_no_report_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(SettingsError, match="no report of `antiphon bench`"):
        read(path)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read(tmp_path / "missing.json")
    with pytest.raises(SettingsError, match="cannot be written"):
        write(report(), tmp_path / "no" / "report.json")


@pytest.mark.parametrize(
    ("value", "wanted", "met"),
    [(0.6, "<= 0.6", True), (0.61, "<= 0.6", False), (300, ">= 300", True), (299, ">= 300", False), (1, "", None)],
)
def test_a_finding_is_held_against_its_bound(value: float, wanted: str, met: bool | None) -> None:
    assert Finding(what="x", value=value, wanted=wanted).met is met


def test_metrics_and_sides_are_found_by_name() -> None:
    assert report().metric("first_ms").unit == "ms"
    assert report().metric("unheard of").unit == ""
    assert report().sides == ("quick", "slow")
