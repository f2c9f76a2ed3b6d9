"""The command as it is; the SDKs under it are in tests/clients/test_run.py."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Antiphon

TELL = "import json, os, sys; print(json.dumps(dict(os.environ))); sys.exit(7)"
WAIT_S = 60


def test_the_program_is_told_and_nobody_else(tmp_path: Path) -> None:
    before = dict(os.environ)
    done = subprocess.run(
        [sys.executable, "-m", "antiphon", "run", "--engines", "scripted", "--", sys.executable, "-c", TELL],
        capture_output=True, text=True, timeout=WAIT_S, check=False,
        env=before | {"ANTIPHON_SERVER__DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert done.returncode == 7
    assert f"antiphon listens on {told['ANTIPHON_URL']} for {sys.executable}\n" in done.stderr
    assert not Path(told["SSL_CERT_FILE"]).exists()
    assert list(tmp_path.iterdir()) == []
    assert dict(os.environ) == before


async def test_no_such_command(antiphon: Antiphon) -> None:
    done = await antiphon("run", "--", "nosuch", "--flag")
    assert (done.status, done.out) == (127, "")
    assert done.err == "antiphon: nosuch: there is no such command\n"


async def test_an_endpoint_needs_its_model(antiphon: Antiphon) -> None:
    done = await antiphon("run", "--llm-url", "http://127.0.0.1:1/v1", "--", "sh")
    assert done.status == 2
    assert "--llm-model" in done.err


async def test_help_teaches_by_examples(antiphon: Antiphon) -> None:
    done = await antiphon("run", "--help")
    assert done.status == 0
    for words in ("antiphon run -- python assistant.py", "ANTIPHON_URL", "Exit status", "placeholders"):
        assert words in done.out
