from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from antiphon.cli.diagnosis.credentials import contradictions, obtained, stated
from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.client.endpoint import Endpoint, resolve
from antiphon.client.environment import Asked
from tests.google.accounts import EMAIL
from tests.google.fake import FakeGoogle
from tests.google.handshake import GOOD_KEY, PROJECT

SECRET = "s3cret"


def asked(environment: Mapping[str, str], api_key: str | None = None) -> Asked:
    return Asked(api_key=SecretStr(api_key) if api_key else None, variables=environment)


def contradicted(endpoint: str, environment: Mapping[str, str], api_key: str | None = None) -> list[Finding]:
    found = resolve(endpoint, api_key=api_key, environment=environment)
    return list(contradictions(found, asked(environment, api_key)))


@pytest.mark.parametrize(
    ("endpoint", "environment", "api_key", "said"),
    [
        ("antiphon", {}, None, "none: ANTIPHON_API_KEY is not set"),
        ("antiphon", {"ANTIPHON_API_KEY": SECRET}, None, "an API key, from ANTIPHON_API_KEY"),
        ("antiphon", {"ANTIPHON_API_KEY": SECRET}, SECRET, "an API key, from --api-key"),
        (f"wss://h/?key={SECRET}", {}, None, "an API key, from the URL"),
        ("gemini", {"GEMINI_API_KEY": SECRET}, None, "an API key, from GEMINI_API_KEY"),
        ("gemini", {}, f"auth_tokens/{SECRET}", "an ephemeral token, from --api-key"),
        ("vertex", {"GOOGLE_API_KEY": SECRET}, None, "an API key, from GOOGLE_API_KEY"),
    ],
)
def test_says_what_would_be_used_and_where_it_is_from(
    endpoint: str, environment: Mapping[str, str], api_key: str | None, said: str
) -> None:
    finding = stated(resolve(endpoint, api_key=api_key, environment=environment), asked(environment, api_key))
    assert (finding.mark, finding.found) == (Mark.OK, said)


@pytest.mark.parametrize(
    ("endpoint", "environment", "said", "command"),
    [
        (
            "gemini",
            {"GOOGLE_API_KEY": "a", "GEMINI_API_KEY": "b"},
            "GEMINI_API_KEY is not used",
            "unset GEMINI_API_KEY",
        ),
        (
            "gemini",
            {"GOOGLE_API_KEY": "a", "GOOGLE_GENAI_USE_VERTEXAI": "true"},
            "GOOGLE_GENAI_USE_VERTEXAI leads Google's SDKs to vertex; gemini was chosen here",
            "unset GOOGLE_GENAI_USE_VERTEXAI",
        ),
        (
            "vertex",
            {"GOOGLE_API_KEY": "a", "GOOGLE_GENAI_USE_ENTERPRISE": "0"},
            "GOOGLE_GENAI_USE_ENTERPRISE leads Google's SDKs to gemini; vertex was chosen here",
            "unset GOOGLE_GENAI_USE_ENTERPRISE",
        ),
    ],
)
def test_names_what_contradicts(endpoint: str, environment: Mapping[str, str], said: str, command: str) -> None:
    (finding,) = contradicted(endpoint, environment)
    assert finding.mark is Mark.WARNING
    assert said in finding.found
    assert finding.commands == (command,)


@pytest.mark.parametrize(
    ("endpoint", "environment", "api_key"),
    [
        ("gemini", {"GOOGLE_API_KEY": "a", "GEMINI_API_KEY": "a"}, None),
        ("gemini", {"GOOGLE_API_KEY": "a", "GEMINI_API_KEY": "b"}, "c"),
        ("gemini", {"GOOGLE_API_KEY": "a", "GOOGLE_GENAI_USE_VERTEXAI": ""}, None),
        ("vertex", {"GOOGLE_API_KEY": "a", "GOOGLE_GENAI_USE_VERTEXAI": "1"}, None),
        ("antiphon", {"GOOGLE_API_KEY": "a", "GEMINI_API_KEY": "b", "GOOGLE_GENAI_USE_VERTEXAI": "1"}, None),
    ],
)
def test_what_agrees_is_not_told(endpoint: str, environment: Mapping[str, str], api_key: str | None) -> None:
    assert contradicted(endpoint, environment, api_key) == []


def account(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, **variables: str) -> tuple[Endpoint, Asked]:
    environment = {"GOOGLE_APPLICATION_CREDENTIALS": str(google.service_account()), **variables}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return resolve("vertex", environment=environment), asked(environment)


async def test_an_account_is_named_with_its_file(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, said = account(google, monkeypatch)
    finding = stated(endpoint, said)
    file = google.folder / "service_account.json"
    assert finding.found == f"the service account {EMAIL}, from GOOGLE_APPLICATION_CREDENTIALS {file}"


async def test_a_login_is_named_with_its_file(google: FakeGoogle) -> None:
    file = google.login()
    environment = {"CLOUDSDK_CONFIG": str(google.folder / "gcloud"), "GOOGLE_CLOUD_PROJECT": PROJECT}
    endpoint = resolve("vertex", environment=environment)
    assert stated(endpoint, asked(environment)).found == f"the application default credentials, from {file}"
    elsewhere = {"CLOUDSDK_CONFIG": str(google.folder / "gone")}
    assert stated(endpoint, asked(elsewhere)).found.endswith("from the metadata server of this machine")


async def test_a_key_beside_an_account_does_not_count(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, said = account(google, monkeypatch, GOOGLE_API_KEY=GOOD_KEY, GOOGLE_CLOUD_PROJECT=PROJECT)
    (finding,) = contradictions(endpoint, said)
    assert finding.found == "GOOGLE_API_KEY is not used, for GOOGLE_CLOUD_PROJECT goes before it"
    assert finding.commands == ("unset GOOGLE_CLOUD_PROJECT",)


async def test_a_token_is_told_by_its_project(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint, _ = account(google, monkeypatch)
    headers = await endpoint.credentials.headers()
    token = obtained(endpoint, headers)
    assert token is not None
    assert token.found.startswith(f"given for the project {PROJECT}")
    assert headers["Authorization"].removeprefix("Bearer ") not in str(token)
    paid = obtained(endpoint, {"x-goog-user-project": "billing-lamp"})
    assert paid is not None
    assert "paid by billing-lamp" in paid.found


class Expiring:
    what = "an account"

    def __init__(self, expires: datetime) -> None:
        self.expires = expires

    async def headers(self) -> dict[str, str]:
        return {}

    async def renew(self) -> bool:
        return True


@pytest.mark.parametrize(("left", "minutes"), [(timedelta(minutes=59, seconds=50), 60), (timedelta(minutes=-5), 0)])
def test_a_token_is_told_with_its_end(left: timedelta, minutes: int) -> None:
    key = resolve("vertex", api_key="k", environment={})
    assert obtained(key, {}) is None
    token = obtained(replace(key, credentials=Expiring(datetime.now(UTC) + left)), {})
    assert token is not None
    assert token.found.endswith(f", good for {minutes} minutes and then renewed")
