import subprocess
import sys

import pytest

from antiphon.client.endpoint import DEVELOPER_PATH, Endpoint, is_loopback, resolve, server_of
from antiphon.errors import SettingsError, without_secrets
from tests.google.fake import FakeGoogle
from tests.google.handshake import GOOD_KEY, GOOD_TOKEN, PROJECT
from tests.google.raw import opened

VERTEX_PATH = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
CONSTRAINED = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained"
NATIVE_AUDIO = "gemini-live-2.5-flash-native-audio"


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("ws://127.0.0.1:8765", f"ws://127.0.0.1:8765{DEVELOPER_PATH}"),
        ("wss://example.org", f"wss://example.org{DEVELOPER_PATH}"),
        ("http://localhost:1/", f"ws://localhost:1{DEVELOPER_PATH}"),
        ("https://example.org//", f"wss://example.org{DEVELOPER_PATH}"),
        ("localhost:8765", f"ws://localhost:8765{DEVELOPER_PATH}"),
        (" 127.0.0.1:8765 ", f"ws://127.0.0.1:8765{DEVELOPER_PATH}"),
        ("[::1]:8765", f"ws://[::1]:8765{DEVELOPER_PATH}"),
        ("wss://host/ws/other?key=k&a=b", "wss://host/ws/other?a=b"),
        ("wss://host?a=b", f"wss://host{DEVELOPER_PATH}?a=b"),
        ("ws://host/a#part", "ws://host/a"),
    ],
)
def test_completes_what_a_user_types(endpoint: str, url: str) -> None:
    assert resolve(endpoint, environment={}).url == url


@pytest.mark.parametrize("endpoint", ["ftp://host", "ws://", "ws://:80", "host:port", "ws://host:99999", "ws://[::1"])
def test_says_what_a_url_looks_like(endpoint: str) -> None:
    with pytest.raises(SettingsError, match=r"ws"):
        resolve(endpoint, environment={})


def test_shows_nothing_secret() -> None:
    url = "wss://user:word@host:1/path?key=secret"
    assert without_secrets(url) == "wss://host:1/path"
    assert server_of(url) == "wss://host:1"


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("ws://127.0.0.1:1", True),
        ("ws://[::1]:1/x", True),
        ("ws://localhost", True),
        ("ws://10.0.0.1", False),
        ("ws://a.b", False),
    ],
)
def test_knows_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    ("endpoint", "environment", "name"),
    [
        (None, {}, "antiphon"),
        (None, {"GOOGLE_API_KEY": "k", "GOOGLE_GENAI_USE_VERTEXAI": "true"}, "antiphon"),
        (None, {"ANTIPHON_ENDPOINT": "gemini", "GOOGLE_API_KEY": "k"}, "gemini"),
        (None, {"ANTIPHON_ENDPOINT": "ws://other:1"}, "url"),
        (None, {"ANTIPHON_ENDPOINT": " "}, "antiphon"),
        ("antiphon", {"ANTIPHON_ENDPOINT": "gemini"}, "antiphon"),
        ("Gemini", {"GEMINI_API_KEY": "k"}, "gemini"),
        ("google", {"GOOGLE_API_KEY": "k"}, "gemini"),
        ("google", {"GOOGLE_API_KEY": "k", "GOOGLE_GENAI_USE_VERTEXAI": "True"}, "vertex"),
        ("vertex", {"GOOGLE_API_KEY": "k"}, "vertex"),
        ("localhost", {}, "url"),
        ("127.0.0.1:8765", {}, "url"),
    ],
)
def test_goes_to_google_only_when_told_to(endpoint: str | None, environment: dict[str, str], name: str) -> None:
    assert resolve(endpoint, environment=environment).name == name


async def test_finds_antiphon_on_this_machine() -> None:
    found = resolve(environment={})
    assert found.url == f"ws://127.0.0.1:8765{DEVELOPER_PATH}"
    assert await found.credentials.headers() == {}
    assert (found.transparent, found.connection_s_max, found.vertex) == (True, None, False)
    assert found.model_name(None) == f"models/{NATIVE_AUDIO}"


async def test_finds_antiphon_where_the_environment_says() -> None:
    environment = {"ANTIPHON_URL": "https://voice.example.org", "ANTIPHON_API_KEY": "k", "GOOGLE_API_KEY": "g"}
    found = resolve("antiphon", environment=environment)
    assert found.url == f"wss://voice.example.org{DEVELOPER_PATH}"
    assert await found.credentials.headers() == {"x-goog-api-key": "k"}
    mine = resolve("antiphon", api_key="mine", environment=environment)
    assert await mine.credentials.headers() == {"x-goog-api-key": "mine"}


