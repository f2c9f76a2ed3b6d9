import os
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import trustme

from antiphon.errors import WeightsError, without_secrets
from antiphon.weights import pip_settings
from antiphon.weights.pip_settings import PipSettings, credentials, make_client, read_pip_settings

WAIT_S = 30.0
HELP = "  -i, --index-url <url>  Base URL of the Python Package Index (default https://index.example/simple). This"


def bare(**more: str) -> dict[str, str]:
    """An environment in which pip finds nothing but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**kept, "PIP_CONFIG_FILE": os.devnull} | more


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Set what `pip config list` and `pip download --help` print."""

    def say(listing: str, help_text: str = HELP) -> None:
        def answer(arguments: list[str], *_: object) -> str:
            return listing if arguments == ["config", "list"] else help_text

        monkeypatch.setattr(pip_settings, "_pip", answer)

    return say


def test_pip_itself_is_asked(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://weak.example/simple\nextra-index-url =\n  https://b.example/s\n  /c d\n"
        "[install]\nindex-url = https://a.example/simple\ncert = /from/file\n"
    )
    found = read_pip_settings(bare(PIP_CONFIG_FILE=str(config), PIP_CERT="/from/environment"), WAIT_S)
    assert found.index_urls[:2] == ("https://a.example/simple", "https://b.example/s")
    assert found.cert == "/from/environment"


def test_told_nothing_pips_own_default_counts() -> None:
    (default,) = read_pip_settings(bare(), WAIT_S).index_urls
    assert default.startswith("https://")
    assert default.endswith("/simple")


def test_every_setting_is_read(answers: Callable[[str], None]) -> None:
    answers(
        "global.proxy='http://proxy.example:3128'\nglobal.client-cert='/me.pem'\nglobal.find-links='/w https://l.example'\n"
        "global.trusted-host='a.example b.example:81'\nfreeze.timeout='10'\n:env:.no-input='1'\n"
    )
    assert read_pip_settings({}, WAIT_S) == PipSettings(
        index_urls=("https://index.example/simple",),
        find_links=("/w", "https://l.example"),
        client_cert="/me.pem",
        proxy="http://proxy.example:3128",
        trusted_hosts=("a.example", "b.example:81"),
    )


def test_no_index_leaves_the_links(answers: Callable[[str], None]) -> None:
    answers("global.no-index='true'\nglobal.find-links='/w'\n")
    found = read_pip_settings({"PIP_INDEX_URL": "https://a.example/simple"}, WAIT_S)
    assert (found.index_urls, found.find_links) == ((), ("/w",))


def test_without_pip_the_environment_counts(answers: Callable[[str, str], None]) -> None:
    answers("", "")
    found = read_pip_settings({"PIP_INDEX_URL": "https://a.example/simple"}, WAIT_S)
    assert found.index_urls == ("https://a.example/simple",)
    with pytest.raises(WeightsError, match="PIP_INDEX_URL is not set"):
        read_pip_settings({}, WAIT_S)


def test_a_pip_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("pip", WAIT_S)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(WeightsError, match="`pip config list` gave no answer in 30 s"):
        read_pip_settings({}, WAIT_S)


def test_a_client_trusts_pips_certificate(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(bundle))
    for pip, environ in ((PipSettings(cert=str(bundle)), {}), (PipSettings(), {"REQUESTS_CA_BUNDLE": str(bundle)})):
        with make_client(pip, environ, 1.0) as client:
            assert client.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "pip", [PipSettings(cert="/no/such.pem"), PipSettings(client_cert="/no/such.pem"), PipSettings(proxy="gopher://x")]
)
def test_what_cannot_be_used_is_said(pip: PipSettings) -> None:
    with pytest.raises(WeightsError, match="certificate or proxy named for pip"):
        make_client(pip, {}, 1.0)


def test_trusted_hosts_and_the_directory_of_certificates_are_taken(tmp_path: Path) -> None:
    pip = PipSettings(cert=str(tmp_path), trusted_hosts=("a.example:8443",))
    with make_client(pip, {}, 1.0) as client:
        trusted = client._transport_for_url(httpx.URL("https://a.example:8443/x"))
        assert trusted is not client._transport_for_url(httpx.URL("https://a.example/x"))
        assert trusted._pool._ssl_context.verify_mode is ssl.CERT_NONE


def test_netrc_serves_urls_without_credentials(tmp_path: Path) -> None:
    environ = {"NETRC": str(tmp_path / "netrc")}
    url = httpx.URL("https://a.example/x")
    assert credentials(url, environ) is None
    Path(environ["NETRC"]).write_text("machine a.example login me password hush\n")
    assert credentials(url, environ) is not None
    assert credentials(httpx.URL("https://u:p@a.example/x"), environ) is None
    Path(environ["NETRC"]).write_text("nonsense\n")
    with pytest.raises(WeightsError, match="netrc cannot be read"):
        credentials(url, environ)


def test_what_is_shown_has_no_secrets() -> None:
    assert without_secrets(httpx.URL("https://me:hush@a.example:81/x?token=hush#hush")) == "https://a.example:81/x"
