"""Every way in which Google refuses or ends a session that protocol.md section 5 lists, as data."""

from dataclasses import dataclass
from enum import Enum

REASON_BYTES_MAX = 123

LOST = 1006
"""What a client sees of a connection that ends without a close frame."""


class When(Enum):
    """How far a session comes before it fails in this way."""

    HANDSHAKE = "the upgrade is answered with an HTTP status"
    OPENED = "closed right after the upgrade, whatever is sent"
    SETUP = "closed instead of setupComplete"
    SESSION = "closed at any time"


@dataclass(frozen=True)
class Failure:
    """A close code and its reason; an HTTP status where the upgrade itself is refused."""

    name: str
    when: When
    code: int
    reason: str

    def __str__(self) -> str:
        return self.name


def cut(reason: str) -> str:
    """Cut a reason as a close frame cuts it."""
    return reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore")


INVALID_ARGUMENT = "Request contains an invalid argument."
NOT_REGISTERED = (
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key "
    "or other form of API consumer identity to call this API."
)
BAD_KEY = "API key not valid. Please pass a valid API key."
NO_SESSION = "BidiGenerateContent session not found"
GO_AWAY_IGNORED = "Connection aborted because the client failed to close the connection after receiving a GoAway signal"

_MODEL = "models/gemini-gone"
_PUBLISHER_MODEL = "projects/singing-lamp-100/locations/us-central1/publishers/google/models/gemini-gone"

FAILURES = (
    Failure("bad-token", When.HANDSHAKE, 401, "Request had invalid authentication credentials."),
    Failure("forbidden", When.HANDSHAKE, 403, "The caller does not have permission"),
    Failure("unavailable", When.HANDSHAKE, 503, "The service is currently unavailable."),
    Failure("unregistered", When.OPENED, 1008, NOT_REGISTERED),
    Failure("bad-key", When.OPENED, 1007, BAD_KEY),
    Failure("expired-key", When.OPENED, 1007, "API key expired. Please renew the API key."),
    Failure("region-blocked", When.SETUP, 1007, "User location is not supported for the API use."),
    Failure(
        "model-unknown",
        When.SETUP,
        1008,
        f"{_MODEL} is not found for API version v1beta, or is not supported for bidiGenerateContent. Call ListModels",
    ),
    Failure("model-unknown-vertex", When.SETUP, 1008, f"Publisher Model `{_PUBLISHER_MODEL}` was not found"),
    Failure("model-retired", When.SETUP, 1007, "gemini-gone is not supported in the live api."),
    Failure(
        "unknown-field",
        When.SETUP,
        1007,
        "Invalid JSON payload received. Unknown name \"colour\" at 'setup': Cannot find field.",
    ),
    Failure(
        "bad-schema",
        When.SETUP,
        1007,
        "* BidiGenerateContentRequest.setup.tools[0].function_declarations[3].parameters.properties[kind].enum: "
        "only allowed for STRING type",
    ),
    Failure("invalid-argument", When.SESSION, 1007, INVALID_ARGUMENT),
    Failure(
        "too-many-tokens",
        When.SESSION,
        1007,
        "generic::invalid_argument: Input request contains (45462) tokens, which is more than the limit",
    ),
    Failure("text-on-native-audio", When.SETUP, 1007, "Cannot extract voices from a non-audio request."),
    Failure("two-modalities", When.SETUP, 1007, "Error in program Instantiation for language"),
    Failure("unsupported", When.SESSION, 1008, "Operation is not implemented, or supported, or enabled."),
    Failure("tool-answer", When.SESSION, 1008, "Requested entity was not found."),
    Failure("tool-answer-internal", When.SESSION, 1011, "Internal error occurred."),
    Failure("handle-gone", When.SETUP, 1008, NO_SESSION),
    Failure("aborted", When.SESSION, 1008, "The operation was aborted."),
    Failure("go-away-ignored", When.SESSION, 1008, GO_AWAY_IGNORED),
    Failure("go-away-deadline", When.SESSION, 1011, "Deadline expired before operation could complete."),
    Failure(
        "concurrency",
        When.SETUP,
        1011,
        "Request trace id: f102afa6f090070d, [ORIGINAL ERROR] generic::resource_exhausted: RESOURCE_EXHAUSTED: "
        "Maximum concurrent se",
    ),
    Failure(
        "quota", When.SESSION, 1011, "You exceeded your current quota, please check your plan and billing details."
    ),
    Failure(
        "overloaded",
        When.SESSION,
        1011,
        "Request trace id: 21d399562688c813, [ORIGINAL ERROR] "
        "extensible_stubs::OVERLOADED_TOO_MANY_RETRIES_PER_REQUEST: You are mos",
    ),
    Failure("service-unavailable", When.SESSION, 1011, "The service is currently unavailable."),
    Failure("internal", When.SESSION, 1011, "Internal error encountered."),
    Failure("deadline", When.SESSION, 1011, "RPC::DEADLINE_EXCEEDED"),
    Failure("going-away", When.SESSION, 1001, ""),
    Failure("restarting", When.SESSION, 1012, ""),
    Failure("dropped", When.SESSION, LOST, ""),
)
"""Where section 5 cuts a text short, the rest is from the report it names, or made up. 1001 and 1012 are of its last
rule."""

BY_NAME = {failure.name: failure for failure in FAILURES}
