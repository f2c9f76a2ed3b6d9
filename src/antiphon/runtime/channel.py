"""A bounded queue between tasks: a size is required, and closing is explicit."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ChannelClosed(Exception):
    """Nothing comes out of the channel any more."""


class Channel(Generic[T]):
    """First in, first out, at most `capacity` items waiting; of its readers one waits at a time."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reader: asyncio.Future[None] | None = None
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
        self._wake()

    def push(self, item: T) -> None:
        """Add an item without waiting, for which there is always room; nothing happens when the channel is closed."""
        if not self._closed:
            self._items.append(item)
            self._wake()

    async def get(self) -> T:
        """Take the oldest item, waiting for one; raises ChannelClosed once it is closed and empty."""
        while not self._items:
            if self._closed:
                raise ChannelClosed
            self._loop = self._loop or asyncio.get_running_loop()
            self._reader = self._loop.create_future()  # half the cost of an Event, at each chunk
            await self._reader
        item = self._items.popleft()
        self._writable.set()
        return item

    def close(self) -> None:
        """Refuse further items; what is inside can still be taken."""
        self._closed = True
        self._wake()
        self._writable.set()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
