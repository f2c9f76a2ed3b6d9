"""Who is let in by which door: hosts, paths and credentials (protocol.md 1.1, 1.2, 5)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.google.failures import BAD_KEY, NOT_REGISTERED

GOOD_KEY = "AIzaSyFakeButGood00000000000000000000000"
OTHER_GOOD_KEY = "AIzaSyFakeAndGoodToo0000000000000000000"
EXPIRED_KEY = "AIzaSyExpired000000000000000000000000000"
GOOD_TOKEN = "auth_tokens/fake-but-good"
PROJECT = "singing-lamp-100"

_GOOD_KEYS = {GOOD_KEY, OTHER_GOOD_KEY}
DEVELOPER_HOST = "generativelanguage.googleapis.com"
VERSIONS = {"v1", "v1beta1", "v1beta", "v1alpha"}

_DEVELOPER_PATH = re.compile(
    r"/ws/google\.ai\.generativelanguage\.(\w+)\.GenerativeService\.BidiGenerateContent(Constrained)?"
)
_VERTEX_PATH = re.compile(r"/ws/google\.cloud\.aiplatform\.(\w+)\.LlmBidiService/BidiGenerateContent")
_VERTEX_HOST = re.compile(
    r"(?:aiplatform\.(?P<multi>us|eu)\.rep|(?P<region>[a-z]+-[a-z]+\d+)-aiplatform|aiplatform)\.googleapis\.com"
)


@dataclass(frozen=True)
class Caller:
    """What a client said in its handshake, as it said it."""

    sni: str | None
    host: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""

    @classmethod
    def of(cls, sni: str | None, target: str, headers: Mapping[str, str]) -> "Caller":
        parts = urlsplit(target if not target.startswith("//") else f"//x{target}")
        return cls(sni, headers.get("host", ""), parts.path, parse_qs(parts.query), headers)

    @property
    def api_key(self) -> str | None:
        return self.headers.get("x-goog-api-key") or next(iter(self.query.get("key", [])), None)

    def authorization(self, scheme: str) -> str | None:
        given, _, value = self.headers.get("authorization", "").partition(" ")
        return value if given == scheme else None


@dataclass(frozen=True)
class Door:
    """How a client came in: what the messages it sends and gets depend on."""

    product: str
    """`developer` or `vertex`."""
    version: str
    location: str = "global"
    express: bool = False

    @property
    def vertex(self) -> bool:
        return self.product == "vertex"


@dataclass(frozen=True)
class Turned:
    """Turned away: with an HTTP status, or after the upgrade with a close code."""

    code: int
    reason: str

    @property
    def at_handshake(self) -> bool:
        return self.code < 1000


def enter(caller: Caller, is_good_bearer: Callable[[str], bool]) -> Door | Turned:
    """Let a client in, or turn it away as Google does."""
    if caller.sni != caller.host:
        return Turned(421, f"the certificate is for {caller.sni}, the request for {caller.host}")
    path = re.sub(r"^/+", "/", caller.path)
    if caller.host == DEVELOPER_HOST and (found := _DEVELOPER_PATH.fullmatch(path)) and found[1] in VERSIONS:
        return _developer(caller, found[1], constrained=found[2] is not None)
    host = _VERTEX_HOST.fullmatch(caller.host)
    if host and (found := _VERTEX_PATH.fullmatch(path)) and found[1] in VERSIONS:
        return _vertex(caller, found[1], host["multi"] or host["region"] or "global", is_good_bearer)
    return Turned(404, "The requested URL was not found on this server.")


def _developer(caller: Caller, version: str, *, constrained: bool) -> Door | Turned:
    token = caller.authorization("Token") or next(iter(caller.query.get("access_token", [])), None)
    if constrained:
        return Door("developer", version) if token == GOOD_TOKEN else Turned(1008, NOT_REGISTERED)
    if token is not None or caller.api_key is None or caller.api_key.startswith("auth_tokens/"):
        return Turned(1008, NOT_REGISTERED)
    if caller.api_key == EXPIRED_KEY:
        return Turned(1007, "API key expired. Please renew the API key.")
    return Door("developer", version) if caller.api_key in _GOOD_KEYS else Turned(1007, BAD_KEY)


def _vertex(caller: Caller, version: str, location: str, is_good_bearer: Callable[[str], bool]) -> Door | Turned:
    bearer = caller.authorization("Bearer")
    if bearer is not None and is_good_bearer(bearer):
        return Door("vertex", version, location)
    if bearer is None and caller.api_key in _GOOD_KEYS:
        return Door("vertex", version, location, express=True)
    return Turned(401, "Request had invalid authentication credentials. Expected OAuth 2 access token.")
