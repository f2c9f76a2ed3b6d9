"""Which stream has which of llama.cpp's slots to itself."""

from collections.abc import Hashable
from typing import Generic, TypeVar

ANY_SLOT = -1

Stream = TypeVar("Stream", bound=Hashable)


class Slots(Generic[Stream]):
    """The slots and their owners.

    A stream that stays in its slot finds its whole conversation computed there. While there are more
    streams than slots nobody owns one: llama.cpp picks the slot with the longest common prefix.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._free = list(range(count))[::-1]
        self._owners: dict[Stream, int | None] = {}

    def enter(self, stream: Stream) -> None:
        self._owners[stream] = self._free.pop() if self._free else None

    def leave(self, stream: Stream) -> None:
        """Give the slot back; the next stream gets it first, for what it knows of their common prefix."""
        slot = self._owners.pop(stream)
        if slot is not None:
            self._free.append(slot)

    def slot_of(self, stream: Stream) -> int:
        if len(self._owners) > self._count:
            return ANY_SLOT
        if (slot := self._owners[stream]) is None:
            slot = self._owners[stream] = self._free.pop()
        return slot

    def streams(self) -> tuple[Stream, ...]:
        return tuple(self._owners)
