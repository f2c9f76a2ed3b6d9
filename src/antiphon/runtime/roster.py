"""The sessions that are live on this server: of each, one connection (protocol.md 4.7)."""

from contextlib import suppress

from antiphon.runtime.channel import Channel, ChannelClosed
from antiphon.session.events import Event, Superseded


class Roster:
    """Knows by lineage who carries a session on; the newer connection wins."""

    def __init__(self) -> None:
        self._carriers: dict[str, Channel[Event]] = {}

    async def enter(self, lineage: str, inbox: Channel[Event]) -> None:
        """Carry a session on from now; whoever did so before is told to stop."""
        former = self._carriers.get(lineage)
        self._carriers[lineage] = inbox
        if former is not None and former is not inbox:
            with suppress(ChannelClosed):
                await former.put(Superseded())

    def leave(self, lineage: str, inbox: Channel[Event]) -> None:
        """The connection is over."""
        if self._carriers.get(lineage) is inbox:
            del self._carriers[lineage]
