"""A level meter for the terminal: a row of lamps, as on a mixing desk."""

from typing import Final

from textual.content import Content
from textual.widget import Widget

FLOOR_DBFS: Final = -60.0
"""Left end of the scale; 0 dBFS is the right one."""

_LOUD_DBFS, _CLIPPING_DBFS = -18.0, -6.0
_FALLS_DB_PER_S = 30.0
_PEAK_STAYS_S = 1.0
_LAMP = "▊"


class Needle:
    """A level as the eye can follow it: up at once, down slowly; its peak stays a while. Levels are in dBFS."""

    def __init__(self) -> None:
        self.level = FLOOR_DBFS
        self.peak = FLOOR_DBFS
        self._peak_age_s = 0.0

    def move(self, level: float, seconds: float) -> None:
        """Follow to a level that was measured so long after the one before."""
        fallen = _FALLS_DB_PER_S * seconds
        self.level = max(level, self.level - fallen, FLOOR_DBFS)
        self._peak_age_s += seconds
        if self.level >= self.peak:
            self.peak, self._peak_age_s = self.level, 0.0
        elif self._peak_age_s > _PEAK_STAYS_S:
            self.peak = max(self.level, self.peak - fallen)


class Meter(Widget):
    """The lamps of one needle."""

    DEFAULT_CSS = "Meter { height: 1; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._needle = Needle()
        self._lit = True

    def move(self, level: float, seconds: float, *, lit: bool = True) -> None:
        """Show a level; one that is not lit goes nowhere, and is shown in grey."""
        self._needle.move(level, seconds)
        self._lit = lit
        self.refresh()

    def render(self) -> Content:
        return lamps(self._needle, self.size.width, lit=self._lit)


def lamps(needle: Needle, width: int, *, lit: bool) -> Content:
    """Draw a needle as a row of lamps."""
    on, peak = _lamps_on(needle.level, width), _lamps_on(needle.peak, width) - 1
    return Content.assemble(
        *((_LAMP, _colour(at, width, lit=lit) if at < on or at == peak else "$foreground 12%") for at in range(width))
    )


def _lamps_on(level: float, width: int) -> int:
    return min(width, round((1 - level / FLOOR_DBFS) * width))


def _colour(at: int, width: int, *, lit: bool) -> str:
    if not lit:
        return "$foreground 35%"
    dbfs = FLOOR_DBFS * (width - at) / width
    if dbfs >= _CLIPPING_DBFS:
        return "$error"
    return "$warning" if dbfs >= _LOUD_DBFS else "$success"
