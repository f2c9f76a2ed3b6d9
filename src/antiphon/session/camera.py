"""The pictures the client sends in real time, kept until somebody asks (protocol.md 2.6, 4.8)."""

from collections import deque

from antiphon.config import Limits
from antiphon.errors import RemoteProtocolError
from antiphon.session.history import Entry
from antiphon.wire.content import Blob, Content, Part
from antiphon.wire.setup import TurnCoverage


class Camera:
    """Holds the newest pictures of one turn."""

    def __init__(self, coverage: TurnCoverage, limits: Limits) -> None:
        self._coverage = coverage
        self._bytes_max = limits.history_bytes_max // 2
        self._frames: deque[Blob] = deque(maxlen=limits.frames_max)

    def see(self, frame: Blob, *, speaking: bool) -> None:
        """Take a picture; RemoteProtocolError for what is none or is too large to keep.

        With TURN_INCLUDES_ONLY_ACTIVITY what is shown while nobody speaks belongs to no turn.
        """
        if not frame.mime_type.lower().startswith("image/"):
            raise RemoteProtocolError(f"{frame.mime_type[:40]!r} is no picture; send image/jpeg, png or webp")
        if len(frame.data) > self._bytes_max:
            raise RemoteProtocolError(f"a picture of {len(frame.data)} bytes; at most {self._bytes_max} are kept")
        if not speaking and self._coverage is TurnCoverage.TURN_INCLUDES_ONLY_ACTIVITY:
            return
        self._frames.append(frame)
        while sum(len(kept.data) for kept in self._frames) > self._bytes_max:
            self._frames.popleft()

    def entries(self) -> list[Entry]:
        """The pictures nobody has asked about yet."""
        return [Entry(content, camera=True) for content in self._content()]

    def take(self) -> tuple[Content, ...]:
        """The pictures since the last turn, as one content; none if there were none."""
        content = self._content()
        self._frames.clear()
        return content

    def _content(self) -> tuple[Content, ...]:
        parts = tuple(Part(inline_data=frame) for frame in self._frames)
        return (Content(role="user", parts=parts),) if parts else ()
