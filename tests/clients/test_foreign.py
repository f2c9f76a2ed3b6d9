"""Clients we did not write, installed from their packages and unmodified, against `antiphon serve`."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.audio.resample import Resampler
from antiphon.config import load_settings
from tests.clients.conftest import HERE, Served, run
from tests.server.conftest import tone

STATION = HERE.parent.parent / "examples" / "where_is_the_nearest_train_station.wav"
CONVERSATION = ("Hello. My name is Anna, and I live in Paris.", "What is two plus two?", "What is my name?")

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (HERE / "node" / "node_modules").exists(),
    reason="Node or its packages are not here",
)


async def python_sdk(served: Served, files: list[Path]) -> list[dict[str, object]]:
    out = await run(sys.executable, HERE / "python_sdk.py", served.base_url, *files, SSL_CERT_FILE=served.authority)
    return [json.loads(line) for line in out.splitlines()]


async def node_sdk(served: Served, files: list[Path]) -> list[dict[str, object]]:
    script = HERE / "node" / "converse.mjs"
    trust = {"NODE_EXTRA_CA_CERTS": served.authority} if served.authority else {}
    out = await run("node", script, served.base_url, *files, **trust)
    return [json.loads(line) for line in out.splitlines()]


SDKS = [pytest.param(python_sdk, id="google-genai"), pytest.param(node_sdk, id="@google/genai", marks=needs_node)]


@pytest.fixture
def tones(tmp_path: Path) -> list[Path]:
    files = [tmp_path / f"{hertz}.pcm" for hertz in (300, 440, 700)]
    for file in files:
        file.write_bytes(tone(int(file.stem), 600))
    return files


@pytest.fixture
async def spoken(tmp_path: Path) -> list[Path]:
    """The conversation, spoken by our own voice."""
    from antiphon.engines.hibari import make  # noqa: PLC0415 - only where the real engines are

    engine = make(load_settings())
    stream, files = engine.open(None), []
    for number, text in enumerate(CONVERSATION):
        sound = b"".join([chunk.data async for chunk in stream.synthesise(text)])
        resampler = Resampler(SPEAKING, 16_000)
        file = tmp_path / f"{number}.pcm"
        file.write_bytes(resampler.feed(sound, last=True))
        assert np.abs(AudioChunk(file.read_bytes()).int16()).max() > 1_000
        files.append(file)
    await engine.aclose()
    return files


@pytest.mark.parametrize("sdk", SDKS)
async def test_three_spoken_turns(sdk, scripted_tls, tones):
    turns = await sdk(scripted_tls, tones)
    assert [turn["heard"] for turn in turns] == ["tone 300 hertz", "tone 440 hertz", "tone 700 hertz"]
    assert [turn["said"] for turn in turns] == [f"You said: {turn['heard']}." for turn in turns]
    assert all(turn["audio_bytes"] > 24_000 for turn in turns)
    assert turns[0]["tokens"] < turns[1]["tokens"] < turns[2]["tokens"]


@needs_node
async def test_node_without_tls(scripted, tones):
    turns = await node_sdk(scripted, tones[:1])
    assert turns[0]["heard"] == "tone 300 hertz"


async def tutorial(served: Served) -> list[str]:
    trust = {"SSL_CERT_FILE": served.authority} if served.authority else {}
    return (await run(sys.executable, HERE / "tutorial.py", served.url, STATION, **trust)).splitlines()


async def test_the_tutorial_runs_to_its_end(scripted):
    lines = await tutorial(scripted)
    assert lines[-1] == "Turn complete."
    assert len(lines) > 5


@pytest.mark.real
async def test_the_tutorial_is_answered_by_the_real_engines(real_tls):
    lines = await tutorial(real_tls)
    assert lines[-1] == "Turn complete."
    assert len(lines) > 5


@pytest.mark.real
@pytest.mark.parametrize("sdk", SDKS)
async def test_the_third_turn_is_answered_from_the_first(sdk, real_tls, spoken):
    turns = await sdk(real_tls, spoken)
    assert len(turns) == 3
    assert "name" in turns[0]["heard"]
    assert "anna" in turns[2]["said"].lower()
    assert all(turn["audio_bytes"] > 10_000 for turn in turns)
