"""`antiphon run`: programs that know nothing of it, without an edit."""

import ast
import inspect
import os
import re
import sys
import textwrap
import wave
from pathlib import Path

import pytest
from google.genai.live import AsyncSession

from tests.clients.conftest import HERE, run
from tests.clients.test_foreign import needs_node
from tests.server.conftest import tone

CLOUD = {"GOOGLE_GENAI_USE_VERTEXAI": "true"}
PROJECT = {**CLOUD, "GOOGLE_CLOUD_PROJECT": "my-project", "GOOGLE_CLOUD_LOCATION": "us-central1"}
PRODUCTS = [pytest.param({}, id="developer"), pytest.param(CLOUD, id="express"), pytest.param(PROJECT, id="vertex")]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without anything of Google's."""
    for name in os.environ:
        if name.startswith(("GOOGLE_", "GEMINI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "nothing"))


async def antiphon_run(*command: str | Path, **environment: str) -> str:
    return await run(sys.executable, "-m", "antiphon", "run", "--engines", "scripted", "--", *command, **environment)


@pytest.mark.parametrize("environment", PRODUCTS)
async def test_python(environment):
    out = await antiphon_run(sys.executable, HERE / "quickstart" / "ask.py", **environment)
    assert out == "You said: Hello? Gemini are you there?"


@needs_node
@pytest.mark.parametrize("environment", PRODUCTS)
async def test_node(environment):
    out = await antiphon_run("node", HERE / "node" / "quickstart.mjs", **environment)
    assert "You said: Hello how are you?" in out


async def test_a_project_in_the_program_and_default_credentials(tmp_path):
    (tmp_path / "question.pcm").write_bytes(tone(440, 600))
    script = HERE / "quickstart" / "listen.py"
    await antiphon_run(sys.executable, script, tmp_path / "question.pcm", tmp_path / "answer.wav")
    with wave.open(str(tmp_path / "answer.wav")) as answer:
        assert answer.getnframes() > 12_000


async def test_the_example_in_the_vendors_package(tmp_path):
    """As it stands in the SDK's own documentation, run as in its notebooks, with await at the top."""
    (example,) = re.findall(r"\.\. code-block:: python\n\n(.*)", inspect.getdoc(AsyncSession.send_tool_response), re.S)
    (tmp_path / "example.py").write_text(textwrap.dedent(example))
    (tmp_path / "notebook.py").write_text(
        "import asyncio, pathlib, sys\n"
        f"code = compile(pathlib.Path(sys.argv[1]).read_text(), 'example', 'exec', {ast.PyCF_ALLOW_TOP_LEVEL_AWAIT})\n"
        "asyncio.run(eval(code))\n"
    )
    out = await antiphon_run(sys.executable, tmp_path / "notebook.py", tmp_path / "example.py")
    assert "lights" in out
