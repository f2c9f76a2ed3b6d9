import pytest
from pydantic import SecretStr

from antiphon.client.environment import Asked, checked, checked_key
from antiphon.errors import SettingsError


def test_the_first_variable_that_is_set_counts() -> None:
    asked = Asked(variables={"A": " ", "B": " b ", "C": "c"})
    assert asked.variable("A", "B", "C") == "b"
    assert asked.variable("A", "D") is None


def test_the_key_of_the_call_goes_before_the_environments() -> None:
    variables = {"GOOGLE_API_KEY": "first", "GEMINI_API_KEY": "second"}
    assert _told(Asked(variables=variables).key("GOOGLE_API_KEY", "GEMINI_API_KEY")) == "first"
    assert _told(Asked(variables=variables).key("OTHER", "GEMINI_API_KEY")) == "second"
    assert _told(Asked(variables=variables, api_key=SecretStr(" mine\n")).key("GOOGLE_API_KEY")) == "mine"
    assert Asked(variables=variables).key() is None


@pytest.mark.parametrize("key", ["", " ", "s3 cret", "s3cret\r\nx: y", "s3crét"])
def test_a_key_must_fit_a_header(key: str) -> None:
    with pytest.raises(SettingsError, match="GOOGLE_API_KEY is empty or holds characters no API key has") as raised:
        checked_key(key, "GOOGLE_API_KEY")
    assert "s3" not in str(raised.value)


@pytest.mark.parametrize(
    ("stated", "variables", "version"),
    [
        (None, {}, "v1beta"),
        ("v1", {"GOOGLE_GENAI_API_VERSION": "v1alpha"}, "v1"),
        (None, {"GOOGLE_GENAI_API_VERSION": "v1alpha"}, "v1alpha"),
        (None, {"GOOGLE_GENAI_API_VERSION": "beta"}, "v1beta"),
    ],
)
def test_versions(stated: str | None, variables: dict[str, str], version: str) -> None:
    assert Asked(api_version=stated, variables=variables).version("v1beta") == version


def test_a_version_may_be_for_the_call_alone() -> None:
    asked = Asked(variables={"GOOGLE_GENAI_API_VERSION": "v1"})
    assert asked.version("v1alpha", from_environment=False) == "v1alpha"


@pytest.mark.parametrize(
    ("variables", "vertex"),
    [
        ({}, False),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "1"}, True),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "TRUE"}, True),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "yes"}, False),
        ({"GOOGLE_GENAI_USE_ENTERPRISE": "true"}, True),
        ({"GOOGLE_GENAI_USE_ENTERPRISE": "false", "GOOGLE_GENAI_USE_VERTEXAI": "true"}, False),
    ],
)
def test_the_environment_chooses_the_product(variables: dict[str, str], vertex: bool) -> None:
    assert Asked(variables=variables).wants_vertex() is vertex


def test_names_what_there_is_without_its_value() -> None:
    asked = Asked(project="p", api_key=SecretStr("s3cret"), variables={"GOOGLE_API_KEY": "s3cret", "OTHER": "x"})
    assert asked.found() == "project, api_key, GOOGLE_API_KEY"
    assert "s3cret" not in repr(asked)
    assert Asked(variables={}).found() == "nothing"


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("location", "us-central1.evil.example/"),
        ("location", "US"),
        ("location", "x@evil.example"),
        ("project", "p/locations/other"),
        ("API version", "v1/../v2"),
        ("API version", "latest"),
    ],
)
def test_nothing_else_gets_into_hosts_and_paths(what: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"is no {what}: use "):
        checked(what, value)


@pytest.mark.parametrize(
    ("what", "value"),
    [("location", "northamerica-northeast1"), ("location", "eu"), ("project", "example.com:p-1"), ("project", "123")],
)
def test_takes_what_google_has(what: str, value: str) -> None:
    assert checked(what, value) == value


def _told(key: SecretStr | None) -> str | None:
    return key.get_secret_value() if key else None
