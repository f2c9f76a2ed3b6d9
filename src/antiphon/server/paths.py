"""What a path means: which Live API, or the tokens for it (protocol.md 1.1).

Any prefix, any version segment and doubled slashes are accepted, so that a client needs no more
than another host. `/live` is a short alias for clients that use a URL as it is.
"""

import re

from antiphon.wire.dialect import Dialect

ALIAS = "/live"

_DEVELOPER = re.compile(
    r"/ws/google\.ai\.generativelanguage\.\w+\.GenerativeService\.BidiGenerateContent(?:Constrained)?/?$"
)
_VERTEX = re.compile(r"/ws/google\.cloud\.aiplatform\.\w+\.LlmBidiService/BidiGenerateContent/?$")
_AUTH_TOKENS = re.compile(r"/\w+/auth_tokens/?$")
_SLASHES = re.compile(r"/{2,}")


def dialect_of(path: str) -> Dialect | None:
    """The dialect a client speaks that came by this path; None for a path that is not ours."""
    path = _SLASHES.sub("/", path)
    if _DEVELOPER.search(path) or path.rstrip("/").endswith(ALIAS):
        return Dialect.DEVELOPER
    return Dialect.VERTEX if _VERTEX.search(path) else None


def is_auth_tokens(path: str) -> bool:
    """Whether ephemeral tokens are made there."""
    return _AUTH_TOKENS.search(_SLASHES.sub("/", path)) is not None
