"""The code of docs/client.md, run as it stands under `antiphon run`."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "client.md"
RUN_S = 60

LINES, EVENTS = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture
def question(tmp_path: Path) -> Path:
    return Path(shutil.copy(ROOT / "examples" / "where_is_the_nearest_train_station.wav", tmp_path / "question.wav"))


@pytest.mark.parametrize("endpoint", ["antiphon", "gemini", "vertex"])
@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (LINES, r"You said: speech of 1\.\d seconds\.\n"),
        (EVENTS, r"you: speech of 1\.\d seconds\nmodel: You .*\.\n1\.9 s of voice, after 0\.\d\d s\n"),
    ],
)
def test_the_code(question: Path, code: str, printed: str, endpoint: str) -> None:
    script = question.with_name("example.py")
    script.write_text(code)
    command = ["-m", "antiphon", "run", "--engines", "scripted", "--", sys.executable, "example.py"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=question.parent,
        env=os.environ | {"ANTIPHON_ENDPOINT": endpoint},
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(printed, done.stdout, re.DOTALL)
