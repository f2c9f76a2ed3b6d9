"""A whole answer to one question, for callers who want no events."""

import base64
import html
import io
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import soundfile

from antiphon.audio.pcm import AudioChunk
from antiphon.client.asking import Asking
from antiphon.client.audio_file import AudioFile, open_audio
from antiphon.client.live import LiveSession
from antiphon.config import Client
from antiphon.errors import SettingsError
from antiphon.wire.server import UsageMetadata


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question."""

    heard: str
    """The question as the server heard it; empty for a text."""
    text: str
    audio: AudioChunk = field(repr=False)
    """The answer's voice; of no length when it is in writing."""
    first_sound_s: float | None
    """From the end of the question's speech to the first sound of the answer."""
    first_text_s: float | None
    usage: UsageMetadata | None = field(repr=False)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the voice to a sound file, in the format its name ends with.

        Raises SettingsError when there is no sound, or it cannot be written there.
        """
        if not self.audio.samples:
            raise SettingsError("the answer has no sound: it was asked for in writing")
        try:
            soundfile.write(Path(path), self.audio.int16(), self.audio.format.rate_hz)
        except (OSError, TypeError, ValueError, soundfile.SoundFileError) as error:
            raise SettingsError(f"{path} cannot be written ({error}): name a .wav file") from None

    def _repr_html_(self) -> str:
        """Show it in a notebook: the words, and a player for the voice."""
        heard = f"<p><i>{html.escape(self.heard)}</i></p>" if self.heard else ""
        words = f"{heard}<p><b>{html.escape(self.text)}</b></p>"
        if not self.audio.samples:
            return words
        wave = io.BytesIO()
        soundfile.write(wave, self.audio.int16(), self.audio.format.rate_hz, format="WAV")
        data = base64.b64encode(wave.getvalue()).decode()
        return f'{words}<audio controls src="data:audio/wav;base64,{data}"></audio>'


async def ask(
    session: LiveSession,
    question: str | PathLike[str] | AudioFile,
    *,
    paced: bool = True,
    limits: Client | None = None,
) -> Answer:
    """Put a recorded question to a session as it was spoken, or with `paced=False` all at once; give the answer.

    Raises SettingsError for a file that cannot be asked, NoAnswer when nothing comes in time, ConnectionClosed when
    the session ends before.
    """
    limits = limits or Client()
    if not isinstance(question, AudioFile):
        question = open_audio(question, limits.question_s_max)
    return await _answered(session, Asking(question, paced=paced, whole_turn=True, limits=limits))


async def write(session: LiveSession, text: str, *, limits: Client | None = None) -> Answer:
    """Put a question in writing to a session, and give the answer; raises what `ask` does."""
    return await _answered(session, Asking(text, limits=limits))


async def _answered(session: LiveSession, asking: Asking) -> Answer:
    await asking.put_to(session)
    reply = asking.reply
    return Answer(reply.heard, reply.text, reply.audio, asking.first_sound_s, asking.first_text_s, reply.usage)
