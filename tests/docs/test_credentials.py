"""The commands and the code of docs/credentials.md, run as they stand."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from antiphon.server import admission
from tests.clients.conftest import run, serving

GUIDE = Path(__file__).parents[2] / "docs" / "credentials.md"
RUN_S = 60


def example(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return block


@pytest.fixture
def antiphon(tmp_path: Path) -> Callable[[str], str]:
    """Run a line that begins with `antiphon`; gives what it printed."""

    def antiphon(line: str) -> str:
        command = [sys.executable, "-m", *shlex.split(line, comments=True)]
        environment = os.environ | {"ANTIPHON_SERVER__DATA_DIR": str(tmp_path)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=RUN_S, check=True)
        return done.stdout + done.stderr

    return antiphon


def test_the_commands(antiphon):
    lines = example("sh").splitlines()
    assert len(lines) == 3
    made, listed, revoked = map(antiphon, lines)
    assert "\nak-" in made or made.startswith("ak-")
    assert re.search(r"phone +good +2 ", listed)
    assert "phone is revoked" in revoked


async def test_the_code_and_the_banner(antiphon, tmp_path):
    key = antiphon("antiphon keys add server").split()[0]
    with serving(tmp_path, "--engines", "scripted", "--tls") as served:
        banner = "".join(served.process.stderr.readline() for _ in range(4))
        assert "1 key: a client needs one" in banner
        script = tmp_path / "example.py"
        script.write_text(f"key, base_url = {key!r}, {served.base_url!r}\n" + example("python"))
        out = await run(sys.executable, script, SSL_CERT_FILE=served.authority)
    assert out.startswith("auth_tokens/")
    assert "T" in out


def test_the_banner_without_keys(tmp_path):
    with serving(tmp_path, "--engines", "scripted") as served:
        banner = "".join(served.process.stderr.readline() for _ in range(4))
    assert "none are configured: every key is accepted, from this machine only" in banner


def test_the_texts():
    quoted = re.findall(r"close 10\d\d `(.*?)…`", GUIDE.read_text(encoding="utf-8"))
    texts = (admission.NO_KEY, admission.BAD_KEY, admission.EXPIRED_KEY, "RESOURCE_EXHAUSTED", "Ephemeral token")
    assert len(quoted) == len(texts)
    assert all(text.startswith(start) for text, start in zip(texts, quoted, strict=True))
