"""Every client with every scenario, unmodified, over the real socket; what one cannot do is said in matrix.py."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import soundfile

from antiphon.audio.pcm import AudioFormat
from antiphon.audio.resample import Resampler
from antiphon.cli.placeholder_credentials import placeholders
from tests.clients.conftest import HERE, RUN_S, Served, run, serving
from tests.clients.matrix import CLIENTS, MATRIX, SCENARIOS, Supported
from tests.clients.switchboard import switchboard
from tests.clients.test_foreign import STATION, needs_node
from tests.server.conftest import tone

QUESTION = "Where is the nearest train station?"
HEARD = "tone 440 hertz"
CALLS = [{"name": "get_weather", "args": {"city": "Paris"}}]

ENVIRONMENTS = HERE.parent.parent / ".venv" / "clients"
GENAI_1 = ENVIRONMENTS / "genai1" / "bin" / "python"
PIPECAT = ENVIRONMENTS / "pipecat" / "bin" / "python"
DRIVERS = {
    "google-genai": (sys.executable, HERE / "scenarios_genai.py"),
    "google-genai-1": (GENAI_1, HERE / "scenarios_genai.py"),
    "google-genai-js": ("node", HERE / "node" / "scenarios.mjs"),
    "pipecat": (PIPECAT, HERE / "scenarios_pipecat.py"),
    "notebook": (sys.executable, HERE / "scenarios_notebook.py"),
    "tutorial": (sys.executable, HERE / "scenarios_tutorial.py"),
}
PRESENCE = {
    "google-genai-js": needs_node,
    "google-genai-1": pytest.mark.skipif(not GENAI_1.exists(), reason="run `make .venv/clients/genai1/made`"),
    "pipecat": pytest.mark.skipif(not PIPECAT.exists(), reason="run `make .venv/clients/pipecat/made`"),
}
SEPARATE = {"resumption", "go_away"}
"""They need a server of their own."""

Seen = dict[str, list[dict[str, object]]]


def parameters(*scenarios: str) -> list[object]:
    """The cells that are supported."""
    found = []
    for (client, scenario), cell in MATRIX.items():
        if scenario in scenarios and isinstance(cell, Supported):
            marks = [PRESENCE[client]] if client in PRESENCE else []
            found.append(pytest.param(client, scenario, id=f"{client}-{scenario}", marks=marks))
    return found


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    file = tmp_path / "tone.pcm"
    file.write_bytes(tone(440, 600))
    return file


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording of the README, as a microphone gives it."""
    samples, rate_hz = soundfile.read(STATION, dtype="int16", always_2d=True)
    file = tmp_path_factory.mktemp("spoken") / "station.pcm"
    file.write_bytes(Resampler(AudioFormat(rate_hz, 1), 16_000).feed(samples[:, 0].tobytes(), last=True))
    return file


@pytest.fixture(scope="session")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Default credentials of the cloud, for the Vertex mode of all clients."""
    folder = tmp_path_factory.mktemp("credentials")
    with placeholders(folder, {"CLOUDSDK_CONFIG": str(folder)}) as found:
        yield found


def trust(authority: Path) -> dict[str, Path]:
    return {"SSL_CERT_FILE": authority, "NODE_EXTRA_CA_CERTS": authority}


async def drive(client: str, scenario: str, served: Served, file: Path, environment: dict[str, str]) -> Seen:
    command = (*DRIVERS[client], served.base_url, scenario, file)
    out = await run(*command, **environment, **trust(served.authority))
    return json.loads(out.splitlines()[-1])  # some SDKs have remarks of their own


@pytest.mark.parametrize(("client", "scenario"), parameters(*SCENARIOS.keys() - SEPARATE))
async def test_client(client, scenario, scripted_tls, sound, credentials):
    CHECKS[scenario](client, await drive(client, scenario, scripted_tls, sound, credentials))


@pytest.mark.real
@pytest.mark.parametrize(("client", "scenario"), parameters("transcription"))
async def test_client_with_the_real_engines(client, scenario, real_tls, station, credentials):
    (turn,) = (await drive(client, scenario, real_tls, station, credentials))["turns"]
    assert "station" in turn["heard"].lower()
    assert turn["said"]
    assert turn["audio_bytes"] > 10_000


@pytest.fixture(scope="module")
def leaving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that sends goAway when a connection is two seconds old, and ends it five later."""
    timing = {"ANTIPHON_SERVER__GO_AWAY_AFTER_S": "2", "ANTIPHON_SERVER__GO_AWAY_NOTICE_S": "5"}
    with serving(tmp_path_factory.mktemp("leaving"), "--engines", "scripted", "--tls", **timing) as served:
        yield served