@pytest.mark.parametrize(
    ("endpoint", "api_key", "url", "headers"),
    [
        ("wss://h/alias?key=q&a=b", None, "wss://h/alias?a=b", {"x-goog-api-key": "q"}),
        ("wss://h/alias?key=q", "mine", "wss://h/alias", {"x-goog-api-key": "mine"}),
        ("wss://h/alias", None, "wss://h/alias", {"x-goog-api-key": "antiphon's"}),
        ("wss://h/a?access_token=auth_tokens%2Fx", None, "wss://h/a", {"Authorization": "Token auth_tokens/x"}),
        ("wss://h", "auth_tokens/x", f"wss://h{CONSTRAINED}", {"Authorization": "Token auth_tokens/x"}),
        (
            "wss://me:p%40ss@h:1/alias",
            "k",
            "wss://h:1/alias",
            {"Authorization": "Basic bWU6cEBzcw==", "x-goog-api-key": "k"},
        ),
    ],
)
async def test_takes_secrets_out_of_a_url(
    endpoint: str, api_key: str | None, url: str, headers: dict[str, str]
) -> None:
    found = resolve(endpoint, api_key=api_key, environment={"ANTIPHON_API_KEY": "antiphon's"})
    assert found.url == url
    assert await found.credentials.headers() == headers


@pytest.mark.parametrize(
    ("url", "transparent", "vertex", "connection_s_max"),
    [
        ("ws://h:1", True, False, None),
        ("ws://h:1/alias", True, False, None),
        (f"ws://h:1{VERTEX_PATH}", True, True, None),
        (f"ws://h:1{DEVELOPER_PATH}", False, False, None),
        (f"wss://generativelanguage.googleapis.com{DEVELOPER_PATH}", False, False, 600),
        (f"wss://aiplatform.googleapis.com{VERTEX_PATH}", True, True, 600),
    ],
)
def test_knows_a_server_by_its_url(url: str, transparent: bool, vertex: bool, connection_s_max: float | None) -> None:
    found = resolve(url, api_key="k", environment={})
    assert (found.transparent, found.vertex, found.connection_s_max) == (transparent, vertex, connection_s_max)


def test_antiphons_key_is_not_for_google() -> None:
    with pytest.raises(SettingsError, match="choose the endpoint gemini or vertex"):
        resolve("wss://aiplatform.googleapis.com", environment={"ANTIPHON_API_KEY": "k", "GOOGLE_API_KEY": "g"})


@pytest.mark.parametrize(
    ("endpoint", "model", "name"),
    [
        ("ws://h", "x", "models/x"),
        ("ws://h", "models/x", "models/x"),
        ("ws://h", "publishers/google/models/x", "publishers/google/models/x"),
        ("ws://h", None, f"models/{NATIVE_AUDIO}"),
        ("gemini", None, "models/gemini-3.8-live"),
        ("gemini", "tunedModels/x", "tunedModels/x"),
        ("vertex", None, f"publishers/google/models/{NATIVE_AUDIO}"),
        ("vertex", "x", "publishers/google/models/x"),
        ("vertex", "models/x", "publishers/google/models/x"),
        (
            "vertex",
            "projects/p/locations/l/publishers/google/models/x",
            "projects/p/locations/l/publishers/google/models/x",
        ),
        (f"ws://h{VERTEX_PATH}", "x", "projects/p/locations/eu/publishers/google/models/x"),
        (f"ws://h{VERTEX_PATH}", "publishers/other/models/x", "projects/p/locations/eu/publishers/other/models/x"),
    ],
)
def test_calls_models_as_each_server_does(endpoint: str, model: str | None, name: str) -> None:
    environment = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "eu"}
    found = resolve(endpoint, api_key="k", environment=environment)
    assert found.model_name(model) == name


@pytest.mark.parametrize(
    ("endpoint", "what"),
    [
        ("vertx", "vertx is no endpoint: use antiphon, gemini, vertex, google, or a URL"),
        ("ftp://h", "the scheme 'ftp': use ws, wss"),
        ("antiphon", "projects and locations are Vertex AI's: leave them out"),
        ("ws://h", "projects and locations are Vertex AI's: leave them out"),
        ("gemini", "has no projects and locations: leave them out, or choose Vertex AI"),
        ("google", "`export GOOGLE_GENAI_USE_VERTEXAI=true`"),
    ],
)
def test_says_what_is_wrong(endpoint: str, what: str) -> None:
    with pytest.raises(SettingsError) as raised:
        resolve(endpoint, project="p", api_key="s3cret", environment={})
    assert what in str(raised.value)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("endpoint", "key"),
    [
        ("antiphon", "s3cret"),
        ("gemini", "s3cret"),
        ("vertex", "s3cret"),
        ("gemini", "auth_tokens/s3cret"),
        ("h:1", "s3cret"),
    ],
)
def test_its_repr_holds_no_secret(endpoint: str, key: str) -> None:
    assert "s3cret" not in repr(resolve(endpoint, api_key=key, environment={}))
    assert "s3cret" not in repr(resolve("wss://me:s3cret@h/a?key=s3cret", environment={}))


