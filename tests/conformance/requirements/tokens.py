"""Ephemeral tokens."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

TOKENS: Final[dict[str, Requirement]] = {
    "tokens.minted": Met(
        "6 [P], 1.1",
        ("`POST /{version}/auth_tokens` answers `name`, which is the token, in any version and behind any prefix."),
        tests=(
            "tests/clients/test_tokens.py::test_python",
            "tests/clients/test_tokens.py::test_javascript",
            "tests/conformance/test_replay.py::test_tokens_are_made_as_recorded",
        ),
    ),
    "tokens.key_needed": Met(
        "6",
        "Making a token takes an API key where there are keys; a token makes no tokens.",
    ),
    "tokens.defaults": Met(
        "6",
        "By default a token opens one session, within 60 s, and ends after 30 minutes.",
    ),
    "tokens.limits": Met(
        "6",
        "Both times are at most 20 hours ahead; what is wrong is a 400 that names the field.",
    ),
    "tokens.uses": Met(
        "6",
        "`uses` is enforced atomically: of two sockets racing for the last one wins; 0 is any number.",
    ),
    "tokens.resuming": Met(
        "6",
        "Resuming a session does not count as a use.",
    ),
    "tokens.new_session_time": Met(
        "6",
        "After `newSessionExpireTime` no session is opened, and those that are open go on.",
    ),
    "tokens.expire_time": Met(
        "6",
        "`expireTime` is checked on every message; after it the session is closed with 1008.",
    ),
    "tokens.bare_setup": Met(
        "6, clients 2",
        "`bidiGenerateContentSetup` is a bare setup; one wrapped in `setup` is read too.",
    ),
    "tokens.no_lock": Met(
        "6",
        "Without a setup and a mask the client's setup is used.",
    ),
    "tokens.full_lock": Met(
        "6",
        "With a setup and no mask the whole setup comes from the token.",
    ),
    "tokens.masked_lock": Met(
        "6",
        ("With a mask the listed fields come from the token, unset ones as unset, and the rest from the client."),
    ),
    "tokens.mask_paths": Met(
        "6",
        "Mask paths are read in either case, with the prefix of the generation config or without.",
    ),
    "tokens.handle": Met(
        "antiphon",
        "The handle stays the client's where resumption is not locked away.",
    ),
    "tokens.constrained": Met(
        "6, 1.2",
        "A token in the query or a header opens sessions by `BidiGenerateContentConstrained`.",
        tests=("tests/clients/test_tokens.py::test_javascript",),
    ),
    "tokens.any_method": Differs(
        "6",
        "The plain method refuses tokens with 1008, and Vertex has none.",
        instead="they are taken on every method, version and product",
    ),
    "tokens.refused": Met(
        "6 [G]",
        "A token that is unknown, expired, too late or used up is told so with 1008, each in its own words.",
    ),
    "tokens.ends_with_key": Met(
        "antiphon",
        "A token ends with the key it was made with, and another key of that name does not revive it.",
    ),
}