@pytest.mark.parametrize(("client", "scenario"), parameters("go_away"))
async def test_client_of_a_server_that_leaves(client, scenario, leaving, sound, credentials):
    seen = await drive(client, scenario, leaving, sound, credentials)
    assert 0 < float(seen["go_away"].rstrip("s")) <= 5
    assert [turn["said"] for turn in seen["turns"]] == [f"You said: {QUESTION}"] * 2


@pytest.mark.parametrize(("client", "scenario"), parameters("resumption"))
async def test_client_of_a_server_that_is_killed(client, scenario, sound, tmp_path):
    def start() -> Served:
        return servers.enter_context(serving(tmp_path, "--engines", "scripted", "--tls"))

    with ExitStack() as servers:
        async with switchboard() as board, asyncio.timeout(RUN_S):
            first = await asyncio.to_thread(start)
            board.connect(first.port)
            process = await asyncio.create_subprocess_exec(
                *map(str, (*DRIVERS[client], f"https://127.0.0.1:{board.port}", scenario, sound)),
                env=os.environ | {name: str(path) for name, path in trust(first.authority).items()},
                stdout=asyncio.subprocess.PIPE,
            )
            assert await process.stdout.readline(), "it ended before the server was killed"
            board.disconnect()
            first.process.kill()
            board.connect((await asyncio.to_thread(start)).port)
            out, _ = await process.communicate()
    before, after = json.loads(out.splitlines()[-1])["turns"]
    assert process.returncode == 0
    assert before["said"] == after["said"] == f"You said: {QUESTION}"
    assert after["tokens"] > before["tokens"], "the same question with nothing before it: a new conversation"


def test_every_cell_is_tried_or_explained():
    assert set(MATRIX) == {(client, scenario) for client in CLIENTS for scenario in SCENARIOS}
    assert CLIENTS.keys() == DRIVERS.keys()
    assert CHECKS.keys() | SEPARATE == SCENARIOS.keys()
    assert all(cell.reason for cell in MATRIX.values() if not isinstance(cell, Supported))


def _spoken(client: str, seen: Seen) -> None:
    (turn,) = seen["turns"]
    assert turn["audio_bytes"] > 24_000


def _both_transcripts(client: str, seen: Seen) -> None:
    (turn,) = seen["turns"]
    assert (turn["heard"], turn["said"]) == (HEARD, f"You said: {HEARD}.")
    assert turn["audio_bytes"] > 24_000


def _written(client: str, seen: Seen) -> None:
    (turn,) = seen["turns"]
    assert (turn["text"], turn["audio_bytes"]) == (f"You said: {QUESTION}", 0)


def _shown(client: str, seen: Seen) -> None:
    (turn,) = seen["turns"]
    assert turn["text"] == f"You said: {QUESTION} You showed 1 picture."


def _vertex(client: str, seen: Seen) -> None:
    (_spoken if client == "tutorial" else _written)(client, seen)


def _interrupted(client: str, seen: Seen) -> None:
    cut_off, answer = seen["turns"]
    assert cut_off["interrupted"]
    assert 0 < cut_off["audio_bytes"] < 24_000 * 2 * 60
    assert (answer["heard"], answer["said"], answer["interrupted"]) == (HEARD, f"You said: {HEARD}.", False)


def _called(client: str, seen: Seen) -> None:
    assert [call for turn in seen["turns"] for call in turn["calls"]] == CALLS
    assert client == "notebook" or seen["turns"][-1]["audio_bytes"] > 0


def _by_token(client: str, seen: Seen) -> None:
    assert seen["token"]
    _written(client, seen)


CHECKS = {
    "audio": _spoken,
    "transcription": _both_transcripts,
    "text": _written,
    "manual": _both_transcripts,
    "interruption": _interrupted,
    "tools_blocking": _called,
    "tools_non_blocking": _called,
    "video": _shown,
    "token": _by_token,
    "developer": _written,
    "vertex": _vertex,
    "express": _written,
}