def test_google_auth_is_for_those_who_need_it() -> None:
    program = (
        "import sys\n"
        "from antiphon.client.endpoint import resolve\n"
        "[resolve(name, api_key='k', environment={}) for name in ('antiphon', 'gemini', 'vertex', 'h:1')]\n"
        "assert 'google.auth' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


async def test_reaches_gemini_with_a_key(google: FakeGoogle) -> None:
    found = resolve("gemini", environment={"GEMINI_API_KEY": f" {GOOD_KEY}\n"})
    assert await _setup_answer(found) == {"setupComplete": {}}
    caller = google.peer.caller
    assert caller.sni == caller.host == "generativelanguage.googleapis.com"
    assert caller.path == "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
    assert caller.query == {}
    assert caller.headers["x-goog-api-key"] == GOOD_KEY
    assert "authorization" not in caller.headers
    assert google.peer.setup["model"] == "models/gemini-3.8-live"


async def test_reaches_gemini_with_a_token(google: FakeGoogle) -> None:
    found = resolve("gemini", api_key=GOOD_TOKEN, environment={"GOOGLE_API_KEY": GOOD_KEY})
    assert await _setup_answer(found) == {"setupComplete": {}}
    caller = google.peer.caller
    assert caller.path == CONSTRAINED
    assert caller.query == {}
    assert caller.headers["authorization"] == f"Token {GOOD_TOKEN}"
    assert "x-goog-api-key" not in caller.headers


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("europe-west4", "europe-west4-aiplatform.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
        (None, "aiplatform.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
    ],
)
async def test_reaches_vertex_wherever_it_is(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch, location: str | None, host: str
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.service_account()))
    found = resolve("vertex", location=location)
    answer = await _setup_answer(found)
    assert isinstance(answer, dict)
    assert answer["setupComplete"]["sessionId"]
    caller = google.peer.caller
    assert (caller.sni, caller.host, caller.path, caller.query) == (host, host, VERTEX_PATH, {})
    assert caller.headers["authorization"].startswith("Bearer ya29.")
    assert not {"x-goog-api-key", "x-goog-user-project"} & caller.headers.keys()
    place = f"projects/{PROJECT}/locations/{location or 'global'}"
    assert google.peer.setup["model"] == f"{place}/publishers/google/models/{NATIVE_AUDIO}"


@pytest.mark.parametrize(
    ("location", "host"),
    [(None, "aiplatform.googleapis.com"), ("us-central1", "us-central1-aiplatform.googleapis.com")],
)
async def test_reaches_vertex_in_express_mode(google: FakeGoogle, location: str | None, host: str) -> None:
    found = resolve("vertex", api_key=GOOD_KEY, location=location)
    assert isinstance(await _setup_answer(found), dict)
    caller = google.peer.caller
    assert (caller.host, caller.path, caller.query) == (host, VERTEX_PATH, {})
    assert caller.headers["x-goog-api-key"] == GOOD_KEY
    assert "authorization" not in caller.headers
    assert google.peer.setup["model"] == f"publishers/google/models/{NATIVE_AUDIO}"
    assert google.accounts.refreshes == []


async def _setup_answer(found: Endpoint) -> object:
    return await opened(found.url, await found.credentials.headers(), {"model": found.model_name(None)})


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://127.0.0.1:1", "wss://127.0.0.1:1/ws/google.ai"),
        ("http://gateway/live/", "ws://gateway/live/ws/google.ai"),
        ("ws://gateway/ws/other", "ws://gateway/ws/other/ws/google.ai"),
    ],
)
def test_a_gateway_stands_in_googles_place(base: str, url: str) -> None:
    variables = {"GOOGLE_API_KEY": "k", "GOOGLE_GEMINI_BASE_URL": base, "GOOGLE_VERTEX_BASE_URL": "ws://not.this.one"}
    endpoint = resolve("gemini", environment=variables)
    assert endpoint.url.startswith(f"{url}.generativelanguage.")
    assert endpoint.name == "gemini"
