"""As whom a client would come, from which variable or file, and what of the environment contradicts itself."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from antiphon.cli.diagnosis.finding import Finding, ok, shown, warning
from antiphon.client.credentials import NOBODY, Credentials, FixedCredentials
from antiphon.client.endpoint import Endpoint
from antiphon.client.environment import ANTIPHON_KEY, GOOGLE_KEYS, LOCATION, PROJECT, VERTEX_SWITCHES, Asked

QUOTA_HEADER = "x-goog-user-project"

_GOOGLE = {"gemini", "vertex"}
_GCLOUD_FOLDER = "CLOUDSDK_CONFIG"
_LOGIN_FILE = "application_default_credentials.json"


def stated(endpoint: Endpoint, asked: Asked) -> Finding:
    """Say what would be used, and where it is from."""
    credentials = endpoint.credentials
    if credentials is NOBODY:
        return ok("credentials", f"none: {ANTIPHON_KEY} is not set")
    if isinstance(credentials, FixedCredentials):
        return ok("credentials", f"{credentials.what}, from {_key_source(endpoint, asked)}")
    return ok("credentials", f"{credentials.what}, from {_account_source(asked.variables)}")


def contradictions(endpoint: Endpoint, asked: Asked) -> Iterator[Finding]:
    """Name what is set for Google and does not count here, or says something else than was chosen."""
    if endpoint.name not in _GOOGLE:
        return
    keys = [name for name in GOOGLE_KEYS if asked.variable(name)]
    if not isinstance(endpoint.credentials, FixedCredentials):
        if keys:
            yield _key_passed_over(keys[0], [name for name in (PROJECT, LOCATION) if asked.variable(name)])
    elif asked.api_key is None and len({asked.variable(name) for name in keys}) > 1:
        yield _warning(f"{keys[1]} is not used: {keys[0]} holds another key, and goes before it", keys[1])
    switch = next((name for name in VERTEX_SWITCHES if name in asked.variables), None)
    chosen = "vertex" if asked.wants_vertex() else "gemini"
    if switch and asked.variable(switch) and chosen != endpoint.name:
        yield _warning(f"{switch} leads Google's SDKs to {chosen}; {endpoint.name} was chosen here", switch)


def _key_passed_over(key: str, instead: list[str]) -> Finding:
    found = f"{key} is not used, for {' and '.join(instead)} goes before it"
    return warning("environment", found, "to come with the key alone:", f"unset {' '.join(instead)}")


def _warning(found: str, variable: str) -> Finding:
    return warning("environment", found, "", f"unset {variable}")


def obtained(endpoint: Endpoint, headers: Mapping[str, str]) -> Finding | None:
    """Say what Google gave an account: whose project is used, and until when the token is good."""
    if isinstance(endpoint.credentials, FixedCredentials):
        return None
    project = endpoint.models.removeprefix("projects/").partition("/")[0]
    quota = headers.get(QUOTA_HEADER)
    paid = f", paid by {quota}" if quota and quota != project else ""
    return ok("token", f"given for the project {project}{paid}{_until(endpoint.credentials)}")


def _until(credentials: Credentials) -> str:
    if credentials.expires is None:
        return ""
    minutes = max(0, round((credentials.expires - datetime.now(UTC)).total_seconds() / 60))
    return f", good for {minutes} minutes and then renewed"


def _key_source(endpoint: Endpoint, asked: Asked) -> str:
    if asked.api_key is not None:
        return "--api-key"
    if endpoint.name in _GOOGLE:
        return next(name for name in GOOGLE_KEYS if asked.variable(name))
    return ANTIPHON_KEY if asked.variable(ANTIPHON_KEY) else "the URL"


def _account_source(environment: Mapping[str, str]) -> str:
    from antiphon.client.google_account import CREDENTIALS  # noqa: PLC0415 - loads google-auth

    if named := environment.get(CREDENTIALS):
        return f"{CREDENTIALS} {shown(Path(named))}"
    login = _gcloud_folder(environment) / _LOGIN_FILE
    return shown(login) if login.is_file() else "the metadata server of this machine"


def _gcloud_folder(environment: Mapping[str, str]) -> Path:
    if named := environment.get(_GCLOUD_FOLDER):
        return Path(named)
    if os.name == "nt":
        return Path(environment.get("APPDATA", "")) / "gcloud"
    return Path.home() / ".config" / "gcloud"
