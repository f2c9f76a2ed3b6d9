"""As whom a client comes: the headers of its handshake (protocol.md 1.2). What is secret shows in no repr."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

TOKEN_PREFIX = "auth_tokens/"  # noqa: S105 - what an ephemeral token begins with
"""Of a key that is an ephemeral token (protocol.md 6)."""


class Credentials(Protocol):
    """What shows a server who is calling."""

    @property
    def what(self) -> str:
        """What they are, for people to read: `an API key`."""
        ...

    @property
    def expires(self) -> datetime | None:
        """When what they gave last ends, in UTC, where that is known."""
        ...

    async def headers(self) -> dict[str, str]:
        """Give the headers of a handshake that begins now.

        Raises SettingsError when the user has to do something first, ConnectionRefused and NoAnswer
        when whoever issues the credentials cannot be asked at the moment.
        """
        ...

    async def renew(self) -> bool:
        """Get others after the server refused these with 401; False where there can be no others.

        Raises what `headers` raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class FixedCredentials:
    """Credentials that are good or not, and stay so."""

    what: str
    kept: tuple[tuple[str, SecretStr], ...] = field(default=(), repr=False)
    expires: None = field(default=None, repr=False)

    async def headers(self) -> dict[str, str]:
        return {name: value.get_secret_value() for name, value in self.kept}

    async def renew(self) -> bool:
        return False


NOBODY = FixedCredentials("no credentials")
"""For a server that lets everybody in."""


def key_credentials(key: SecretStr) -> FixedCredentials:
    """Come with an API key, or with an ephemeral token where the key is one."""
    secret = key.get_secret_value()
    if secret.startswith(TOKEN_PREFIX):
        return FixedCredentials("an ephemeral token", (("Authorization", SecretStr(f"Token {secret}")),))
    return FixedCredentials("an API key", (("x-goog-api-key", key),))


def with_password(credentials: FixedCredentials, user: str, password: SecretStr) -> FixedCredentials:
    """Come with a name and a password too, for a proxy in front of a server (RFC 7617)."""
    pair = base64.b64encode(f"{user}:{password.get_secret_value()}".encode()).decode()
    return FixedCredentials(
        f"{credentials.what}, with a user name and password" if credentials.kept else "a user name and password",
        (("Authorization", SecretStr(f"Basic {pair}")), *credentials.kept),
    )


def is_token(key: SecretStr | None) -> bool:
    """Tell whether a key is an ephemeral token."""
    return key is not None and key.get_secret_value().startswith(TOKEN_PREFIX)
