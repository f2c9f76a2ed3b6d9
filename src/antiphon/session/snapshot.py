"""What a session is between two turns, as it is kept for a later connection (protocol.md 4.7)."""

import msgspec

from antiphon.wire.content import Content, FunctionCall
from antiphon.wire.fields import Readers
from antiphon.wire.kinds import Message, wire_scalar
from antiphon.wire.misfit import MisfitError
from antiphon.wire.setup import Setup


class KeptEntry(Message, frozen=True, kw_only=True):
    """One content of the conversation, as `history.Entry` has it."""

    content: Content = Content()
    spoken_s: float = 0.0
    camera: bool = False


class Snapshot(Message, frozen=True, kw_only=True):
    """The setup as it stands, the conversation, and the functions still running."""

    setup: Setup = Setup()
    entries: tuple[KeptEntry, ...] = ()
    pinned: int = 0
    silent: bool = False
    """Only a part of the initial history was given: the rest of it is no question."""
    calls: tuple[FunctionCall, ...] = ()


_encoder = msgspec.json.Encoder(enc_hook=wire_scalar)
_read = Readers(strict=True).message(Snapshot)


def written(snapshot: Snapshot) -> bytes:
    """As bytes, in the protocol's own JSON."""
    return _encoder.encode(snapshot)


def read(record: bytes) -> Snapshot | None:
    """Read what `written` wrote; None for what another version wrote and this one cannot read."""
    try:
        return _read(msgspec.json.decode(record))
    except (MisfitError, msgspec.DecodeError):
        return None
