"""The certificate of `antiphon serve --tls`, and whether programs started here would trust it."""

import os
import shlex
import ssl
from collections.abc import AsyncGenerator
from pathlib import Path

from antiphon.cli.diagnosis.certificates import Facts, facts_of
from antiphon.cli.diagnosis.finding import Finding, fault, ok, shown, warning

AUTHORITY = Path("tls", "authority.pem")
"""What clients are to trust, in the data directory."""
CHAIN = Path("tls", "server.pem")
VARIABLES = {"SSL_CERT_FILE": "Python", "NODE_EXTRA_CA_CERTS": "Node"}
"""What names the certificates that are trusted, and to whom."""


async def examine_certificate(data_dir: Path) -> AsyncGenerator[Finding]:
    """Look at the certificate there is, and at the variables that lead to what is trusted."""
    chain, authority = data_dir / CHAIN, data_dir / AUTHORITY
    made = chain.is_file() and authority.is_file()
    yield _certificate(chain) if made else ok("certificate", "none yet; `antiphon serve --tls` makes one")
    for variable, program in VARIABLES.items():
        finding = _variable(variable, program, authority if made else None)
        if finding is not None:
            yield finding


def _certificate(chain: Path) -> Finding:
    again = (f"rm -r {shlex.quote(str(chain.parent))}", "antiphon serve --tls")
    try:
        facts = facts_of(chain.read_bytes())
    except (ValueError, OSError):
        return fault("certificate", f"{shown(chain)} cannot be read; have it made again:", "", *again)
    if facts.ended:
        return fault("certificate", f"ended on {facts.last_day}", "have it made again:", *again)
    return ok("certificate", f"good until {facts.last_day}, for {_few(facts)}")


def _few(facts: Facts) -> str:
    return ", ".join(facts.names) or "no host"


def _variable(variable: str, program: str, authority: Path | None) -> Finding | None:
    named = os.environ.get(variable)
    export = () if authority is None else (f"export {variable}={shlex.quote(str(authority))}",)
    if named and not Path(named).is_file():
        consequence = "then it trusts nobody at all" if variable == "SSL_CERT_FILE" else "it is passed over"
        found = f"{variable} names {named}, which is no file: {consequence}"
        return fault("trust", found, f"for {program}: correct it, or leave it out:", f"unset {variable}", *export)
    if authority is None:
        return None
    if not named:
        advice = f"{program} clients do not trust our certificate: for wss set"
        return warning("trust", f"{variable} is not set", advice, *export)
    return _file(variable, Path(named), program, authority, export)


def _file(variable: str, named: Path, program: str, authority: Path, export: tuple[str, ...]) -> Finding:
    try:
        trusted = _authorities(named)
        ours = _authorities(authority)
    except (ssl.SSLError, OSError) as error:
        return fault(
            "trust", f"{variable} names {shown(named)}, which holds no certificates ({_why(error)})", "set", *export
        )
    if ours <= trusted:
        return ok("trust", f"{variable}: {program} trusts our certificate")
    advice = (
        f"{program} clients do not trust our certificate: start them with `antiphon run`, add it to that file, "
        "or, where they need no other server, set"
    )
    return warning("trust", f"{variable} names {shown(named)}, which leads to others", advice, *export)


def _authorities(file: Path) -> set[bytes]:
    """The certificates a program that is told of the file would trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    return set(context.get_ca_certs(binary_form=True))


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
