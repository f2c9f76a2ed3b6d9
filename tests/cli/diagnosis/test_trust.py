from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.cli.diagnosis.trust import AUTHORITY, CHAIN, VARIABLES, examine_certificate
from antiphon.server.tls import Certificate, local_certificate
from tests.cli.diagnosis.findings import all_of, marks


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return local_certificate(tmp_path)


async def examined(data_dir: Path) -> list[Finding]:
    return await all_of(examine_certificate(data_dir))


async def test_there_may_be_none(tmp_path: Path) -> None:
    (finding,) = await examined(tmp_path)
    assert finding.mark is Mark.OK
    assert "antiphon serve --tls" in finding.found
    assert (await examined(tmp_path))[0] == finding  # looking makes none


def test_it_is_looked_for_where_it_is_made(tmp_path: Path, made: Certificate) -> None:
    assert (made.chain, made.authority) == (tmp_path / CHAIN, tmp_path / AUTHORITY)


async def test_one_that_nobody_was_told_to_trust(tmp_path: Path, made: Certificate) -> None:
    found = await examined(tmp_path)
    assert marks(found) == [("certificate", Mark.OK), ("trust", Mark.WARNING), ("trust", Mark.WARNING)]
    assert "localhost" in found[0].found
    assert found[1].commands == (f"export SSL_CERT_FILE={made.authority}",)
    assert found[2].commands == (f"export NODE_EXTRA_CA_CERTS={made.authority}",)


async def test_one_that_is_trusted(tmp_path: Path, made: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"# ours\n" + trustme.CA().cert_pem.bytes() + made.authority.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(made.authority))
    assert {finding.mark for finding in await examined(tmp_path)} == {Mark.OK}


async def test_a_variable_that_leads_to_others(
    tmp_path: Path, made: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    finding = (await examined(tmp_path))[1]
    assert finding.mark is Mark.WARNING
    assert "antiphon run" in finding.advice


async def test_a_variable_that_leads_to_nothing(
    tmp_path: Path, made: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(tmp_path / "empty.pem"))
    python, node = (await examined(tmp_path))[1:]
    assert (python.mark, node.mark) == (Mark.FAULT, Mark.FAULT)
    assert "trusts nobody at all" in python.found
    assert python.commands == ("unset SSL_CERT_FILE", f"export SSL_CERT_FILE={made.authority}")
    assert "holds no certificates" in node.found


async def test_a_variable_that_leads_to_nothing_breaks_other_clients_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    found = await examined(tmp_path)
    assert marks(found) == [("certificate", Mark.OK), ("trust", Mark.FAULT)]


@pytest.mark.parametrize("fault", ["ended", "broken"])
async def test_one_that_is_no_good_is_made_again(tmp_path: Path, made: Certificate, fault: str) -> None:
    over = datetime.now(UTC) - timedelta(days=1)
    ended = trustme.CA().issue_cert("localhost", not_after=over).cert_chain_pems[0].bytes()
    made.chain.write_bytes(ended if fault == "ended" else b"nonsense")
    finding = (await examined(tmp_path))[0]
    assert finding.mark is Mark.FAULT
    assert finding.commands == (f"rm -r {made.chain.parent}", "antiphon serve --tls")
