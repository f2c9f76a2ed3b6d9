"""Notebooks run as their readers run them: in a process of their own, every cell."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.google.fake import SWITCHES

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.py"
RUN_S = 120


@dataclass
class Ran:
    """A notebook that was executed, up to its end or to the cell that failed."""

    notebook: NotebookNode
    fault: str
    """What the cell that failed raised."""

    def outputs(self, section: int) -> list[NotebookNode]:
        """What the cells of a section, `## 3. Three lines`, gave."""
        found, here = [], 0
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                found += cell.outputs if here == section else []
            else:
                here = int(([str(here), *re.findall(r"^## (\d+)\.", cell.source, re.MULTILINE)])[-1])
        return found

    def printed(self, section: int) -> str:
        return "".join(output.text for output in self.outputs(section) if output.output_type == "stream")

    def html(self, section: int) -> str:
        return "".join(output.data.get("text/html", "") for output in self.outputs(section) if "data" in output)


async def execute(folder: Path, environment: Mapping[str, str], *under: str, cwd: Path = ROOT) -> Ran:
    """Run the tutorial, under another command if there is one; what it leaves behind goes into the folder."""
    kept = folder / "executed.ipynb"
    inherited = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    places = dict.fromkeys(("IPYTHONDIR", "TMPDIR", "ANTIPHON_SERVER__DATA_DIR"), str(folder))
    process = await asyncio.create_subprocess_exec(
        *(*under, sys.executable, str(TUTORIAL), "--execute", str(kept)),
        env=inherited | places | dict(environment),
        cwd=cwd,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(RUN_S):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert kept.exists(), said.decode()
    fault = said.decode().partition("docs/tutorial.md: ")[2] if process.returncode else ""
    return Ran(nbformat.read(kept, as_version=4), fault)
