import asyncio
from pathlib import Path

import pytest

from antiphon.cli.diagnosis.configuration import examine_settings
from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.config import load_settings
from antiphon.errors import SettingsError
from tests.cli.diagnosis.findings import all_of, marks, named


async def examined() -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        return await all_of(examine_settings(error))
    return await all_of(examine_settings(settings))


async def test_names_where_settings_are_from_and_no_values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "antiphon.toml"
    file.write_text("system_prompt = 'Be brief.'")
    monkeypatch.setenv("ANTIPHON_CONFIG", str(file))
    monkeypatch.setenv("ANTIPHON_LLM__API_KEY", "s3cret")
    monkeypatch.setenv("ANTIPHON_API_KEY", "s3cret")
    found = await examined()
    assert marks(found) == [("settings", Mark.OK), ("data", Mark.OK)]
    assert found[0].found == f"from ANTIPHON_CONFIG {file}, ANTIPHON_LLM__API_KEY, ANTIPHON_SERVER__DATA_DIR"


async def test_without_any_they_are_the_usual_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTIPHON_SERVER__DATA_DIR")
    assert named(await examined(), "settings").found == "the usual ones"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ANTIPHON_SERVER__PORT", "many", "server.port"),
        ("ANTIPHON_SERVER__PROT", "1", "server.prot"),
        ("ANTIPHON_CONFIG", "gone.toml", "names gone.toml, which is no file"),
    ],
)
async def test_says_why_they_cannot_be_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    found = await examined()
    assert marks(found) == [("settings", Mark.FAULT)]
    assert said in found[0].found


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("ANTIPHON_SERVR__PORT", "; ANTIPHON_SERVER__PORT would be one"),
        ("ANTIPHON_ENDPONT", "; ANTIPHON_ENDPOINT would be one"),
        ("ANTIPHON_XQ", ""),
    ],
)
async def test_a_variable_that_names_no_setting_is_told(monkeypatch: pytest.MonkeyPatch, name: str, guess: str) -> None:
    monkeypatch.setenv(name, "s3cret")
    finding = (await examined())[1]
    assert (finding.mark, finding.commands) == (Mark.WARNING, (f"unset {name}",))
    assert finding.found == f"{name} names no setting, and is not read{guess}"


async def test_a_data_directory_is_made_when_it_is_needed(data_dir_of_its_own: Path) -> None:
    assert named(await examined(), "data").found == f"{data_dir_of_its_own}, made when it is needed"


async def test_a_data_directory_that_is_there(data_dir_of_its_own: Path) -> None:
    await asyncio.to_thread(data_dir_of_its_own.mkdir)
    assert named(await examined(), "data").found == str(data_dir_of_its_own)


async def test_a_data_directory_nothing_can_be_written_to(
    data_dir_of_its_own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # the tests may run as root, who may write anywhere
    data = named(await examined(), "data")
    assert data.mark is Mark.FAULT
    assert data.found.startswith(f"{data_dir_of_its_own.parent} cannot be written to")


async def test_a_data_directory_that_is_a_file(data_dir_of_its_own: Path) -> None:
    await asyncio.to_thread(data_dir_of_its_own.touch)
    data = named(await examined(), "data")
    assert (data.mark, data.commands) == (Mark.FAULT, ("export ANTIPHON_SERVER__DATA_DIR=...",))
    assert "is a file" in data.found
