import hashlib
from collections import namedtuple
from pathlib import Path

import pytest

from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.cli.diagnosis.weight_files import examine_weights
from antiphon.config import EngineNames, load_settings
from antiphon.engines import registry
from antiphon.weights import cache
from antiphon.weights.catalogue import Weight, WeightFile
from tests.cli.diagnosis.findings import all_of, marks, named

BODY = b"a model" * 1_000
TOY = Weight(
    name="toy",
    kind="vad",
    summary="a toy",
    license="MIT",
    files=(WeightFile(name="toy.bin", bytes=len(BODY), sha256=hashlib.sha256(BODY).hexdigest()),),
)

Usage = namedtuple("Usage", ["total", "used", "free"])


@pytest.fixture
def placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the only weight belongs; it is not there yet."""
    monkeypatch.setattr(cache, "CATALOGUE", {"toy": TOY})
    monkeypatch.setattr(registry, "weights_needed", lambda _: ("toy",))
    monkeypatch.setenv("ANTIPHON_WEIGHTS__CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "toy" / "toy.bin"


def place(file: Path, body: bytes) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(body)


async def examined(*, thorough: bool = False) -> list[Finding]:
    settings = load_settings(engines=EngineNames.scripted())
    return await all_of(examine_weights(settings, thorough=thorough))


async def test_scripted_engines_need_none() -> None:
    found = await examined()
    assert marks(found) == [("engines", Mark.OK), ("weights", Mark.OK)]
    assert found[1].found == "the engines that are chosen need none"


async def test_those_that_are_missing_are_a_command_away(placed: Path) -> None:
    found = await examined()
    assert marks(found) == [("engines", Mark.OK), ("weights", Mark.WARNING), ("disk", Mark.OK)]
    assert named(found, "weights").found == "toy: 7.0 kB are missing"
    assert named(found, "weights").commands == ("antiphon models pull toy",)


async def test_they_may_not_fit(placed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10, 9, 1))
    disk = named(await examined(), "disk")
    assert disk.mark is Mark.FAULT
    assert disk.commands == ("export ANTIPHON_WEIGHTS__CACHE_DIR=...",)


async def test_the_seal_tells_without_reading(placed: Path) -> None:
    place(placed, BODY)
    found = await examined()
    assert named(found, "weights").mark is Mark.WARNING
    assert named(found, "weights").commands == ("antiphon models verify toy",)
    assert named(await examined(thorough=True), "weights").found.startswith("toy: read and verified, 7.0 kB in ")
    assert named(await examined(), "weights").found.startswith("toy: verified")


async def test_reading_finds_what_is_wrong(placed: Path) -> None:
    place(placed, b"x")
    weights = named(await examined(thorough=True), "weights")
    assert (weights.mark, weights.commands) == (Mark.FAULT, ("antiphon models pull toy",))
    assert named(await examined(), "weights").found == "toy: 7.0 kB are missing"


async def test_an_engine_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(engines=EngineNames.scripted().model_copy(update={"tts": "gone"}))
    found = await all_of(examine_weights(settings, thorough=False))
    assert marks(found) == [("engines", Mark.FAULT)]
    assert "no engine gone for tts" in found[0].found
