import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from antiphon.bench.report import write
from tests.bench.sample import report

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def performance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a folder of its own."""
    spec = importlib.util.spec_from_file_location("performance", ROOT / "docs" / "performance.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    monkeypatch.setattr(module, "PAGE", tmp_path / "performance.md")
    return module


def test_the_page_is_todays() -> None:
    done = subprocess.run(
        [sys.executable, "docs/performance.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_report_is_a_section_with_its_pictures_and_limits(performance: ModuleType, tmp_path: Path) -> None:
    write(report(command="overhead"), tmp_path / "a.json")
    write(report(), tmp_path / "b.json")
    files = {path.name: text for path, text in performance.files()}
    text = files["performance.md"]
    assert text.index("antiphon bench latency") < text.index("antiphon bench overhead")
    for part in ("**0.50 x**", "0.40 to 0.70", "<= 0.6", "- Nothing is faster than light.", "(performance/b.json)"):
        assert part in text
    assert {"a-1.svg", "a-3.svg", "b-1.svg", "b-3.svg"} == files.keys() - {"performance.md"}
    assert "](performance/b-3.svg)" in text


def test_an_old_page_is_found(performance: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(report(), tmp_path / "b.json")
    performance.main()
    monkeypatch.setattr(sys, "argv", ["performance.py", "--check"])
    performance.main()
    write(report(2.0), tmp_path / "b.json")
    with pytest.raises(SystemExit, match="performance"):
        performance.main()
