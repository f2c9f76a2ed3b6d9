"""The page that is shipped is the one these sources give."""

import shutil
import subprocess
from pathlib import Path

import pytest

from antiphon.server.console import PAGES

CONSOLE = Path(__file__).parents[2] / "console"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (CONSOLE / "node_modules").exists(), reason="the page is built with Node"
)


def test_the_files_are_built_from_these_sources(tmp_path):
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=CONSOLE, check=True, capture_output=True)
    built, shipped = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in (tmp_path, PAGES))
    assert built == shipped, "`make console` builds them anew"
