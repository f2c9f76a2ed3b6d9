"""Keeps a spoken reply from running too far ahead of its playing."""

import asyncio

DRY_S = 0.4
"""With less than that to play, the voice is about to stop: a clause takes as long to become sound on a busy machine."""


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
        too_far_s = self._plays_until - now - self._seconds_max
        if too_far_s > 0:
            await asyncio.sleep(too_far_s)
        self._plays_until = max(now, self._plays_until) + seconds
        self.spoken_s += seconds

    def runs_dry(self) -> bool:
        """Nothing was sent yet, or all of it will have been played in a moment."""
        return self._plays_until - asyncio.get_running_loop().time() < DRY_S
