"""`antiphon serve` as its users start it: a process of its own, with its certificate, reached by foreign clients."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

START_S = 120
STOP_S = 20
RUN_S = 120
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Served:
    """Where a server listens, and what its clients must trust."""

    url: str
    authority: Path | None
    process: subprocess.Popen[str]

    @property
    def base_url(self) -> str:
        return self.url.replace("ws", "http", 1)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@contextmanager
def serving(data_dir: Path, *flags: str, **environment: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "antiphon", "serve", "--port", "0", *flags]
    told = os.environ | {"ANTIPHON_SERVER__DATA_DIR": str(data_dir)} | environment
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=told) as process:
        try:
            authority = data_dir / "tls" / "authority.pem" if "--tls" in flags else None
            yield Served(_announced(process), authority, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STOP_S)


def _announced(process: subprocess.Popen[str]) -> str:
    """Read what the server prints until it names its URL."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if found := re.search(r"listens on (wss?://\S+?);", line):
            return found[1]
    raise AssertionError(f"antiphon serve ended: {said}")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("antiphon")


@pytest.fixture(scope="session")
def scripted(data_dir: Path) -> Iterator[Served]:
    with serving(data_dir, "--engines", "scripted") as served:
        yield served


@pytest.fixture(scope="session")
def scripted_tls(data_dir: Path) -> Iterator[Served]:
    with serving(data_dir, "--engines", "scripted", "--tls") as served:
        yield served


@pytest.fixture(scope="session")
def real_tls(data_dir: Path) -> Iterator[Served]:
    with serving(data_dir, "--tls") as served:
        yield served


async def run(*command: str | Path, **environment: str | Path) -> str:
    """Run a client to its end; gives what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(str(part) for part in command),
        env=os.environ | {name: str(value) for name, value in environment.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(RUN_S):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()
