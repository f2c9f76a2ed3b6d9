"""Which of several settings counts is decided as google-genai decides it: both are run, their handshakes compared."""

import itertools
from collections.abc import Mapping
from contextlib import suppress

import pytest
from google.genai import Client, errors
from websockets.exceptions import ConnectionClosed

from antiphon.client.endpoint import resolve
from antiphon.errors import SettingsError
from tests.google.fake import FakeGoogle
from tests.google.handshake import GOOD_KEY, OTHER_GOOD_KEY, PROJECT
from tests.google.raw import opened

MODEL = "gemini-live-2.5-flash-native-audio"

Seen = tuple[str, str, str | None, str, str]


def _arguments(*names: str) -> list[dict[str, str]]:
    values = {"api_key": GOOD_KEY, "project": PROJECT, "location": "us-central1"}
    return [
        {name: values[name] for name in chosen}
        for size in range(len(names) + 1)
        for chosen in itertools.combinations(names, size)
    ]


def _variables() -> list[dict[str, str]]:
    values = {"GOOGLE_CLOUD_PROJECT": "other", "GOOGLE_CLOUD_LOCATION": "eu", "GOOGLE_API_KEY": OTHER_GOOD_KEY}
    return [
        {name: values[name] for name in chosen}
        for size in range(len(values) + 1)
        for chosen in itertools.combinations(values, size)
    ]


def _seen(google: FakeGoogle) -> Seen:
    """Give host, path, key, scheme of the authorization and model of the latest that came."""
    caller, model = google.peer.caller, google.peer.setup["model"]
    scheme = caller.headers.get("authorization", "").partition(" ")[0]
    return caller.host, caller.path.replace("//", "/"), caller.api_key, scheme, model


@pytest.mark.parametrize("variables", _variables(), ids=lambda chosen: "+".join(chosen) or "none")
async def test_vertex_is_found_as_googles_sdk_finds_it(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]
) -> None:
    for name, value in {"GOOGLE_APPLICATION_CREDENTIALS": str(google.service_account()), **variables}.items():
        monkeypatch.setenv(name, value)
    for arguments in _arguments("api_key", "project", "location"):
        client = Client(vertexai=True, **arguments)
        theirs = await _dialled_by_sdk(google, client)
        ours = await _dialled_by_us(google, "vertex", arguments)
        assert ours == theirs, (arguments, variables)


@pytest.mark.parametrize(
    "variables",
    [
        {"GOOGLE_API_KEY": GOOD_KEY},
        {"GEMINI_API_KEY": GOOD_KEY},
        {"GOOGLE_API_KEY": OTHER_GOOD_KEY, "GEMINI_API_KEY": GOOD_KEY},
        {"GOOGLE_API_KEY": GOOD_KEY, "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "eu"},
        {"GOOGLE_API_KEY": GOOD_KEY, "GOOGLE_GENAI_USE_VERTEXAI": "true"},
        {"GOOGLE_API_KEY": GOOD_KEY, "GOOGLE_GENAI_USE_VERTEXAI": "1", "GOOGLE_GENAI_API_VERSION": "v1"},
        {"GOOGLE_API_KEY": GOOD_KEY, "GOOGLE_GENAI_USE_ENTERPRISE": "True"},
        {"GOOGLE_API_KEY": GOOD_KEY, "GOOGLE_GENAI_USE_VERTEXAI": "no"},
        {"GOOGLE_API_KEY": GOOD_KEY, "GOOGLE_GENAI_API_VERSION": "v1alpha"},
    ],
    ids="+".join,
)
@pytest.mark.parametrize("arguments", _arguments("api_key"), ids=["", "api_key"])
async def test_the_product_is_chosen_as_googles_sdk_chooses_it(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], arguments: dict[str, str]
) -> None:
    for name, value in ({"GOOGLE_GENAI_API_VERSION": "beta"} | variables).items():
        monkeypatch.setenv(name, value)
    theirs = await _dialled_by_sdk(google, Client(**arguments))
    assert await _dialled_by_us(google, "google", arguments) == theirs


async def _dialled_by_sdk(google: FakeGoogle, client: Client) -> Seen:
    with suppress(errors.APIError, ConnectionClosed):  # what it came with is known all the same
        async with client.aio.live.connect(model=MODEL, config={"response_modalities": ["AUDIO"]}):
            pass
    return _seen(google)


async def _dialled_by_us(google: FakeGoogle, endpoint: str, arguments: dict[str, str]) -> Seen:
    found = resolve(endpoint, **arguments)
    await opened(found.url, await found.credentials.headers(), {"model": found.model_name(MODEL)})
    return _seen(google)


async def test_says_all_that_is_missing_at_once(google: FakeGoogle) -> None:
    with pytest.raises(SettingsError) as raised:
        resolve("vertex", environment={"GOOGLE_CLOUD_LOCATION": "eu", "GOOGLE_API_KEY": "s3cret"})
    assert str(raised.value) == (
        "Vertex AI: found GOOGLE_CLOUD_LOCATION, GOOGLE_API_KEY; missing credentials (GOOGLE_APPLICATION_CREDENTIALS "
        "is not set, and gcloud keeps no login): `gcloud auth application-default login`; missing a project: "
        "`export GOOGLE_CLOUD_PROJECT=...`; or come with an API key alone: `unset GOOGLE_CLOUD_LOCATION` and "
        "`export GOOGLE_API_KEY=...`"
    )


def test_says_that_gemini_needs_a_key() -> None:
    with pytest.raises(SettingsError) as raised:
        resolve("gemini", environment={"GOOGLE_CLOUD_PROJECT": "p"})
    assert str(raised.value) == (
        "the Gemini Developer API needs an API key; neither GOOGLE_API_KEY nor GEMINI_API_KEY is set: make one at "
        "https://aistudio.google.com/apikey, then `export GOOGLE_API_KEY=...`"
    )


async def test_says_which_project_is_missing(google: FakeGoogle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account(with_project=False)))
    with pytest.raises(SettingsError, match=r"found nothing; missing a project: `export GOOGLE_CLOUD_PROJECT=\.\.\.`"):
        resolve("vertex")


def test_tokens_are_not_for_vertex() -> None:
    with pytest.raises(SettingsError, match="choose the endpoint gemini"):
        resolve("vertex", api_key="auth_tokens/x", environment={})


@pytest.mark.parametrize(
    ("endpoint", "arguments", "path"),
    [
        ("gemini", {"api_key": "k", "api_version": "v1alpha"}, "google.ai.generativelanguage.v1alpha."),
        ("gemini", {"api_key": "auth_tokens/x", "api_version": "v1beta"}, "google.ai.generativelanguage.v1beta."),
        ("vertex", {"api_key": "k", "api_version": "v1"}, "google.cloud.aiplatform.v1."),
    ],
)
def test_takes_another_version(endpoint: str, arguments: dict[str, str], path: str) -> None:
    assert f"/ws/{path}" in resolve(endpoint, **arguments, environment={}).url
