import pytest

from antiphon.client.endpoint import DEVELOPER_PATH, endpoint_url, is_loopback, server_of
from antiphon.errors import SettingsError, without_secrets


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
        ("wss://host/ws/other?key=k", "wss://host/ws/other?key=k"),
        ("wss://host?key=k", f"wss://host{DEVELOPER_PATH}?key=k"),
        ("ws://host/a#part", "ws://host/a"),
    ],
)
def test_completes_what_a_user_types(endpoint: str, url: str) -> None:
    assert endpoint_url(endpoint) == url


@pytest.mark.parametrize(
    "endpoint", ["", "ftp://host", "ws://", "ws://:80", "host:port", "ws://host:99999", "ws://[::1"]
)
def test_says_what_a_url_looks_like(endpoint: str) -> None:
    with pytest.raises(SettingsError, match=r"ws"):
        endpoint_url(endpoint)


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
