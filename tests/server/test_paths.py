import pytest

from antiphon.server.paths import dialect_of, is_auth_tokens
from antiphon.wire.dialect import Dialect

DEVELOPER = "google.ai.generativelanguage.{}.GenerativeService.{}"
VERTEX = "google.cloud.aiplatform.{}.LlmBidiService/BidiGenerateContent"


@pytest.mark.requirement("transport.versions", "transport.constrained", "transport.double_slash", "transport.prefix")
@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1beta", "v1alpha", "v2"])
@pytest.mark.parametrize("lead", ["/ws/", "//ws/", "/ws//", "/any/prefix/ws/"])
def test_every_version_prefix_and_doubled_slash(version, lead):
    for method in ("BidiGenerateContent", "BidiGenerateContentConstrained"):
        assert dialect_of(lead + DEVELOPER.format(version, method)) is Dialect.DEVELOPER
    assert dialect_of(lead + VERTEX.format(version)) is Dialect.VERTEX


@pytest.mark.requirement("transport.alias")
@pytest.mark.parametrize("path", ["/live", "/some/where/live", "/live/"])
def test_the_short_alias(path):
    assert dialect_of(path) is Dialect.DEVELOPER


@pytest.mark.requirement("errors.unknown_path")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ws/",
        "/ws/" + DEVELOPER.format("v1", "BidiGenerateMusic"),
        "/ws/google.ai.generativelanguage.v1.GenerativeService/BidiGenerateContent",
        "/olive",
        "/livery",
    ],
)
def test_other_paths_are_not_ours(path):
    assert dialect_of(path) is None


@pytest.mark.parametrize(
    "path", ["/v1alpha/auth_tokens", "//v1beta//auth_tokens", "/any/prefix/v1/auth_tokens", "/v2/auth_tokens/"]
)
def test_where_tokens_are_made(path):
    assert is_auth_tokens(path)


@pytest.mark.parametrize("path", ["/auth_tokens", "/v1/auth_tokens/x", "/v1/my_auth_tokens", "/v1/auth_tokens.json"])
def test_other_paths_make_none(path):
    assert not is_auth_tokens(path)
