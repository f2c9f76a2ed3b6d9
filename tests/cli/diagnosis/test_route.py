import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import trustme

from antiphon.cli.diagnosis.bounded import in_thread
from antiphon.cli.diagnosis.route import (
    STEP_WAIT_S,
    TunnelRefused,
    addresses,
    greet,
    is_address,
    reach,
    reach_through,
    route_to,
    stranger,
    why,
)
from antiphon.errors import SettingsError
from tests.cli.diagnosis.findings import free_port, tls_server

WAIT_S = 10.0


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "ws", "wss", "all", "socks", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "first", "secure"),
    [
        ("ws://lamp.example/x", ("lamp.example", 80), False),
        ("wss://lamp.example", ("lamp.example", 443), True),
        ("wss://[::1]:7", ("::1", 7), True),
    ],
)
def test_knows_where_to_dial(url: str, first: tuple[str, int], secure: bool) -> None:
    route = route_to(url)
    assert (route.first, route.secure, route.proxy, route.tunnels) == (first, secure, None, True)


@pytest.mark.parametrize(
    ("url", "variables", "first", "tunnels"),
    [
        ("wss://lamp.example", {"https_proxy": "http://me:s3cret@proxy:3128"}, ("proxy", 3_128), True),
        ("wss://lamp.example", {"https_proxy": "proxy:3128", "wss_proxy": "http://other"}, ("other", 80), True),
        ("wss://lamp.example", {"https_proxy": "https://proxy"}, ("proxy", 443), False),
        ("wss://lamp.example", {"socks_proxy": "socks5h://proxy"}, ("proxy", 1_080), False),
        ("wss://lamp.example", {"http_proxy": "http://proxy:3128"}, ("lamp.example", 443), True),
        ("ws://lamp.example", {"http_proxy": "http://proxy:3128"}, ("proxy", 3_128), True),
        ("wss://lamp.example", {"https_proxy": "http://proxy", "no_proxy": "example"}, ("lamp.example", 443), True),
        ("wss://127.0.0.1:7", {"https_proxy": "http://proxy"}, ("127.0.0.1", 7), True),
    ],
)
def test_goes_by_the_proxy_as_the_client_does(
    monkeypatch: pytest.MonkeyPatch, url: str, variables: dict[str, str], first: tuple[str, int], tunnels: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    route = route_to(url)
    assert (route.first, route.tunnels) == (first, tunnels)


def test_a_proxy_that_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://me:s3cret@proxy:port")
    with pytest.raises(SettingsError, match="the proxy in the environment is no URL") as raised:
        route_to("wss://lamp.example")
    assert "s3cret" not in str(raised.value)


def test_knows_addresses() -> None:
    assert is_address("127.0.0.1")
    assert is_address("::1")
    assert not is_address("localhost")
    assert addresses("127.0.0.1", 80) == ("127.0.0.1",)
    with pytest.raises(socket.gaierror) as raised:
        addresses("name.invalid", 80)
    assert "Errno" not in why(raised.value)


def test_reaches_who_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        reach(route_to(f"ws://127.0.0.1:{listening.getsockname()[1]}"))
    with pytest.raises(ConnectionRefusedError) as raised:
        reach(route_to(f"ws://127.0.0.1:{free_port()}"))
    assert why(raised.value) == "Connection refused"
    assert why(TimeoutError("timed out")) == f"no answer within {STEP_WAIT_S:g} s"


async def test_greets_whom_python_trusts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA(organization_name="Lamp Company")
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    async with tls_server(authority, "127.0.0.1") as port:
        route = route_to(f"wss://127.0.0.1:{port}")
        with pytest.raises(ssl.SSLCertVerificationError):
            await in_thread(lambda: greet(route), WAIT_S)
        assert (await in_thread(lambda: stranger(route), WAIT_S)).issuer == "Lamp Company"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        greeting = await in_thread(lambda: greet(route), WAIT_S)
    assert greeting.version == "TLSv1.3"
    assert greeting.certificate.names == ("127.0.0.1",)


@pytest.fixture
def proxy(request: pytest.FixtureRequest) -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that gives one answer; its port, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            client, _ = listening.accept()
            with client:
                asked.append(client.recv(4_096))
                client.sendall(request.param)

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1], asked
        thread.join(WAIT_S)


@pytest.mark.parametrize("proxy", [b"HTTP/1.1 200 Connection established\r\n\r\n"], indirect=True)
def test_a_proxy_leads_there_with_its_own_password(
    proxy: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, asked = proxy
    monkeypatch.setenv("https_proxy", f"http://me:p%40ss@127.0.0.1:{port}")
    reach_through(route_to("wss://[2001:db8::1]"))
    assert asked[0].startswith(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n")
    assert b"Proxy-Authorization: Basic bWU6cEBzcw==\r\n" in asked[0]


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "HTTP/1.1 407 Proxy Authentication Required"),
        (b"HTTP/1.1 403\r\n\r\n", "HTTP/1.1 403"),
        (b"", "it hung up"),
        (b"x" * 20_000, "it answered xxx"),
    ],
    indirect=["proxy"],
)
def test_a_proxy_may_not(proxy: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy[0]}")
    with pytest.raises(TunnelRefused, match=said) as raised:
        reach_through(route_to("wss://lamp.example"))
    assert said in why(raised.value)
