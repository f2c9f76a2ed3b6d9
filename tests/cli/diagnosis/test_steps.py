import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from antiphon.cli.diagnosis import steps
from antiphon.cli.diagnosis.certificates import facts_of
from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.cli.diagnosis.steps import OWN_ISSUER, examine_route
from antiphon.server.tls import local_certificate
from tests.cli.diagnosis.findings import all_of, free_port, marks, named, tls_server
from tests.google.proxy import connect_proxy


async def walked(url: str, *, own: bool = False, authority: Path = Path("gone.pem")) -> list[Finding]:
    async with asyncio.timeout(20):
        return await all_of(examine_route(url, own=own, authority=authority))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "all"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """One that is trusted."""
    trusted = trustme.CA(organization_name="Lamp Company")
    trusted.cert_pem.write_to_path(str(tmp_path / "trusted.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    return trusted


async def test_names_every_step(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "addresses", lambda *_: ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"))
    async with tls_server(authority, "localhost") as port:
        found = await walked(f"wss://localhost:{port}")
    assert marks(found) == [("DNS", Mark.OK), ("TCP", Mark.OK), ("TLS", Mark.OK)]
    assert found[0].found.startswith("localhost is 127.0.0.1, 127.0.0.2, 127.0.0.3 and 1 more (")
    assert re.fullmatch(r"TLSv1\.3, issued by Lamp Company, good until \d{4}-\d\d-\d\d \(\d+ ms\)", found[2].found)


async def test_a_name_that_leads_nowhere() -> None:
    (dns,) = await walked("wss://name.invalid")
    assert (dns.name, dns.mark) == ("DNS", Mark.FAULT)
    assert dns.found.startswith("name.invalid leads nowhere: ")


async def test_a_name_that_is_none() -> None:
    (dns,) = await walked(f"ws://{'a' * 70}.example")
    assert dns.found.endswith("it is no name")


async def test_nobody_listens() -> None:
    port = free_port()
    (tcp,) = await walked(f"ws://127.0.0.1:{port}")
    assert (tcp.name, tcp.mark, tcp.commands) == ("TCP", Mark.FAULT, ("antiphon serve",))
    assert tcp.found == f"127.0.0.1:{port} cannot be reached: Connection refused"


async def test_that_our_own_server_does_not_run_is_no_fault() -> None:
    (tcp,) = await walked(f"ws://127.0.0.1:{free_port()}", own=True)
    assert (tcp.name, tcp.mark, tcp.commands) == ("TCP", Mark.WARNING, ("antiphon serve",))
    assert "run a server of their own" in tcp.advice


async def test_somebody_else_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unanswered(_: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(steps, "reach", unanswered)
    (tcp,) = await walked("ws://192.0.2.1:8765")
    assert tcp.found == "192.0.2.1:8765 cannot be reached: no answer within 5 s"
    assert "firewall" in tcp.advice
    assert not tcp.commands


async def test_an_issuer_nobody_vouches_for() -> None:
    async with tls_server(trustme.CA(organization_name="Lamp Company"), "127.0.0.1") as port:
        found = await walked(f"wss://127.0.0.1:{port}")
    assert marks(found) == [("TCP", Mark.OK), ("TLS", Mark.FAULT)]
    assert found[1].found.endswith("issued by Lamp Company")
    assert found[1].commands == ("export SSL_CERT_FILE=...",)


async def test_our_own_issuer(tmp_path: Path) -> None:
    authority = local_certificate(tmp_path).authority
    async with tls_server(trustme.CA(organization_name=OWN_ISSUER), "127.0.0.1") as port:
        here = (await walked(f"wss://127.0.0.1:{port}", authority=authority))[1]
        elsewhere = (await walked(f"wss://127.0.0.1:{port}"))[1]
    assert here.commands == (f"export SSL_CERT_FILE={authority}",)
    assert "copy tls/authority.pem" in elsewhere.advice


def test_our_own_issuer_is_called_so(tmp_path: Path) -> None:
    assert facts_of(local_certificate(tmp_path).chain.read_bytes()).issuer == OWN_ISSUER


async def test_a_certificate_of_another_host(authority: trustme.CA) -> None:
    async with tls_server(authority, "lamp.example") as port:
        tls = (await walked(f"wss://127.0.0.1:{port}"))[1]
    assert tls.found == "the certificate is for lamp.example, not for 127.0.0.1"


async def test_a_certificate_that_has_ended(authority: trustme.CA) -> None:
    over = datetime.now(UTC) - timedelta(days=1)
    async with tls_server(authority, "127.0.0.1", not_after=over) as port:
        tls = (await walked(f"wss://127.0.0.1:{port}"))[1]
    assert tls.found == f"the certificate ended on {over:%Y-%m-%d}"


async def test_a_server_that_speaks_no_tls() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = await walked(f"wss://127.0.0.1:{port}")
    assert marks(found) == [("TCP", Mark.OK), ("TLS", Mark.FAULT)]
    assert found[1].advice.endswith(f"try ws://127.0.0.1:{port}")


@asynccontextmanager
async def proxied(monkeypatch: pytest.MonkeyPatch, port: int, hosts: Iterable[str]) -> AsyncIterator[str]:
    """Lead these hosts to a port by a proxy that the environment names."""
    async with connect_proxy(dict.fromkeys(hosts, port).get) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//me:s3cret@"))
        yield proxy.url


async def test_goes_through_a_proxy(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        tls_server(authority, "lamp.example") as port,
        proxied(monkeypatch, port, ["lamp.example"]) as url,
    ):
        found = await walked("wss://lamp.example")
    assert marks(found) == [("TCP", Mark.OK), ("proxy", Mark.OK), ("TLS", Mark.OK)]
    assert found[1].found.startswith(f"{url}, from the environment, leads to lamp.example (")


async def test_a_proxy_that_leads_elsewhere_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxied(monkeypatch, 1, []):
        found = await walked("wss://lamp.example")
    assert marks(found) == [("TCP", Mark.OK), ("proxy", Mark.FAULT)]
    assert "403 Forbidden" in found[1].found
    assert "s3cret" not in str(found)
    assert found[1].commands == ("export no_proxy=lamp.example",)


async def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    (tcp,) = await walked("wss://lamp.example")
    assert tcp.mark is Mark.FAULT
    assert "it is the proxy the environment names" in tcp.advice


@pytest.mark.parametrize(("scheme", "mark"), [("https", Mark.OK), ("socks5h", Mark.FAULT)])
async def test_proxies_that_are_not_looked_behind(monkeypatch: pytest.MonkeyPatch, scheme: str, mark: Mark) -> None:
    monkeypatch.setattr(steps, "find_spec", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("https_proxy", f"{scheme}://127.0.0.1:{listening.getsockname()[1]}")
        found = await walked("wss://lamp.example")
    assert marks(found) == [("TCP", Mark.OK), ("proxy", mark)]
    assert named(found, "proxy").commands == (() if mark is Mark.OK else ("pip install 'python-socks[asyncio]'",))
