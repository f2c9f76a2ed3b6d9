"""Keeps a spoken reply from running too far ahead of its playing."""

import asyncio


class Lead:
    """Counts what one reply has sent against what can have been played since it began."""

    def __init__(self, seconds_max: float) -> None:
        self._seconds_max = seconds_max
        self._plays_until = 0.0
        self.spoken_s = 0.0
        """Speech sent so far."""

    async def step(self, seconds: float) -> None:
        """Wait until that much more speech may be sent."""
        now = asyncio.get_running_loop().time()
        ahead_s = self._plays_until - now - self._seconds_max
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        self._plays_until = max(now, self._plays_until) + seconds
        self.spoken_s += seconds
