"""What the caller sent, kept until the server surely has it. Pure.

Messages are numbered from 1 as the caller sends them, whatever connection carries them. A prefix of them is
*settled*: it will not be needed again. Behind it come those that were sent on this connection, and those that
wait to be.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import replace

from msgspec import Struct
from msgspec.structs import replace as changed

from antiphon.client.events import InputDropped
from antiphon.wire.client import ClientMessage
from antiphon.wire.kinds import bytes_held

_TOLD_APART_MAX = 100_000
"""Messages sent and not settled that are told apart, half an hour of 20 ms each; the oldest are taken together."""

_FULL = "more was sent than is kept while the server does not take it"
_IN_DOUBT = "it may have been lost: the server did not say whether it had heard it before the connection was lost"
_CUT = "it was sent too long before the connection was lost to be kept"


class _Kept(Struct, gc=False):  # thousands of them: the collector need not look at each
    number: int
    message: ClientMessage | None
    """None when it is of no use any more."""
    from_s: float
    to_s: float
    bytes: int


class _OnWire(Struct, gc=False):
    number: int
    ends_s: float
    """Of the audio sent on this connection."""


class Journal:
    """At most `seconds_max` of audio and `bytes_max` of anything; the oldest goes first."""

    def __init__(self, seconds_max: float, bytes_max: int) -> None:
        self._seconds_max = seconds_max
        self._bytes_max = bytes_max
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self._forgotten: deque[tuple[int, InputDropped]] = deque()
        """Sent, and too old to be kept: lost only if the connection is, before they are settled."""
        self._dropped: list[InputDropped] = []
        self._activity_ends: deque[int] = deque()
        """The numbers of the messages that are kept and say that the user has finished speaking."""
        self._wire: deque[_OnWire] = deque()
        """What was sent on this connection and is not settled ..."""
        self._wire_index = 1
        """... and the server's index of the first of it (protocol.md 4.7: 0 is the setup)."""
        self._wire_s = 0.0
        """The audio sent on this connection, in seconds."""
        self.written = 0
        """The number of the newest message."""
        self.sent = 0
        """The number of the newest that was sent."""
        self.written_s = 0.0
        """The audio in all of them, in seconds."""

    def write(self, message: ClientMessage, seconds: float = 0.0, size: int | None = None) -> int:
        """Add a message at the end, with that much of the user's audio in it; gives its number.

        `size` in bytes spares measuring it.
        """
        self.written += 1
        size = bytes_held(message) if size is None else size
        kept = _Kept(self.written, message, self.written_s, self.written_s + seconds, size)
        self.written_s = kept.to_s
        self._kept.append(kept)
        self._bytes += kept.bytes
        if _ends_activity(message):
            self._activity_ends.append(self.written)
        while len(self._kept) > 1 and self._too_much():
            self._leave_out_oldest()
        return self.written

    def next(self) -> ClientMessage | None:
        """Take the next message to be sent on this connection; None when all were."""
        while self.sent < self.written:
            self.sent += 1
            kept = self._at(self.sent)
            if kept.message is not None:
                self._wire_s += kept.to_s - kept.from_s
                self._goes_out()
                return kept.message
        return None

    def sent_beside(self) -> None:
        """A message that is not the caller's went out on this connection, and is counted by the server."""
        self._goes_out()

    @property
    def next_bytes(self) -> int:
        """The size of the next message to be sent; 0 when all were."""
        return self._at(self.sent + 1).bytes if self.sent < self.written else 0

    @property
    def backlog_s(self) -> float:
        """The audio that waits to be sent, in seconds."""
        return self.written_s - self._at(self.sent + 1).from_s if self.sent < self.written else 0.0

    def number_of(self, index: int) -> int:
        """Give the number of the message the server counts as `index` on this connection."""
        at = index - self._wire_index
        if at < 0 or not self._wire:
            return 0
        return self._wire[min(at, len(self._wire) - 1)].number

    def number_at(self, offset_s: float) -> int:
        """Give the number of the message that holds this moment of the audio sent on this connection."""
        for each in self._wire:
            if each.ends_s >= offset_s:
                return each.number
        return self.sent

    def activity_ends(self, behind: int, until: int) -> list[int]:
        """Give the numbers of the messages, behind one and up to another, that say that the user finished speaking."""
        return [number for number in self._activity_ends if behind < number <= until]

    def pass_over(self, first: int, last: int, *, told: bool) -> None:
        """Forget what may have been heard, from one message to another; `told` says that it may not have been, too.

        Unless something before it is to be sent again, and brings it along.
        """
        if not self._kept or self._kept[0].number < first:
            return
        for number, forgotten in self._forgotten:
            if told and first <= number <= last:
                _append(self._dropped, forgotten)
        for kept in self._kept:
            if told and kept.number <= min(last, self.sent) and kept.message is not None:
                _append(self._dropped, InputDropped(kept.from_s, kept.to_s, 1, _IN_DOUBT))
        self.settle(last)

    def settle(self, number: int) -> None:
        """Forget the messages up to this one: the server has them for certain."""
        number = min(number, self.sent)
        while self._kept and self._kept[0].number <= number:
            self._pop()
        while self._wire and self._wire[0].number <= number:
            self._wire.popleft()
            self._wire_index += 1
        while self._forgotten and self._forgotten[0][0] <= number:
            self._forgotten.popleft()

    def rewind(self, useless: Collection[int] = ()) -> float:
        """Another connection begins: all that is not settled is to be sent again, but for those that are useless.

        Gives the seconds of audio in what had been sent before.
        """
        forgotten: list[InputDropped] = []
        for _, what in self._forgotten:
            _append(forgotten, what)
        self._forgotten.clear()
        self._dropped = forgotten + self._dropped
        self._wire.clear()
        self._wire_index, self._wire_s = 1, 0.0
        again = [kept for kept in self._kept if kept.number <= self.sent]
        for at, kept in enumerate(self._kept):
            if kept.number in useless:
                self._kept[at] = changed(kept, message=None)
        self.sent = self._kept[0].number - 1 if self._kept else self.written
        return sum(kept.to_s - kept.from_s for kept in again)

    def take_dropped(self) -> list[InputDropped]:
        """Say once what will never be heard."""
        dropped, self._dropped = self._dropped, []
        return dropped

    def _goes_out(self) -> None:
        self._wire.append(_OnWire(self.sent, self._wire_s))
        if len(self._wire) > _TOLD_APART_MAX:
            self._wire.popleft()
            self._wire_index += 1

    def _at(self, number: int) -> _Kept:
        return self._kept[number - self._kept[0].number]

    def _too_much(self) -> bool:
        return self.written_s - self._kept[0].from_s > self._seconds_max or self._bytes > self._bytes_max

    def _pop(self) -> _Kept:
        kept = self._kept.popleft()
        self._bytes -= kept.bytes
        while self._activity_ends and self._activity_ends[0] <= kept.number:
            self._activity_ends.popleft()
        return kept

    def _leave_out_oldest(self) -> None:
        """The beginning of an activity is not left out before its end: the rest is heard only behind it."""
        oldest = self._pop()
        if not _begins_activity(oldest.message) or _ends_activity(self._kept[0].message):
            self._leave_out(oldest)
            return
        was_sent = oldest.number <= self.sent
        following = self._pop()
        self._leave_out(following)
        if not was_sent:
            self.sent = following.number - 1
        self._kept.appendleft(changed(oldest, number=following.number, from_s=following.to_s, to_s=following.to_s))
        self._bytes += oldest.bytes

    def _leave_out(self, kept: _Kept) -> None:
        if kept.message is None:
            return
        if kept.number > self.sent:
            self.sent = kept.number
            _append(self._dropped, InputDropped(kept.from_s, kept.to_s, 1, _FULL))
            return
        self._forgotten.append((kept.number, InputDropped(kept.from_s, kept.to_s, 1, _CUT)))
        if len(self._forgotten) > _TOLD_APART_MAX:
            (_, oldest), (number, next_oldest) = self._forgotten.popleft(), self._forgotten.popleft()
            together = replace(next_oldest, from_s=oldest.from_s, messages=oldest.messages + next_oldest.messages)
            self._forgotten.appendleft((number, together))


def _begins_activity(message: ClientMessage | None) -> bool:
    said = message.realtime_input if message is not None else None
    return said is not None and said.activity_start is not None


def _ends_activity(message: ClientMessage | None) -> bool:
    said = message.realtime_input if message is not None else None
    return said is not None and said.activity_end is not None


def _append(ranges: list[InputDropped], new: InputDropped) -> None:
    """Add a stretch to those before it, as one where it follows the last."""
    if ranges and ranges[-1].to_s == new.from_s and ranges[-1].why == new.why:
        new = replace(new, from_s=ranges[-1].from_s, messages=ranges[-1].messages + new.messages)
        ranges.pop()
    ranges.append(new)
