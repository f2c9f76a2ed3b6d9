"""`antiphon serve` with scripted engines in a process of its own, at a port and with a directory that outlive it."""

import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

START_S = 60.0
STOP_S = 20.0
LOOK_AGAIN_S = 0.05
PORTS = (20_000, 32_000)
MEASURABLE = {"ANTIPHON_ENDPOINTING__PREROLL_MS": "0", "ANTIPHON_ENDPOINTING__SILENCE_DURATION_MS_HIGH": "800"}
"""So that the length of an utterance in the history tells how much of the speech was heard, and the pauses between
utterances stay pauses when they are sent again in one go."""


async def looking(seconds: float) -> AsyncIterator[None]:
    """Moments to look whether something has come about, until the time is over."""
    for _ in range(round(seconds / LOOK_AGAIN_S)):
        yield
        await asyncio.sleep(LOOK_AGAIN_S)


class Server:
    """Starts, dies and starts again; what it keeps is in `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = _free_port()
        self._log = data_dir.parent / f"{data_dir.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start, and wait until it lets clients in."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        process = self._process = self._spawned()
        async for _ in looking(START_S):
            if await self._ready():
                return
            assert process.poll() is None, self._log.read_text()
        raise TimeoutError(f"antiphon serve is not ready after {START_S:g} s")

    def kill(self) -> None:
        """SIGKILL: it does not get to say or write anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """Lose what was kept, while it does not run."""
        shutil.rmtree(self.data_dir)

    async def stop(self) -> None:
        """SIGTERM: its clients are asked to leave first."""
        assert self._process is not None
        self._process.terminate()
        async for _ in looking(STOP_S):
            if self._process.poll() is not None:
                return
        raise TimeoutError(f"antiphon serve has not stopped after {STOP_S:g} s")

    async def go_away(self, time_left_s: float) -> None:
        """Have it tell all its clients to go."""
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"http://127.0.0.1:{self.port}/go_away"
            (await client.post(url, params={"time_left_s": time_left_s})).raise_for_status()

    def _spawned(self) -> "subprocess.Popen[bytes]":
        """In one step, which nothing can cancel: a process nobody knows of would live on."""
        command = [sys.executable, "-m", "antiphon", "serve", "--port", str(self.port), "--engines", "scripted"]
        environment = os.environ | MEASURABLE | {"ANTIPHON_SERVER__DATA_DIR": str(self.data_dir)}
        with self._log.open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    async def _ready(self) -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(f"http://127.0.0.1:{self.port}/readyz")).is_success
        except httpx.HTTPError:
            return False


def _free_port() -> int:
    """A port that no outgoing connection is given while the server is down."""
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@asynccontextmanager
async def served(data_dir: Path) -> AsyncIterator[Server]:
    """A server, for as long as the block lasts."""
    server = Server(data_dir)
    try:
        await server.start()
        yield server
    finally:
        server.kill()
