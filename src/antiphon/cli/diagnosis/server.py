"""The endpoint that is chosen: as whom we come there, the way to it, and a session with it."""

import os
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import SecretStr

from antiphon.cli.diagnosis.bounded import in_thread
from antiphon.cli.diagnosis.credentials import contradictions, obtained, stated
from antiphon.cli.diagnosis.finding import Finding, Mark, fault, ok
from antiphon.cli.diagnosis.session import examine_session
from antiphon.cli.diagnosis.steps import examine_route
from antiphon.client.endpoint import Endpoint, is_loopback, resolve, server_of
from antiphon.client.environment import ENDPOINT, URL, Asked
from antiphon.config import Client
from antiphon.errors import ConnectionRefused, NoAnswer, SettingsError

RESOLVE_WAIT_S = 30.0
"""For google-auth, which may ask gcloud and a metadata server for credentials."""


_VERSION = re.compile(r"/ws/google[\w.]*\.(v\d\w*)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What the flags say of the endpoint."""

    endpoint: str | None
    api_key: str | None = field(repr=False)
    model: str | None


async def examine_server(chosen: Destination, limits: Client, authority: Path) -> AsyncGenerator[Finding]:
    """Go from the choice of an endpoint to setupComplete; where a step fails it is the last one.

    `authority` is the certificate that clients of `antiphon serve --tls` are to trust.
    """
    try:
        endpoint = await in_thread(lambda: resolve(chosen.endpoint, api_key=chosen.api_key), RESOLVE_WAIT_S)
    except SettingsError as error:
        yield fault("endpoint", str(error))
        return
    yield ok("endpoint", f"{_place(endpoint)} ({_chosen_by(chosen)})")
    asked = Asked(api_key=SecretStr(chosen.api_key) if chosen.api_key else None, variables=os.environ)
    yield stated(endpoint, asked)
    for finding in contradictions(endpoint, asked):
        yield finding
    headers: Mapping[str, str] | None = None
    try:
        headers = await endpoint.credentials.headers()
    except (SettingsError, ConnectionRefused, NoAnswer) as error:
        yield fault("token", str(error))
    else:
        if (given := obtained(endpoint, headers)) is not None:
            yield given
    async for finding in _connection(endpoint, headers, chosen.model, limits, authority):
        yield finding


async def _connection(
    endpoint: Endpoint, headers: Mapping[str, str] | None, model: str | None, limits: Client, authority: Path
) -> AsyncGenerator[Finding]:
    own = endpoint.name == "antiphon" and is_loopback(endpoint.url)
    async for finding in examine_route(endpoint.url, own=own, authority=authority):
        yield finding
        if finding.mark is not Mark.OK:
            return
    if headers is None:
        return
    async for finding in examine_session(endpoint, headers, model, limits):
        yield _without(finding, headers)


def _without(finding: Finding, headers: Mapping[str, str]) -> Finding:
    """Take out of what a server said the key it may have repeated."""
    found = finding.found
    for value in headers.values():
        for secret in {value, value.rpartition(" ")[2]}:
            found = found.replace(secret, "…")
    return replace(finding, found=found)


def _place(endpoint: Endpoint) -> str:
    """Its name and address, and the version of the API that its path names."""
    version = _VERSION.search(endpoint.url)
    return f"{endpoint.name} at {server_of(endpoint.url)}" + (f", API {version[1]}" if version else "")


def _chosen_by(chosen: Destination) -> str:
    if chosen.endpoint:
        return "--endpoint"
    if os.environ.get(ENDPOINT, "").strip():
        return ENDPOINT
    return URL if os.environ.get(URL, "").strip() else "the usual one"
