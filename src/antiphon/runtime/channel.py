"""A bounded queue between tasks: a size is required, and closing is explicit."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ChannelClosed(Exception):
    """Nothing comes out of the channel any more."""


class Channel(Generic[T]):
    """First in, first out, at most `capacity` items waiting."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._closed = False
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    def __len__(self) -> int:
        return len(self._items)

    async def put(self, item: T) -> None:
        """Add an item, waiting for room; raises ChannelClosed."""
        while len(self._items) >= self._capacity and not self._closed:
            self._writable.clear()
            await self._writable.wait()
        if self._closed:
            raise ChannelClosed
        self._items.append(item)
        self._readable.set()

    async def get(self) -> T:
        """Take the oldest item, waiting for one; raises ChannelClosed once it is closed and empty."""
        while not self._items:
            if self._closed:
                raise ChannelClosed
            self._readable.clear()
            await self._readable.wait()
        item = self._items.popleft()
        self._writable.set()
        return item

    def close(self) -> None:
        """Refuse further items; what is inside can still be taken."""
        self._closed = True
        self._readable.set()
        self._writable.set()
