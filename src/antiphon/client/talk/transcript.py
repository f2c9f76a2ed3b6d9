"""A conversation in writing, as it comes: who said what, and what happened to the connection. No I/O, no clock."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from antiphon.client.events import (
    Continuation,
    Event,
    GoingAway,
    Heard,
    HearingSoFar,
    InputDropped,
    Interrupted,
    Reconnected,
    Reconnecting,
    Said,
    TurnEnded,
    Wrote,
)

PASSAGES_MAX: Final = 500
"""Kept; the oldest go first."""


class Who(StrEnum):
    """Whose passage it is."""

    USER = "user"
    MODEL = "model"
    NOTE = "note"
    """Nobody's: something that happened."""


@dataclass(slots=True, eq=False)
class Passage:
    """What one side said without the other in between; grows until it is done."""

    who: Who
    text: str = ""
    interim: str = ""
    """Behind the text: words that may still be replaced."""
    done: bool = False
    cut: bool = False
    """Interrupted; less of it may have sounded than is written here."""
    latency_s: float | None = None
    """Of an answer: from the end of the user's speech to its first sound."""


class Transcript:
    """Grows event by event. `passages` is in the order in which things were said."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self._user: Passage | None = None
        self._reply: Passage | None = None
        self._cut_reply: Passage | None = None
        self._outage: Passage | None = None
        self._asked = False

    def take(self, event: Event) -> None:
        """Write down an event."""
        match event:
            case HearingSoFar(text=text):
                self._users().interim = text
            case Heard():
                self._append_heard(event)
            case Said(text=text) | Wrote(text=text):
                self._replys().text += text
            case Interrupted() | Reconnected(reply_lost=True):
                self._cut()
            case TurnEnded(first_sound_s=latency_s):
                self._end_turn(latency_s)
            case _:
                pass
        self._note(event)
        del self.passages[:-PASSAGES_MAX]

    def note(self, text: str) -> None:
        """Write down something that happened."""
        self._added(Passage(Who.NOTE, text, done=True))

    def _append_heard(self, heard: Heard) -> None:
        if not heard.text and self._user is None:
            return
        passage = self._users()
        passage.text += heard.text
        passage.interim = ""
        if heard.finished:
            passage.done = True
            self._user = None

    def _users(self) -> Passage:
        """Words that come after the reply to them has begun belong before it."""
        if self._user is None:
            self._user = Passage(Who.USER)
            late = self._reply is not None and not self._asked
            at = self.passages.index(self._reply) if late and self._reply in self.passages else len(self.passages)
            self.passages.insert(at, self._user)
            self._asked = True
        return self._user

    def _replys(self) -> Passage:
        if self._reply is None:
            self._reply = self._added(Passage(Who.MODEL))
        return self._reply

    def _cut(self) -> None:
        self._cut_reply = self._reply
        self._close_turn(self._reply)
        if self._cut_reply is not None:
            self._cut_reply.cut = True

    def _end_turn(self, latency_s: float | None) -> None:
        reply = self._reply or self._cut_reply
        if reply is not None:
            reply.latency_s = latency_s
        self._close_turn(reply)
        self._cut_reply = None

    def _close_turn(self, reply: Passage | None) -> None:
        """Words of the user that came after the reply began are of the next turn, and stay open."""
        barged_in = self._user is not None and reply is not None and self._follows(self._user, reply)
        if self._user is not None and not barged_in:
            self._user.done = True
            self._user = None
        if self._reply is not None:
            self._reply.done = True
            self._reply = None
        self._asked = barged_in

    def _follows(self, later: Passage, earlier: Passage) -> bool:
        return earlier not in self.passages or self.passages.index(later) > self.passages.index(earlier)

    def _note(self, event: Event) -> None:
        match event:
            case GoingAway(time_left_s=left_s):
                when = "soon" if left_s is None else f"in {left_s:.0f} s"
                self._added(
                    Passage(Who.NOTE, f"the server closes this connection {when}; another one follows", done=True)
                )
            case Reconnecting(why=why, attempt=attempt):
                again = f", attempt {attempt}" if attempt > 1 else ""
                self._outage = self._outage or self._added(Passage(Who.NOTE))
                self._outage.text = f"reconnecting{again}: {why}"
            case Reconnected():
                note = self._outage or self._added(Passage(Who.NOTE))
                note.text, note.done = _continued(event), True
                self._outage = None
            case InputDropped(from_s=from_s, to_s=to_s, why=why):
                self.note(f"{to_s - from_s:.1f} s of what you said is lost: {why}")
            case _:
                pass

    def _added(self, passage: Passage) -> Passage:
        self.passages.append(passage)
        return passage


def _continued(event: Reconnected) -> str:
    how = "" if event.how is Continuation.RESUMED else ", as a new session that was told what was said"
    again = f"; {event.replayed_s:.1f} s of your voice sent again" if event.replayed_s >= 0.05 else ""
    return f"reconnected after {event.down_s:.1f} s{how}{again}"
