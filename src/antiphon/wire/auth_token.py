"""An ephemeral token as it is asked for and answered (protocol.md 6)."""

from typing import Annotated

from antiphon.wire.kinds import Lenient, Message, Timestamp
from antiphon.wire.setup import Setup


def _bare(value: object) -> object:
    return value["setup"] if isinstance(value, dict) and value.keys() == {"setup"} else value


class AuthToken(Message, frozen=True, kw_only=True):
    """What a token allows; absent members take the server's defaults."""

    name: str = ""
    """The token itself; only in answers."""
    uses: int | None = None
    """Sessions it may open; 0 for any number. By default one."""
    expire_time: Timestamp | None = None
    """After it no message is taken."""
    new_session_expire_time: Timestamp | None = None
    """After it no session is opened."""
    bidi_generate_content_setup: Annotated[Setup, Lenient(_bare)] | None = None
    """What is locked: all of it, or what the mask lists. A client message around it is taken off."""
    field_mask: str = ""
    """Paths joined by commas; see `masks.py`."""
