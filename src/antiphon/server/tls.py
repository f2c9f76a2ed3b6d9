"""A local certificate made on first use, and how clients are told to trust it.

Google's Python SDKs speak wss only, so without a certificate they cannot come (protocol.md 1.5).
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from pathlib import Path

import trustme
from filelock import FileLock

from antiphon.server.origins import is_loopback

NAMES = ("localhost", "127.0.0.1", "::1")
LOCK_WAIT_S = 30.0

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files uvicorn needs, and the one clients must trust."""

    chain: Path
    key: Path
    authority: Path

    def trust_lines(self) -> str:
        """The shell lines that make Python and Node SDKs trust it."""
        return f"export SSL_CERT_FILE={self.authority}  # Python\nexport NODE_EXTRA_CA_CERTS={self.authority}  # Node"


def local_certificate(data_dir: Path, host: str = "localhost") -> Certificate:
    """The certificate of this user for where the server listens, made if there is none that names it.

    Its key is readable by the user alone. A new one names what the last one did too, so that it lasts.
    """
    folder = data_dir / "tls"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    named = folder / "names"
    with FileLock(folder / "lock", timeout=LOCK_WAIT_S):
        there = all(path.exists() for path in (certificate.chain, certificate.key, certificate.authority))
        before = {*NAMES, *(named.read_text(encoding="ascii").split() if named.exists() else ())}
        names = before | _names(host)
        if not there or names != before:
            certificate.authority.unlink(missing_ok=True)  # written last: without it the others do not count
            _make(certificate, sorted(names))
            named.write_text("\n".join(sorted(names)), encoding="ascii")
    return certificate


def _names(host: str) -> set[str]:
    """What clients elsewhere call this machine: the host it listens at, unless that is all of them, and its name."""
    if is_loopback(host):
        return set()
    return {name for name in (host, socket.gethostname()) if _nameable(name)}


def _nameable(name: str) -> bool:
    try:
        return not ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return _HOST.fullmatch(name) is not None


def _make(certificate: Certificate, names: list[str]) -> None:
    authority = trustme.CA(organization_name="antiphon on this machine")
    issued = authority.issue_cert(*names)
    certificate.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(str(certificate.key))
    certificate.chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(str(certificate.authority))
