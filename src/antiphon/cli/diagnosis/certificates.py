"""X.509 certificates, as far as people need to know them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

_SPEAKING = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says."""

    issuer: str
    names: tuple[str, ...]
    """Hosts it is for: names and addresses."""
    ends: datetime

    @property
    def ended(self) -> bool:
        """It is no good any more."""
        return self.ends <= datetime.now(UTC)

    @property
    def last_day(self) -> str:
        """The day it ends, in UTC."""
        return f"{self.ends:%Y-%m-%d}"


def facts_of(certificate: bytes) -> Facts:
    """Read a certificate, in PEM (the first of several) or DER. Raises ValueError for what is none."""
    parsed = _parsed(certificate)
    try:
        alternative = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        alternative = None
    names = () if alternative is None else alternative.get_values_for_type(x509.DNSName)
    addresses = () if alternative is None else alternative.get_values_for_type(x509.IPAddress)
    return Facts(_called(parsed.issuer), (*names, *map(str, addresses)), parsed.not_valid_after_utc)


def _parsed(certificate: bytes) -> x509.Certificate:
    if b"-----BEGIN CERTIFICATE-----" in certificate:
        return x509.load_pem_x509_certificates(certificate)[0]
    return x509.load_der_x509_certificate(certificate)


def _called(name: x509.Name) -> str:
    parts = [str(attribute.value) for oid in _SPEAKING for attribute in name.get_attributes_for_oid(oid)]
    return ", ".join(dict.fromkeys(parts)) or name.rfc4514_string() or "somebody without a name"
