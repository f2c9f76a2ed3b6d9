"""A session whose user is heard, as far as its continuity follows it."""

import numpy as np

from antiphon.audio.pcm import AudioChunk
from antiphon.client.continuity import Continuity
from antiphon.client.events import (
    Continuation,
    Event,
    Generated,
    Heard,
    Said,
    Sound,
    TurnEnded,
)
from antiphon.client.journal import Journal
from antiphon.client.speech import Speech
from antiphon.wire.client import ActivityEnd, ActivityStart, ClientContent, ClientMessage, RealtimeInput
from antiphon.wire.content import Content, FunctionCall
from antiphon.wire.kinds import Int64
from antiphon.wire.server import SessionResumptionUpdate

QUESTION, ANSWER = "Where is it?", "It is near."
SOUND = Sound(AudioChunk(b"ab"))
CALL = FunctionCall(id="c1", name="light")
IN_DOUBT_S = 3.0


class Session:
    """A continuity whose caller speaks a second at a time."""

    def __init__(self, *background: str) -> None:
        self.journal = Journal(60.0, 1 << 20)
        self.speech = Speech()
        self.continuity = Continuity(self.journal, self.speech, 1_000, IN_DOUBT_S, background)
        self.now = 0.0
        self.speak()

    def speak(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.journal.write(ClientMessage(client_content=ClientContent()), 1.0)
            self.journal.next()

    def sounds(self, level: int, seconds: float) -> None:
        """The microphone hears something of that loudness, in messages of 20 ms."""
        for _ in range(round(seconds / 0.02)):
            self.now += 0.02
            number = self.journal.write(ClientMessage(client_content=ClientContent()), 0.02)
            self.journal.next()
            self.speech.sent(AudioChunk(np.full(320, level, "<i2").tobytes()), number, self.now)

    def says(self, seconds: float = 1.0) -> None:
        """Half a second of silence, speech, and half a second of silence."""
        self.sounds(0, 0.5)
        self.sounds(8_000, seconds)
        self.sounds(0, 0.5)

    def acts(self) -> None:
        """A declared activity, of one second of anything."""
        for said in (RealtimeInput(activity_start=ActivityStart()), None, RealtimeInput(activity_end=ActivityEnd())):
            self.journal.write(ClientMessage(realtime_input=said), 0.0 if said else 1.0)
            self.journal.next()

    def replies(self, *events: Event) -> None:
        """A reply begins now, which is complete with these."""
        self.speech.reply_begins()
        self.happens(Said(ANSWER), SOUND, Generated(), *events)

    def happens(self, *events: Event) -> None:
        for event in events:
            self.continuity.happened(event, self.now)

    def keeps(self, handle: str, index: int | None = None) -> None:
        position = None if index is None else Int64(index)
        self.continuity.updated(SessionResumptionUpdate(new_handle=handle, last_consumed_client_message_index=position))

    def answers(self, question: str = QUESTION, answer: str = ANSWER) -> None:
        self.happens(Heard(question), Said(answer), SOUND, Generated(), TurnEnded(1))

    def goes_on(self, how: Continuation = Continuation.RESUMED, *, tells_late: bool = True):
        return self.continuity.goes_on(how, tells_late=tells_late)

    def waiting(self) -> int:
        """How many messages the next connection is sent."""
        return self.journal.written - self.journal.sent


def texts(told: tuple[Content, ...]) -> list[tuple[str | None, str | None]]:
    return [(content.role, content.parts[0].text) for content in told]
