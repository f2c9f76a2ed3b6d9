"""What a server's refusals mean and what to do about them: protocol.md section 5, in words for people."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from antiphon.client.connection import LOST
from antiphon.client.endpoint import Endpoint
from antiphon.client.google_products import GOOGLE_DOMAIN


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do, in words and as lines for the shell; `PROJECT` stands for the project."""

    advice: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refusal says, and what is to be done at each product."""

    means: str
    gemini: Remedy
    vertex: Remedy
    elsewhere: Remedy


class Product(Enum):
    """Whose server refuses."""

    GEMINI = "gemini"
    VERTEX = "vertex"
    ELSEWHERE = "elsewhere"
    """An antiphon, or something that answers like one."""

    @classmethod
    def of(cls, endpoint: Endpoint) -> "Product":
        """Tell it from where an endpoint leads."""
        if f"{GOOGLE_DOMAIN}/" not in endpoint.url:
            return cls.ELSEWHERE
        return cls.VERTEX if endpoint.vertex else cls.GEMINI


_Given = Remedy | str


def _means(means: str, usual: _Given, *, vertex: _Given | None = None, elsewhere: _Given | None = None) -> Meaning:
    def remedy(given: _Given | None) -> Remedy:
        chosen = usual if given is None else given
        return Remedy(chosen) if isinstance(chosen, str) else chosen

    return Meaning(means, remedy(None), remedy(vertex), remedy(elsewhere))


_KEYS_PAGE = "https://aistudio.google.com/apikey"
_ADD_KEY = "antiphon keys add NAME"
_LOG_IN = "gcloud auth application-default login"
_ALLOW = Remedy(
    "switch the API on in the project, and give yourself the role Vertex AI User there:",
    (
        "gcloud services enable aiplatform.googleapis.com --project PROJECT",
        "gcloud projects add-iam-policy-binding PROJECT --member user:YOU --role roles/aiplatform.user",
    ),
)
_LATER = "try again in a minute; where it stays so, look at https://status.cloud.google.com"
_BUSY = "wait until others have left, or let more in: ANTIPHON_LIMITS__SESSIONS_MAX where it runs"
_MODELS = "name one that is there with --model; without it the usual one is asked for"

_BAD_KEY = _means(
    "it does not know this key",
    f"copy the key again, the whole of it, or make one at {_KEYS_PAGE}",
    elsewhere=Remedy("where the server runs, `antiphon keys list` shows who has one; make another:", (_ADD_KEY,)),
)
_EXPIRED_KEY = _means(
    "the key has expired",
    f"make another one at {_KEYS_PAGE}",
    elsewhere=Remedy("make another one where the server runs:", (_ADD_KEY,)),
)
_NO_KEY = _means(
    "it wants a key, and found none it could use",
    Remedy(f"give it one; they are made at {_KEYS_PAGE}:", ("export GOOGLE_API_KEY=...",)),
    elsewhere=Remedy("give it one; they are made by `antiphon keys add NAME`:", ("export ANTIPHON_API_KEY=...",)),
)
_TOKEN = _means("the ephemeral token is spent, has expired, or is not known", "make another one with the key")
_REGION = _means(
    "it does not serve the place this machine is in",
    "go by Vertex AI, whose regions you choose: --endpoint vertex",
    vertex="choose another region: GOOGLE_CLOUD_LOCATION",
)
_BLOCKED_KEY = _means(
    "the key is good, but not for this API",
    "allow the key the Generative Language API (Google Cloud console, Credentials), "
    f"or make another one at {_KEYS_PAGE}",
    vertex="allow the key the Vertex AI API (Google Cloud console, Credentials)",
)
_FORBIDDEN = _means(
    "you may not use it",
    "switch the Generative Language API on in the project of the key",
    vertex=_ALLOW,
    elsewhere="what stands in front of the server refuses; ask whoever runs it",
)
_RETIRED = _means("the model is not, or no longer, a model to talk to", _MODELS)
_UNKNOWN_MODEL = _means(
    "it has no such model",
    _MODELS,
    vertex=f"{_MODELS}. It may be in another location only: GOOGLE_CLOUD_LOCATION=us-central1",
)
_FULL = _means(
    "as many sessions as are allowed are open",
    "close others, or wait until they end",
    elsewhere="close others, or let the key have more (`antiphon keys add --sessions`)",
)
_QUOTA = _means(
    "the quota is used up, or nobody pays",
    "look at usage and billing: https://aistudio.google.com/usage",
    vertex="look at the quota and the billing of the project: https://console.cloud.google.com/iam-admin/quotas",
    elsewhere="wait until others have left",
)
_MODALITY = _means("the model does not answer in the form that was asked for", _MODELS)
_FIELD = _means(
    "it does not know a field that antiphon sends",
    "where GOOGLE_GENAI_API_VERSION is set, unset it; otherwise update antiphon, or report it with this page",
    elsewhere="the server may be older than this client: update it",
)
_INVALID = _means(
    "something in the setup is not to its liking; it does not say what",
    "most often it is the model: name another one with --model",
)
_UNSUPPORTED = _means(
    "the model, or this location, does not do what was asked", "name another model with --model, or another location"
)
_UNAVAILABLE = _means("it is overloaded or being restarted", _LATER, elsewhere=_BUSY)
_INTERNAL = _means("something broke in the server", _LATER, elsewhere="its log says what: `antiphon serve -v`")
_CUT = _means(
    "the connection was cut",
    "a proxy or firewall may let no WebSocket through: try another network",
    elsewhere="look whether the server still runs, and what its log says: `antiphon serve -v`",
)
_ENDED = _means("it ended the session before it began", _LATER, elsewhere="is it a Live API server?")
_OTHER = _means("antiphon knows no explanation", "report it with this page")

_CLOSES: tuple[tuple[frozenset[int], re.Pattern[str], Meaning], ...] = tuple(
    (frozenset(codes), re.compile(reason, re.IGNORECASE), meaning)
    for codes, reason, meaning in (
        ({1007, 1008}, r"key (not valid|not found|invalid)|api_key_invalid", _BAD_KEY),
        ({1007, 1008}, r"key expired|renew the api key", _EXPIRED_KEY),
        ({1007, 1008}, r"unregistered callers", _NO_KEY),
        ({1007, 1008}, r"ephemeral token|auth_token", _TOKEN),
        ({1007, 1008}, r"location is not supported", _REGION),
        ({1007, 1008}, r"are blocked|service_blocked", _BLOCKED_KEY),
        ({1007, 1008}, r"permission|has not been used in project|is disabled", _FORBIDDEN),
        ({1007, 1008}, r"not supported in the live api", _RETIRED),
        ({1007, 1008}, r"is not found for api version|publisher model|model.* not found", _UNKNOWN_MODEL),
        ({1007, 1008, 1011}, r"concurrent", _FULL),
        ({1007, 1008, 1011}, r"quota|exhausted|credits|billing", _QUOTA),
        ({1007}, r"non-audio request|program instantiation", _MODALITY),
        ({1007}, r"unknown name|cannot find field", _FIELD),
        ({1007}, r"", _INVALID),
        ({1008}, r"not implemented|not supported|not enabled", _UNSUPPORTED),
        ({1011}, r"unavailable|overloaded|you are most|deadline", _UNAVAILABLE),
        ({1001, 1012, 1013}, r"", _UNAVAILABLE),
        ({1011}, r"", _INTERNAL),
        ({LOST, 1005}, r"", _CUT),
        ({1000}, r"", _ENDED),
    )
)
"""The first that fits counts, as in client/verdict.py; reasons are cut at 123 bytes."""

_CREDENTIALS = _means(
    "it does not take these credentials",
    _BAD_KEY.gemini,
    vertex=Remedy("log in anew; in express mode copy the API key again:", (_LOG_IN,)),
    elsewhere=_BAD_KEY.elsewhere,
)
_NO_API = _means(
    "there is no Live API at this path",
    "where GOOGLE_GENAI_API_VERSION is set, unset it",
    elsewhere="give host and port without a path: antiphon answers there; or another server has the port",
)
_MOVED = _means(
    "it sends its callers elsewhere, as a login page or a proxy does",
    "look what stands in front of the server: a captive portal, a gateway",
    elsewhere="give the URL it sends to, with wss:// where it was ws://",
)
_GATEWAY = _means("what stands in front of the server does not reach it", _LATER, elsewhere="start the server again")
_TURNED_AWAY = _means("it turns the connection away", "look what stands in between, and report it with this page")

_STATUSES: Mapping[int, Meaning] = {
    HTTPStatus.UNAUTHORIZED: _CREDENTIALS,
    HTTPStatus.FORBIDDEN: _FORBIDDEN,
    HTTPStatus.NOT_FOUND: _NO_API,
    HTTPStatus.TOO_MANY_REQUESTS: _QUOTA,
    HTTPStatus.INTERNAL_SERVER_ERROR: _INTERNAL,
    HTTPStatus.BAD_GATEWAY: _GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE: _UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT: _GATEWAY,
}


def meaning_of_close(code: int, reason: str) -> Meaning:
    """Say what a close before setupComplete means."""
    return next((meaning for codes, said, meaning in _CLOSES if code in codes and said.search(reason)), _OTHER)


def meaning_of_status(status: int) -> Meaning:
    """Say what the HTTP status means that a WebSocket upgrade was answered with."""
    if 300 <= status < 400:
        return _MOVED
    return _STATUSES.get(status, _TURNED_AWAY)


def remedy(meaning: Meaning, endpoint: Endpoint) -> Remedy:
    """Give what is to be done at an endpoint, with its project put in."""
    chosen: Remedy = getattr(meaning, Product.of(endpoint).value)
    project = re.match(r"projects/([^/]+)/", endpoint.models)
    if project is None:
        return chosen
    return Remedy(chosen.advice, tuple(command.replace("PROJECT", project[1]) for command in chosen.commands))
