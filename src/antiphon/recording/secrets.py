"""What never gets into a recording: what it is called, and what it looks like.

Each secret is replaced by a placeholder such as `handle-1`; equal secrets get equal ones, so that it can still
be followed which handle was used. What people say is not looked through, except for the shapes of known keys.
"""

import re
from collections.abc import Mapping

from antiphon.wire.content import FileData, Part
from antiphon.wire.server import SessionResumptionUpdate
from antiphon.wire.setup import SessionResumptionConfig
from antiphon.wire.speech import ReplicatedVoiceConfig, VoiceConsentSignature

SECRET_FIELDS: Mapping[tuple[type, str], str] = {
    (SessionResumptionConfig, "handle"): "handle",
    (SessionResumptionUpdate, "new_handle"): "handle",
    (Part, "thought_signature"): "thought-signature",
    (VoiceConsentSignature, "signature"): "consent-signature",
    (ReplicatedVoiceConfig, "voice_sample_audio"): "voice-sample",
    (ReplicatedVoiceConfig, "consent_audio"): "consent-audio",
    (FileData, "file_uri"): "file-uri",  # signed links open the file to whoever has them
}
"""Fields of messages, with what their placeholders are called."""

SECRET_KEYS = frozenset(
    {
        "accesstoken",
        "apikey",
        "apikeystring",
        "authorization",
        "authtoken",
        "bearertoken",
        "clientsecret",
        "cookie",
        "headers",
        "idtoken",
        "password",
        "privatekey",
        "proxyauthorization",
        "refreshtoken",
        "secret",
        "secretkey",
        "token",
        "xgoogapikey",
    }
)
"""Keys of free-form JSON (options of tools, arguments, results), in lower case without `-` and `_`. Everything
below such a key is replaced.
"""

SECRET_SHAPES = re.compile(
    r"""
    AIza[\w-]{30,} | ya29\.[\w.-]{10,} | ak-[\w-]{16,} | auth_tokens/[\w%.-]+ | sk-[\w-]{20,}
    | (?<=[Bb]earer\ )[\w.~+/=-]{8,} | (?<=[?&]key=)[^&\s"\\]+ | (?<=[?&]access_token=)[^&\s"\\]+
    | eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,} | (?<=://)[^/\s"\\@:]+:[^/\s"\\@]+(?=@)
    """,
    re.VERBOSE | re.ASCII,
)
"""Keys of Google and OpenAI, OAuth tokens, ephemeral tokens, our own keys, JSON web tokens, passwords in URLs:
replaced wherever they stand.
"""


class Placeholders:
    """Gives each secret of one recording its placeholder."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str | bytes, str]] = {}

    def placeholder(self, kind: str, secret: str | bytes) -> str:
        """Name a secret, e.g. `handle-2`; the same one by the same name."""
        given = self._given.setdefault(kind, {})
        return given.setdefault(secret, f"{kind}-{len(given) + 1}")

    def scrubbed(self, text: str) -> str:
        """Replace what looks like a key."""
        return SECRET_SHAPES.sub(lambda found: self.placeholder("key", found[0]), text)


def is_secret_key(key: str) -> bool:
    """Tell whether what stands below a key of free-form JSON is secret."""
    return key.replace("-", "").replace("_", "").lower() in SECRET_KEYS
