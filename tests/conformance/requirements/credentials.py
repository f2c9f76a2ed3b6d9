"""Who is let in."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

CREDENTIALS: Final[dict[str, Requirement]] = {
    "credentials.query_key": Met(
        "1.2 [S], B.2",
        "A key is read from `?key=`, where the JavaScript SDK and browsers put it.",
    ),
    "credentials.query_token": Met(
        "1.2 [S], B.2",
        "A credential is read from `?access_token=`, its slash escaped or not.",
    ),
    "credentials.key_header": Met(
        "1.2 [P], B.2",
        "A key is read from the header x-goog-api-key.",
    ),
    "credentials.token_header": Met(
        "1.2 [P][S], B.2",
        "An ephemeral token is read from `Authorization: Token`.",
    ),
    "credentials.bearer": Met(
        "1.2 [S], B.2",
        "A credential is read from `Authorization: Bearer`.",
    ),
    "credentials.order": Met(
        "1.2",
        ("Of several places the first that holds a credential counts: the query, x-goog-api-key, Authorization."),
    ),
    "credentials.token_as_key": Met(
        "1.2 [P]",
        "An ephemeral token is taken in the places of keys too, where the Python SDK repeats it.",
    ),
    "credentials.oauth": Differs(
        "1.2 [S]",
        "A bearer token is an OAuth access token that the vendor checks.",
        instead="it is compared with the keys of this server; no identity provider is asked",
    ),
    "credentials.billing": Differs(
        "1.2 [S]",
        "x-goog-user-project names the project that is billed.",
        instead="it is ignored: nothing is billed",
    ),
    "credentials.open": Met(
        "antiphon",
        "On loopback with no key configured everything is let in.",
    ),
    "credentials.pages": Met(
        "antiphon",
        "Where everything is let in, web pages of other sites are not, unless the operator lists them.",
    ),
    "credentials.closed_elsewhere": Met(
        "antiphon",
        "An address that others reach is listened on only once there is a key.",
    ),
    "credentials.hashed": Met(
        "antiphon",
        "Of keys and tokens only a digest is kept.",
    ),
    "credentials.live_changes": Met(
        "antiphon",
        "A key that another process adds or revokes counts from the next connection on.",
    ),
    "credentials.sessions": Met(
        "antiphon",
        "A key may have a limit of sessions at once; one more is refused as over quota.",
    ),
    "credentials.unlogged": Met(
        "antiphon",
        "No credential is logged.",
    ),
    "credentials.store_fails": Met(
        "antiphon",
        "A store that fails lets nobody in, and says no more than that.",
    ),
}
