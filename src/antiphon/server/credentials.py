"""What a client presents to be let in, wherever it puts it (protocol.md 1.2). Never logged."""

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from antiphon.store.contracts import TOKEN_PREFIX

_SCHEMES = ("token", "bearer")


@dataclass(frozen=True, slots=True)
class Credential:
    """A key, a bearer token or an ephemeral token."""

    secret: str = field(repr=False)

    @property
    def ephemeral(self) -> bool:
        """Whether it is the name of a token; SDKs put those in the places of keys too."""
        return self.secret.startswith(TOKEN_PREFIX)


def presented(request: HTTPConnection) -> Credential | None:
    """Find the credential of a request: the first of the five places that holds one counts."""
    query, headers = request.query_params, request.headers
    places = (query.get("key"), query.get("access_token"), headers.get("x-goog-api-key"))
    secret = next((place.strip() for place in places if place and place.strip()), None) or _authorised(
        headers.getlist("authorization")
    )
    return Credential(secret) if secret else None


def _authorised(headers: list[str]) -> str | None:
    """Of the Authorization headers: `Token` before `Bearer`, and no other scheme."""
    found = dict(reversed([_scheme_and_secret(header) for header in headers]))
    return next((found[scheme] for scheme in _SCHEMES if found.get(scheme)), None)


def _scheme_and_secret(header: str) -> tuple[str, str]:
    scheme, _, secret = header.strip().partition(" ")
    return scheme.lower(), secret.strip()
