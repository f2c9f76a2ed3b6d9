"""Where a client connects and as whom: what a user calls a server becomes a URL, credentials and models' names."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit

from pydantic import SecretStr

from antiphon.client.credentials import NOBODY, Credentials, FixedCredentials, is_token, key_credentials, with_password
from antiphon.client.environment import (
    ANTIPHON_KEY,
    BASE_URLS,
    ENDPOINT,
    LOCATION,
    PROJECT,
    URL,
    Asked,
    checked,
    checked_key,
)
from antiphon.client.google_products import (
    CONNECTION_S_MAX,
    EXPRESS_MODELS,
    GOOGLE_DOMAIN,
    Place,
    developer_path,
    gemini,
    vertex,
)
from antiphon.errors import SettingsError, without_secrets
from antiphon.wire.dialect import DEVELOPER_PATH

Name = Literal["antiphon", "gemini", "vertex", "url"]

OWN_URL = "ws://127.0.0.1:8765"
"""Where `antiphon serve` listens when it is told nothing else."""
DEFAULT_MODELS: Mapping[Name, str] = {
    "antiphon": "gemini-live-2.5-flash-native-audio",
    "gemini": "gemini-3.8-live",
    "vertex": "gemini-live-2.5-flash-native-audio",
    "url": "gemini-live-2.5-flash-native-audio",
}
"""Generally available ones (protocol.md 7, 2); antiphon takes any name."""

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
_WHOLE_NAMES = ("projects/", "publishers/", "models/", "tunedModels/")
_VERTEX_SERVICE = "LlmBidiService"
_DEVELOPER_SERVICE = "GenerativeService"
_CHOICES = "antiphon, gemini, vertex, google, or a URL such as ws://127.0.0.1:8765"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A server, and all that has to be known of it to connect to it."""

    name: Name
    url: str
    """Complete, and without secrets."""
    credentials: Credentials
    transparent: bool
    """It tells which of the client's messages it has consumed (transparent resumption, protocol.md 4.7)."""
    tells_activity: bool
    """It tells where in the audio the user began and finished speaking, if it is asked to (`explicitVadSignal`)."""
    connection_s_max: float | None
    """Age at which it cuts a connection, where it is known to."""
    vertex: bool
    """It speaks as Vertex does, not as the Developer API."""
    models: str
    """What a model's name begins with there: `models/`."""

    def model_name(self, model: str | None) -> str:
        """Give a model's name in the form this server takes; without a name, that of a usual model.

        A name that has a form already is kept, save that Vertex is told the project, and reads the Developer
        API's `models/x` as `x`.
        """
        name = model or DEFAULT_MODELS[self.name]
        if self.vertex:
            name = name.removeprefix("models/")
            if name.startswith("publishers/"):
                return self.models.removesuffix(EXPRESS_MODELS) + name
        return name if name.startswith(_WHOLE_NAMES) else self.models + name


