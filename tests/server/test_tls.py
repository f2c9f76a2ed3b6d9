import socket
import ssl
import stat
from contextlib import suppress

import pytest

from antiphon.server.listen import listening
from antiphon.server.tls import local_certificate
from tests.runtime.stage import scripted
from tests.server.conftest import DEVELOPER, SETUP, Caller, connect


def test_it_is_made_once_and_its_key_is_private(tmp_path):
    first = local_certificate(tmp_path)
    made = first.chain.read_bytes()
    assert local_certificate(tmp_path) == first
    assert first.chain.read_bytes() == made
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    assert b"PRIVATE" not in first.authority.read_bytes()


def test_a_lost_file_is_made_anew(tmp_path):
    certificate = local_certificate(tmp_path)
    certificate.key.unlink()
    assert local_certificate(tmp_path).key.exists()


def test_clients_are_told_how_to_trust_it(tmp_path):
    lines = local_certificate(tmp_path).trust_lines()
    assert f"export SSL_CERT_FILE={tmp_path}/tls/authority.pem" in lines
    assert f"export NODE_EXTRA_CA_CERTS={tmp_path}/tls/authority.pem" in lines


@pytest.mark.requirement("transport.tls")
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_who_trusts_the_authority_is_served(tmp_path, name):
    settings = scripted(server={"port": 0, "tls": True, "data_dir": tmp_path})
    async with listening(settings) as server:
        trust = ssl.create_default_context(cafile=server.certificate.authority)
        async with connect(f"wss://{name}:{server.port}{DEVELOPER}", ssl=trust) as socket:
            caller = Caller(socket)
            await caller.send(SETUP)
            assert "setupComplete" in await caller.read()


async def test_who_does_not_is_not(tmp_path):
    settings = scripted(server={"port": 0, "tls": True, "data_dir": tmp_path})
    async with listening(settings) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(server.url + DEVELOPER)


def names_of(certificate) -> set[str]:
    return {str(value) for _, value in certificate_of(certificate)["subjectAltName"]}


def certificate_of(certificate) -> dict[str, object]:
    """What a client sees of it, in a handshake that needs no socket."""
    served, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=certificate.authority)
    served.load_cert_chain(certificate.chain, certificate.key)
    back, forth = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = served.wrap_bio(forth, back, server_side=True)
    client = trust.wrap_bio(back, forth, server_hostname="localhost")
    for side in (client, server, client):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return client.getpeercert()


LOCAL = {"localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"}


def test_it_names_where_the_server_listens_and_its_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "kitchen")
    assert names_of(local_certificate(tmp_path, "192.0.2.7")) == LOCAL | {"192.0.2.7", "kitchen"}
    assert names_of(local_certificate(tmp_path, "127.0.0.2")) == LOCAL | {"192.0.2.7", "kitchen"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "a_host", "-"])
def test_what_is_no_name_is_left_out(tmp_path, monkeypatch, host):
    monkeypatch.setattr(socket, "gethostname", lambda: "not a name")
    assert names_of(local_certificate(tmp_path, host)) == LOCAL


def test_it_is_made_anew_for_a_name_it_lacks_and_only_then(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "kitchen")
    seen = [local_certificate(tmp_path, host).chain.read_bytes() for host in ("localhost", "0.0.0.0", "localhost")]
    assert seen[0] != seen[1] == seen[2]
