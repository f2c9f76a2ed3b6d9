import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from antiphon.cli.diagnosis.certificates import facts_of


def test_says_who_issued_it_for_whom_and_until_when() -> None:
    authority = trustme.CA(organization_name="Lamp Company")
    ends = datetime.now(UTC) + timedelta(days=3)
    pem = authority.issue_cert("lamp.example", "127.0.0.1", not_after=ends).cert_chain_pems[0].bytes()
    for form in (pem, ssl.PEM_cert_to_DER_cert(pem.decode())):
        facts = facts_of(form)
        assert facts.issuer == "Lamp Company"
        assert facts.names == ("lamp.example", "127.0.0.1")
        assert facts.last_day == f"{ends:%Y-%m-%d}"
        assert not facts.ended


def test_knows_one_that_has_ended() -> None:
    over = datetime.now(UTC) - timedelta(seconds=5)
    assert facts_of(trustme.CA().issue_cert("a.example", not_after=over).cert_chain_pems[0].bytes()).ended


def test_an_authority_is_for_no_host() -> None:
    assert facts_of(trustme.CA().cert_pem.bytes()).names == ()


@pytest.mark.parametrize("text", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the library's
        facts_of(text)
