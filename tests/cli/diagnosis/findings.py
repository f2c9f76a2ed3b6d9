"""What tests of examinations share."""

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trustme
from websockets.asyncio.server import serve

from antiphon.cli.diagnosis.finding import Finding, Mark


async def all_of(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


def marks(findings: list[Finding]) -> list[tuple[str, Mark]]:
    return [(finding.name, finding.mark) for finding in findings]


def named(findings: list[Finding], name: str) -> Finding:
    return next(finding for finding in findings if finding.name == name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def tls_server(authority: trustme.CA, *names: str, **options: object) -> AsyncIterator[int]:
    """Speak TLS on a free loopback port, with a certificate for these names; gives the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names, **options).configure_cert(context)  # type: ignore[arg-type]

    async def never(_: object) -> None: ...

    async with serve(never, "127.0.0.1", 0, ssl=context) as server:
        yield next(iter(server.sockets)).getsockname()[1]
