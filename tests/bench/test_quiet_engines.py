import sys
from importlib.metadata import entry_points

import numpy as np
import pytest

from antiphon.audio.loudness import level_dbfs
from antiphon.bench.quiet_engines import CHUNK_S, NAME, QuietTts, QuietVad, declared
from antiphon.config import EngineNames, load_settings
from antiphon.engines.registry import describe, load


def test_are_engines_while_they_are_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(engines=EngineNames.scripted())
    with declared() as folder:
        monkeypatch.setattr(sys, "path", [*sys.path, folder])
        for kind in ("vad", "tts"):
            assert describe(kind, NAME).name == NAME
            assert load(kind, NAME, settings)
    assert not entry_points(group="antiphon.vad", name=NAME)


async def test_hear_nothing() -> None:
    assert await QuietVad().open().probabilities(np.full(1_024, 20_000, np.int16)) == [0.0, 0.0]


async def test_speak_in_chunks_that_are_heard() -> None:
    chunks = [chunk async for chunk in QuietTts().open(None).synthesise("hello")]
    assert len(chunks) == 15
    assert {chunk.seconds for chunk in chunks} == {CHUNK_S}
    assert level_dbfs(chunks[0]) > -30
