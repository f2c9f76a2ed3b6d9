import ssl
from pathlib import Path

import pytest
import trustme

from antiphon.cli.sdk_environment import sdk_environment
from antiphon.server.listen import Listening
from antiphon.server.paths import dialect_of
from antiphon.server.tls import local_certificate
from antiphon.wire.dialect import Dialect

VERTEX_PATH = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"


@pytest.fixture
def server(tmp_path: Path) -> Listening:
    return Listening("127.0.0.1", 4711, local_certificate(tmp_path))


def authorities(file: str) -> set[bytes]:
    found = ssl.create_default_context(cafile=file).get_ca_certs(binary_form=True)
    return set(found)


def of(path: Path) -> bytes:
    (der,) = authorities(str(path))
    return der


def test_the_base_urls(server: Listening, tmp_path: Path) -> None:
    found = sdk_environment(server, tmp_path, {})
    assert found["ANTIPHON_URL"] == "wss://127.0.0.1:4711"
    assert found["GOOGLE_GEMINI_BASE_URL"] == "https://127.0.0.1:4711"
    assert found["GOOGLE_VERTEX_BASE_URL"] == "wss://127.0.0.1:4711" + VERTEX_PATH


@pytest.mark.parametrize(
    ("environment", "vertex"),
    [
        ({"GOOGLE_GENAI_USE_VERTEXAI": "True"}, True),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "1"}, True),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "false"}, False),
        ({"GOOGLE_GENAI_USE_ENTERPRISE": "true"}, True),
        ({"GOOGLE_GENAI_USE_ENTERPRISE": "0", "GOOGLE_GENAI_USE_VERTEXAI": "1"}, False),
    ],
)
def test_vertex_chosen_by_the_environment(
    server: Listening, tmp_path: Path, environment: dict[str, str], vertex: bool
) -> None:
    found = sdk_environment(server, tmp_path, environment)
    assert (found["GOOGLE_GEMINI_BASE_URL"] == found["GOOGLE_VERTEX_BASE_URL"]) == vertex


def test_a_path_behind_the_vertex_url_counts(server: Listening, tmp_path: Path) -> None:
    base = sdk_environment(server, tmp_path, {})["GOOGLE_VERTEX_BASE_URL"].removeprefix(server.url)
    assert dialect_of(base) is Dialect.VERTEX
    assert dialect_of(f"{base}/{VERTEX_PATH}") is Dialect.VERTEX
    developer = f"{base}/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent"
    assert dialect_of(developer) is Dialect.DEVELOPER


def test_our_certificate_is_trusted_beside_the_usual_ones(server: Listening, tmp_path: Path) -> None:
    assert server.certificate is not None
    usual = set(ssl.create_default_context().get_ca_certs(binary_form=True))
    found = sdk_environment(server, tmp_path, {})
    ours = of(server.certificate.authority)
    assert authorities(found["SSL_CERT_FILE"]) >= usual | {ours}
    assert authorities(found["NODE_EXTRA_CA_CERTS"]) == {ours}


def test_what_the_user_trusts_stays_trusted(server: Listening, tmp_path: Path) -> None:
    assert server.certificate is not None
    company = tmp_path / "company.pem"
    trustme.CA(organization_name="company").cert_pem.write_to_path(str(company))
    both = {of(server.certificate.authority), of(company)}
    named = {"SSL_CERT_FILE": str(company), "NODE_EXTRA_CA_CERTS": str(company)}
    found = sdk_environment(server, tmp_path, named)
    assert authorities(found["SSL_CERT_FILE"]) == both
    assert authorities(found["NODE_EXTRA_CA_CERTS"]) == both


def test_a_bundle_may_have_comments_in_any_encoding(server: Listening, tmp_path: Path) -> None:
    company = tmp_path / "company.pem"
    authority = trustme.CA(organization_name="company").cert_pem.bytes()
    company.write_bytes("# Zertifizierungsstelle für alle\n".encode("latin-1") + authority)
    found = sdk_environment(server, tmp_path, {"SSL_CERT_FILE": str(company), "NODE_EXTRA_CA_CERTS": str(company)})
    assert all(authority in Path(found[name]).read_bytes() for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"))


@pytest.mark.parametrize(
    ("before", "after"),
    [({}, "127.0.0.1,localhost,::1"), ({"NO_PROXY": "intranet"}, "intranet,127.0.0.1,localhost,::1")],
)
def test_no_proxy_comes_between(server: Listening, tmp_path: Path, before: dict[str, str], after: str) -> None:
    found = sdk_environment(server, tmp_path, {"HTTPS_PROXY": "http://proxy:3128", **before})
    assert found["no_proxy"] == found["NO_PROXY"] == after


def test_nothing_is_said_of_trust_without_tls(tmp_path: Path) -> None:
    found = sdk_environment(Listening("127.0.0.1", 4711, None), tmp_path, {})
    assert not found.keys() & {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"}
