"""The README's examples, run as they stand but for the port."""

import re
import sys
from pathlib import Path

from tests.clients.conftest import HERE, Served, run
from tests.clients.test_foreign import needs_node

README = HERE.parent.parent / "README.md"


def example(language: str, served: Served) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    return blocks[-1].replace("127.0.0.1:8765", served.url.partition("//")[2])


def test_the_three_lines_are_those_of_the_guide():
    (lines, _) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    assert lines in (README.parent / "docs" / "client.md").read_text(), "where they are run"


async def test_python(scripted_tls: Served, tmp_path: Path):
    script = tmp_path / "example.py"
    script.write_text(example("python", scripted_tls))
    out = await run(sys.executable, script, SSL_CERT_FILE=scripted_tls.authority)
    assert out == "You said: Where is the nearest train station?"


@needs_node
async def test_javascript(scripted: Served):
    script = HERE / "node" / "example_of_readme.mjs"
    script.write_text(example("js", scripted))
    try:
        assert await run("node", script) == "You said: Where is the nearest train station?"
    finally:
        script.unlink()
