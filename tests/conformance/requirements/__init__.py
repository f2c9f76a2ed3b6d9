"""Every behaviour of the Live API that a client can observe, one file an area.

A test that proves one carries `@pytest.mark.requirement("area.name")`; test_requirements.py checks both
directions, and docs/compatibility.md is made from this.
"""

from typing import Final

from tests.conformance.requirement import Requirement
from tests.conformance.requirements.activity import ACTIVITY
from tests.conformance.requirements.compression import COMPRESSION
from tests.conformance.requirements.content import CONTENT
from tests.conformance.requirements.credentials import CREDENTIALS
from tests.conformance.requirements.dialects import DIALECTS
from tests.conformance.requirements.errors import ERRORS
from tests.conformance.requirements.generation import GENERATION
from tests.conformance.requirements.go_away import GO_AWAY
from tests.conformance.requirements.interruption import INTERRUPTION
from tests.conformance.requirements.media import MEDIA
from tests.conformance.requirements.resumption import RESUMPTION
from tests.conformance.requirements.setup import SETUP
from tests.conformance.requirements.tokens import TOKENS
from tests.conformance.requirements.tools import TOOLS
from tests.conformance.requirements.transcription import TRANSCRIPTION
from tests.conformance.requirements.transport import TRANSPORT
from tests.conformance.requirements.turns import TURNS
from tests.conformance.requirements.usage import USAGE
from tests.conformance.requirements.voices import VOICES
from tests.conformance.requirements.wire import WIRE

AREAS: Final[dict[str, dict[str, Requirement]]] = {
    "transport": TRANSPORT,
    "credentials": CREDENTIALS,
    "wire": WIRE,
    "setup": SETUP,
    "generation": GENERATION,
    "voices": VOICES,
    "activity": ACTIVITY,
    "media": MEDIA,
    "tools": TOOLS,
    "content": CONTENT,
    "turns": TURNS,
    "interruption": INTERRUPTION,
    "transcription": TRANSCRIPTION,
    "resumption": RESUMPTION,
    "go_away": GO_AWAY,
    "compression": COMPRESSION,
    "tokens": TOKENS,
    "errors": ERRORS,
    "usage": USAGE,
    "dialects": DIALECTS,
}
"""By area, in the order of the compatibility page."""

REQUIREMENTS: Final[dict[str, Requirement]] = {id: each for area in AREAS.values() for id, each in area.items()}
