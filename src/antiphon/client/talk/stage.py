"""Where a conversation stands: who speaks, who is awaited. Its only clock is the sound of the microphone."""

from enum import StrEnum

from antiphon.audio.loudness import level_dbfs
from antiphon.audio.pcm import AudioChunk
from antiphon.client.events import (
    Event,
    Heard,
    HearingSoFar,
    Interrupted,
    Reconnected,
    Reconnecting,
    Said,
    Sound,
    TurnEnded,
    UserActivity,
    Wrote,
)

_QUIETEST_DBFS = -50.0
"""Nothing below is taken for a voice, however quiet the room."""
_ABOVE_ROOM_DB = 12.0
_ROOM_RISES_DB_PER_S = 3.0
_VOICE_S = 0.06
"""A click is shorter."""
_PAUSE_S = 0.6
"""Between words."""
_REACTION_S = 5.0
"""Where the server takes no notice for so long, what was heard here was no speech."""


class Stage(StrEnum):
    """What goes on; the value is what it is called on screen."""

    LISTENING = "listening"
    HEARING = "you speak"
    THINKING = "thinking"
    SPEAKING = "speaking"
    RECONNECTING = "reconnecting"


class VoiceDetector:
    """Tells by loudness alone whether somebody speaks: for the eye. The turn is the server's to find."""

    def __init__(self) -> None:
        self.voice = False
        self._room_dbfs = _QUIETEST_DBFS
        self._loud_s = 0.0
        self._quiet_s = 0.0

    def hear(self, chunk: AudioChunk) -> None:
        """Listen to the next stretch."""
        level = level_dbfs(chunk)
        self._room_dbfs = min(level, self._room_dbfs + _ROOM_RISES_DB_PER_S * chunk.seconds)
        loud = level > max(_QUIETEST_DBFS, self._room_dbfs + _ABOVE_ROOM_DB)
        self._loud_s = self._loud_s + chunk.seconds if loud else 0.0
        self._quiet_s = 0.0 if loud else self._quiet_s + chunk.seconds
        if self._loud_s > _VOICE_S - chunk.seconds / 2:
            self.voice = True
        elif self._quiet_s > _PAUSE_S - chunk.seconds / 2:
            self.voice = False


class StageTracker:
    """Follows what is sent and what comes."""

    def __init__(self) -> None:
        self._voice = VoiceDetector()
        self._connected = True
        self.user_speaks = False
        self.replying = False
        """A reply has begun, and its turn has not ended."""
        self._awaited = False
        self._understood = False
        self._waited_s = 0.0

    @property
    def awaited(self) -> bool:
        """The user has spoken, and the reply has not begun."""
        return self._awaited and not self.user_speaks

    def stage(self, *, sounding: bool) -> Stage:
        """Say where things stand, given whether the loudspeaker has something to play."""
        if not self._connected:
            return Stage.RECONNECTING
        if sounding:
            return Stage.SPEAKING
        if self.user_speaks:
            return Stage.HEARING
        return Stage.THINKING if self._awaited else Stage.LISTENING

    def hear(self, sent: AudioChunk) -> None:
        """Look at sound that goes to the server; for sessions where that finds the user's turns."""
        before = self._voice.voice
        self._voice.hear(sent)
        if self._voice.voice != before:
            self.declare(speaking=self._voice.voice)
        self._waited_s += sent.seconds
        if self._awaited and not self._understood and self._waited_s > _REACTION_S:
            self._awaited = False

    def declare(self, *, speaking: bool) -> None:
        """Take note that the user begins or finishes speaking."""
        if self.user_speaks and not speaking and not self.replying:
            self._awaited, self._understood, self._waited_s = True, False, 0.0
        self.user_speaks = speaking

    def take(self, event: Event) -> None:
        """Follow an event."""
        match event:
            case Reconnecting():
                self._connected = False
            case Reconnected(reply_lost=lost):
                self._connected = True
                self._awaited = self._understood = self._awaited or lost
                self.replying = self.replying and not lost
            case Heard() | HearingSoFar() if not self.replying:
                self._awaited = self._understood = True
            case UserActivity(speaking=speaking):
                self.declare(speaking=speaking)
            case Sound() | Said() | Wrote():
                self._begin_reply()
            case Interrupted() | TurnEnded():
                self.replying = self._awaited = False
            case _:
                pass

    def _begin_reply(self) -> None:
        """A quick server answers before we are sure that the voice has paused: it has."""
        if not self.replying and self._voice.voice:
            self.user_speaks = False
        self.replying, self._awaited = True, False
