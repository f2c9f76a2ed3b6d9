"""What every test has: a data directory of its own, so that none meets the keys and sessions of this user."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data_dir_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path_factory.mktemp("data", numbered=True) / "antiphon"
    monkeypatch.setenv("ANTIPHON_SERVER__DATA_DIR", str(directory))
    return directory