def resolve(  # noqa: PLR0913 - all that a user may say about it
    endpoint: str | None = None,
    *,
    project: str | None = None,
    location: str | None = None,
    api_key: str | None = None,
    api_version: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Endpoint:
    """Find the server a user means: `antiphon`, `gemini`, `vertex`, `google` or a URL.

    Without a name `ANTIPHON_ENDPOINT` says which, and otherwise it is antiphon, whatever keys there are: sound
    leaves this machine only when somebody said so. May block while Google's credentials are looked for, which
    google-auth does in this process's own environment. Raises SettingsError that says what was found, what is
    missing and the command that mends it.
    """
    key = SecretStr(api_key) if api_key else None
    asked = Asked(
        project=project or None,
        location=location or None,
        api_key=key,
        api_version=api_version or None,
        variables=environment,
    )
    chosen = (endpoint or asked.variable(ENDPOINT) or "antiphon").strip()
    name = chosen.lower()
    if name == "google":
        name = "vertex" if asked.wants_vertex() else "gemini"
    match name:
        case "antiphon":
            return _at_url("antiphon", asked.variable(URL) or OWN_URL, asked)
        case "gemini":
            return _at_google("gemini", gemini(asked), asked)
        case "vertex":
            return _at_google("vertex", vertex(asked), asked)
        case _ if name.isalpha() and name != "localhost":
            raise SettingsError(f"{chosen} is no endpoint: use {_CHOICES}")
        case _:
            return _at_url("url", chosen, asked)


def server_of(url: str) -> str:
    """Give scheme, host and port of a URL, for people to read."""
    return without_secrets(urljoin(url, "/")).rstrip("/")


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine, where no proxy stands in between."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(endpoint: str) -> SplitResult:
    try:
        parts = urlsplit(endpoint if "://" in endpoint else f"ws://{endpoint}")
        _ = parts.port
    except ValueError as error:
        raise SettingsError(f"the endpoint is no URL ({error}): use {_CHOICES}") from None
    if parts.scheme not in _SCHEMES:
        raise SettingsError(f"{without_secrets(endpoint)} has the scheme {parts.scheme!r}: use ws, wss, http or https")
    if not parts.hostname:
        raise SettingsError(f"{without_secrets(endpoint)} names no host: use {_CHOICES}")
    return parts._replace(scheme=_SCHEMES[parts.scheme], fragment="")


def _at_google(name: Literal["gemini", "vertex"], place: Place, asked: Asked) -> Endpoint:
    base = asked.variable(BASE_URLS[name])
    return Endpoint(
        name=name,
        url=_behind(base, place.url) if base else place.url,
        credentials=place.credentials,
        transparent=name == "vertex",
        tells_activity=False,  # Vertex has it, but not for every project and model
        connection_s_max=CONNECTION_S_MAX,
        vertex=name == "vertex",
        models=place.models,
    )


def _behind(base: str, url: str) -> str:
    """Put a gateway in the place of Google's host; what path it has comes before the method's."""
    gateway = _split(base)
    return gateway._replace(path=gateway.path.rstrip("/") + urlsplit(url).path).geturl()


def _at_url(name: Literal["antiphon", "url"], url: str, asked: Asked) -> Endpoint:
    parts, query_key = _without_query_key(_split(url.strip()))
    path_given = parts.path
    is_google = (parts.hostname or "").endswith(GOOGLE_DOMAIN)
    key = asked.key() or query_key or (None if is_google else asked.key(ANTIPHON_KEY))
    credentials = _credentials(parts, key)
    if is_google and credentials is NOBODY:
        raise SettingsError(
            f"{server_of(parts.geturl())} is Google's: choose the endpoint gemini or vertex, which find "
            "the credentials, or give an API key"
        )
    parts = parts._replace(netloc=parts.netloc.rpartition("@")[2], path=_path(parts, asked, key))
    is_vertex = _VERTEX_SERVICE in parts.path
    is_ours = name == "antiphon" or not (is_google or is_vertex or _DEVELOPER_SERVICE in path_given)
    return Endpoint(
        name=name,
        url=parts.geturl(),
        credentials=credentials,
        transparent=is_ours or is_vertex,
        tells_activity=is_ours,
        connection_s_max=CONNECTION_S_MAX if is_google else None,
        vertex=is_vertex,
        models=_models_at(asked, is_vertex),
    )


def _path(parts: SplitResult, asked: Asked, key: SecretStr | None) -> str:
    """Give the path of a URL, or where it has none that of the Developer API's method, which antiphon answers to."""
    if parts.path.strip("/"):
        return parts.path
    if is_token(key):
        return developer_path(asked.version("v1alpha", from_environment=False), key)
    return DEVELOPER_PATH


def _without_query_key(parts: SplitResult) -> tuple[SplitResult, SecretStr | None]:
    """Take the key out of a URL's query: it goes into a header, where no log keeps it."""
    query = parse_qsl(parts.query, keep_blank_values=True)
    keys = [value for name, value in query if name in {"key", "access_token"}]
    if not keys:
        return parts, None
    rest = [(name, value) for name, value in query if name not in {"key", "access_token"}]
    return parts._replace(query=urlencode(rest)), checked_key(keys[0], "the key in the URL")


def _credentials(parts: SplitResult, key: SecretStr | None) -> FixedCredentials:
    credentials = key_credentials(key) if key else NOBODY
    if parts.username is None:
        return credentials
    return with_password(credentials, unquote(parts.username), SecretStr(unquote(parts.password or "")))


def _models_at(asked: Asked, is_vertex: bool) -> str:
    if not is_vertex:
        if asked.project or asked.location:
            raise SettingsError("projects and locations are Vertex AI's: leave them out, or choose the endpoint vertex")
        return "models/"
    project = checked("project", asked.project or asked.variable(PROJECT))
    location = checked("location", asked.location or asked.variable(LOCATION))
    return f"projects/{project}/locations/{location or 'global'}/{EXPRESS_MODELS}" if project else EXPRESS_MODELS
