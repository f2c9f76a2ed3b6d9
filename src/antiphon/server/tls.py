"""A local certificate made on first use, and how clients are told to trust it.

Google's Python SDKs speak wss only, so without a certificate they cannot come (protocol.md 1.5).
"""

from dataclasses import dataclass
from pathlib import Path

import trustme
from filelock import FileLock

NAMES = ("localhost", "127.0.0.1", "::1")
LOCK_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files uvicorn needs, and the one clients must trust."""

    chain: Path
    key: Path
    authority: Path

    def trust_lines(self) -> str:
        """The shell lines that make Python and Node SDKs trust it."""
        return f"export SSL_CERT_FILE={self.authority}  # Python\nexport NODE_EXTRA_CA_CERTS={self.authority}  # Node"


def local_certificate(data_dir: Path) -> Certificate:
    """The certificate of this user, made if there is none. Its key is readable by the user alone."""
    folder = data_dir / "tls"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    with FileLock(folder / "lock", timeout=LOCK_WAIT_S):
        if not all(path.exists() for path in (certificate.chain, certificate.key, certificate.authority)):
            _make(certificate)
    return certificate


def _make(certificate: Certificate) -> None:
    authority = trustme.CA(organization_name="antiphon on this machine")
    issued = authority.issue_cert(*NAMES)
    certificate.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(str(certificate.key))
    certificate.chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(str(certificate.authority))
