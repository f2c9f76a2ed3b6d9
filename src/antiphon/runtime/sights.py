"""One session as somebody sees it who watches: what its engines found and when, line by line (docs/watch.md).

While nobody watches, nothing is made of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

import msgspec

from antiphon.audio.pcm import HEARING
from antiphon.runtime.channel import Channel
from antiphon.runtime.trace import TurnTimes
from antiphon.session.activity import Speech
from antiphon.session.events import EndJudged, Event, ReplyAudio, ReplyStarted, ReplyText, TurnId, WindowHeard

LINES_MAX = 2_000
"""That wait for one watcher, half a minute of them; one that reads no faster is let go."""


class Seen(StrEnum):
    """What a line tells."""

    HELLO = "hello"
    WINDOW = "window"
    SPEECH = "speech"
    JUDGED = "judged"
    DRAFTED = "drafted"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    TOKEN = "token"  # noqa: S105 - of a model
    CLAUSE = "clause"
    SOUND = "sound"
    TURN = "turn"


class Sights:
    """Shown the events and the drafts of a session while it is `watched`; `now` and `began`: seconds of one clock."""

    def __init__(self, began: float, speech: Callable[[], Speech]) -> None:
        """`speech` tells what the session makes of the user's voice now."""
        self._began = began
        self._watchers: list[Channel[bytes]] = []
        self._readers = 0
        self._closed = False
        self._speech_now = speech
        self._speech = speech()
        self._latest: dict[Seen, TurnId] = {}

    @property
    def watched(self) -> bool:
        """Whether anybody reads."""
        return bool(self._watchers)

    def __len__(self) -> int:
        """Who is there to read, those too that were let go and have not left."""
        return self._readers

    @contextmanager
    def watching(self, now: float) -> Iterator[Channel[bytes]]:
        """Lines of JSON from now on; the channel closes with the session, or when too many lines wait."""
        lines: Channel[bytes] = Channel(LINES_MAX)
        self._watchers.append(lines)
        self._readers += 1
        self._speech = self._speech_now()  # what was before is not told as if it were now
        self._tell(Seen.HELLO, now)
        if self._closed:
            lines.close()
        try:
            yield lines
        finally:
            self._readers -= 1
            with suppress(ValueError):  # let go already
                self._watchers.remove(lines)

    def event(self, event: Event, now: float) -> None:
        """The session has received an event."""
        match event:
            case WindowHeard(position, probability):
                self._tell(Seen.WINDOW, now, position=_seconds(position), probability=round(probability, 3))
            case EndJudged(pause, probability):
                self._tell(Seen.JUDGED, now, pause=_seconds(pause), probability=round(probability, 3))
            case ReplyStarted(turn):
                self._first(Seen.TOKEN, turn, now)
            case ReplyText(turn):
                self._first(Seen.CLAUSE, turn, now)
            case ReplyAudio(turn):
                self._first(Seen.SOUND, turn, now)
        speech = self._speech_now()
        if speech != self._speech:
            self._speech = speech
            seen = Seen.SPEECH if speech.going_on else Seen.DECIDED
            self._tell(seen, now, position=_seconds(speech.boundary))

    def drafted(self, now: float) -> None:
        """A draft was begun."""
        self._tell(Seen.DRAFTED, now)

    def withdrawn(self, now: float) -> None:
        """It was thrown away."""
        self._tell(Seen.WITHDRAWN, now)

    def turn(self, times: TurnTimes, now: float) -> None:
        """A spoken turn begins to sound."""
        told = {f"{stage}Ms": round(1000 * seconds, 1) for stage, seconds in times.stages.items()}
        self._tell(Seen.TURN, now, turn=times.turn, drafted=times.drafted, **told)

    def close(self) -> None:
        """The session is over."""
        self._closed = True
        for lines in self._watchers:
            lines.close()

    def _first(self, seen: Seen, turn: TurnId, now: float) -> None:
        if turn > self._latest.get(seen, 0):  # of one that was given up, something may still come later
            self._latest[seen] = turn
            self._tell(seen, now, turn=turn)

    def _tell(self, seen: Seen, now: float, **members: float | bool) -> None:
        if not self._watchers:
            return
        line = msgspec.json.encode({"type": seen, "at": round(now - self._began, 4), **members}) + b"\n"
        for lines in tuple(self._watchers):
            lines.push(line)
            if len(lines) >= LINES_MAX:
                lines.close()
                self._watchers.remove(lines)


def _seconds(position: int) -> float:
    return round(position / HEARING.rate_hz, 4)
