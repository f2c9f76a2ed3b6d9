"""A session kept in memory as it happens: the same as a recording, without files."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from antiphon import __version__
from antiphon.errors import without_secrets
from antiphon.recording.lines import RECORDING_BYTES_MAX, VERSION, Header, Incident, Side
from antiphon.recording.reader import Entry, Exchanged, Noted, Recorded
from antiphon.wire.client import ClientMessage
from antiphon.wire.kinds import bytes_held
from antiphon.wire.server import ServerMessage


@dataclass(slots=True)
class Capture:
    """Keeps what passes; `clock` gives seconds. Beyond `bytes_max` nothing more is kept."""

    endpoint: str
    clock: Callable[[], float] = time.monotonic
    seen_from: Side = Side.CLIENT
    bytes_max: int = RECORDING_BYTES_MAX
    _entries: list[Entry] = field(default_factory=list, repr=False)
    _held: int = 0
    _lost: bool = False
    _began: float = field(init=False)
    _header: Header = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()
        self._header = Header(
            recording=VERSION,
            antiphon=__version__,
            seen_from=self.seen_from,
            endpoint=without_secrets(self.endpoint),
            started_at=datetime.now(UTC),
        )

    def sent(self, message: ClientMessage | ServerMessage) -> None:
        """Keep a message that this side sent."""
        self._keep(message)

    def received(self, message: ClientMessage | ServerMessage) -> None:
        """Keep a message that this side received."""
        self._keep(message)

    def lost(self, why: str) -> None:
        """Keep that the connection was lost."""
        self._lost = True
        self._note(Incident.LOST, why)

    def dropped(self, what: str) -> None:
        """Keep that some of the input never reached the server."""
        self._note(Incident.DROPPED, what)

    def close(self) -> None:
        """Keep that the session came to its end."""
        self._note(Incident.CLOSED)

    def recorded(self) -> Recorded:
        """What was kept so far."""
        return Recorded(self._header, tuple(self._entries))

    def _keep(self, message: ClientMessage | ServerMessage) -> None:
        self._held += bytes_held(message)
        if self._held > self.bytes_max:
            return
        if self._lost and isinstance(message, ServerMessage) and message.setup_complete is not None:
            self._lost = False
            self._note(Incident.RECONNECTED)
        self._entries.append(Exchanged(self.clock() - self._began, message))

    def _note(self, what: Incident, why: str = "") -> None:
        self._entries.append(Noted(self.clock() - self._began, what, why))
