import ssl
import stat

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
