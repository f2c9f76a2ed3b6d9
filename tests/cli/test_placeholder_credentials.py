from pathlib import Path

import google.auth
import pytest
import requests
from google.auth.transport.requests import Request

from antiphon.cli.placeholder_credentials import KEY, KEY_NAMES, TOKEN, placeholders

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment of nobody who ever used the cloud."""
    return {"CLOUDSDK_CONFIG": str(tmp_path / "nothing")}


def test_googles_own_library_gets_a_token(
    tmp_path: Path, bare: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with placeholders(tmp_path, bare) as found:
        for name, value in (bare | found).items():
            monkeypatch.setenv(name, value)
        credentials, project = google.auth.default(scopes=SCOPES)
        with requests.Session() as http:
            credentials.refresh(Request(http))
    assert (credentials.token, credentials.valid, project) == (TOKEN, True, None)


def test_both_names_of_a_key_where_there_is_none(tmp_path: Path, bare: dict[str, str]) -> None:
    with placeholders(tmp_path, bare) as found:
        assert {name: found[name] for name in KEY_NAMES} == dict.fromkeys(KEY_NAMES, KEY)


@pytest.mark.parametrize("name", KEY_NAMES)
def test_a_key_that_is_set_stays(tmp_path: Path, bare: dict[str, str], name: str) -> None:
    with placeholders(tmp_path, {**bare, name: "mine"}) as found:
        assert not found.keys() & set(KEY_NAMES)


def test_named_default_credentials_stay(tmp_path: Path) -> None:
    with placeholders(tmp_path, {"GOOGLE_APPLICATION_CREDENTIALS": "mine.json"}) as found:
        assert found == dict.fromkeys(KEY_NAMES, KEY)
    assert list(tmp_path.iterdir()) == []


def test_default_credentials_in_their_usual_place_stay(tmp_path: Path) -> None:
    (tmp_path / "application_default_credentials.json").write_text("{}")
    with placeholders(tmp_path, {"CLOUDSDK_CONFIG": str(tmp_path)}) as found:
        assert found == dict.fromkeys(KEY_NAMES, KEY)
