"""How things are refused."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

ERRORS: Final[dict[str, Requirement]] = {
    "errors.closes": Met(
        "5, B.16, clients 4.5",
        "Errors are WebSocket closes with a code and a reason; there is no error message.",
    ),
    "errors.mapping": Met(
        "5, clients 4.19",
        (
            "INVALID_ARGUMENT closes with 1007, missing rights and things with 1008, trouble of ours and quotas"
            " with 1011."
        ),
    ),
    "errors.reason_length": Met(
        "1.3, B.12",
        "A reason has at most 123 bytes of UTF-8, cut between characters.",
    ),
    "errors.invalid_argument": Differs(
        "5",
        "Whatever is invalid closes with 1007 `Request contains an invalid argument.`",
        instead="1007 too, but the reason begins with the path of the field and says what would be right",
    ),
    "errors.bad_schema": Differs(
        "5 [I]",
        "A schema at fault is named `* BidiGenerateContentRequest.setup.tools[0]…`.",
        instead="its path has no such prefix: `setup.tools[0].function_declarations[1].parameters.type: …`",
    ),
    "errors.log_id": Met(
        "antiphon",
        "A reason ends in the id under which our log has all of it.",
    ),
    "errors.nothing_repeated": Met(
        "antiphon",
        "A reason repeats little of what the peer sent, and of media nothing.",
    ),
    "errors.unauthenticated_vertex": Met(
        "5",
        "On Vertex's path a missing or wrong credential is HTTP 401 before the upgrade.",
    ),
    "errors.no_key": Met(
        "5 [I]",
        "On the Developer API no key closes with 1008 `Method doesn't allow unregistered callers…`.",
    ),
    "errors.bad_key": Met(
        "5 [I]",
        "A wrong key closes with 1007 `API key not valid. Please pass a valid API key.`",
    ),
    "errors.expired_key": Met(
        "5 [I]",
        "An expired key closes with 1007 `API key expired. Please renew the API key.`",
    ),
    "errors.http": Met(
        "5",
        "HTTP errors have the shape of Google's APIs: code, message and status.",
    ),
    "errors.unknown_path": Met(
        "5",
        "A path that is not of the Live API is HTTP 404.",
    ),
    "errors.full": Differs(
        "4.7, 5",
        "Too many sessions at once close with 1011 RESOURCE_EXHAUSTED, at 1,000 on Vertex.",
        instead=(
            "a full server answers HTTP 503, at 64 sessions by default; a key over its own limit gets 1011 or HTTP 429"
        ),
    ),
    "errors.internal": Met(
        "5",
        "What breaks in the server closes with 1011 `Internal error encountered.`",
    ),
    "errors.overload": Differs(
        "5",
        "An overloaded or failing model closes with 1011.",
        instead="it ends the turn with its reason, and the session goes on",
    ),
    "errors.garbage": Met(
        "5",
        "What is not JSON, not UTF-8 or not an object closes with 1007.",
        tests=("tests/conformance/test_fuzz.py::test_whatever_else_they_send_closes_that_socket_and_no_other",),
    ),
    "errors.too_big": Met(
        "antiphon",
        "A frame beyond 16 MiB closes with 1009.",
    ),
    "errors.slow_reader": Met(
        "antiphon",
        "A client that does not read is given up with 1013, and disturbs nobody.",
    ),
}
