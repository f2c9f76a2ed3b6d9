"""Engines without weights, for people's tests and demos. What they do is promised here.

Everything is deterministic, immediate (no call ever sleeps) and the same in every session.

- VAD: a window of 512 samples is speech (probability 1) when its RMS is above 300 of 32,768, else 0.
- End of turn: always 1, so a turn ends at the first pause the session asks about.
- ASR: names what it heard. A pure tone is `tone 440 hertz` (the dominant frequency of its loudest
  quarter second, to the nearest 10 Hz); any other sound is `speech of 1.2 seconds`; silence is "".
- LLM: answers `You said: <the user's last text>.` (no second stop after a stop), word by word, and names
  pictures shown since it last spoke: `You showed 2 pictures.` A token is a word. Commands in the text:
  `count to N` answers `1, 2, 3, ... N.` (N up to 1,000); `silence` yields nothing; `fail` says
  `This will` and then raises EngineFailed; `think` yields the thought `Thinking about: <text>` first.
- Its tools: `call NAME`, or `call NAME with key=value, key=value`, calls that function where it is
  declared; values are JSON where they can be, else text. `call A and call B` calls both at once, and
  `say TEXT then call NAME` says `TEXT.` before it. A name that is not declared is answered in words. What
  functions gave is answered with `NAME returned <its text, or compact JSON>.`, a call that has no answer
  yet with `NAME is running.`
- TTS: one voice, `scripted`. A tone of 60 ms per letter of the text, spaces and stops included, in chunks
  of at most 100 ms. Its pitch is 200 Hz plus 10 Hz for each letter of the first word, so that replies
  can be told apart.
"""

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk
from antiphon.config import Kind, Settings
from antiphon.engines.accept import hearing_samples, require_open
from antiphon.engines.contracts import Descriptor, Hints, LlmOutput, Prompt, Sampling, Transcript
from antiphon.engines.script import outputs
from antiphon.errors import EngineFailed

_SUMMARIES: dict[Kind, str] = {
    "vad": "speech is whatever is loud",
    "eot": "every pause ends the turn",
    "asr": "names the tone it hears",
    "llm": "says back what was said",
    "tts": "a tone of 60 ms per letter",
}

DESCRIPTOR: dict[Kind, Descriptor] = {
    kind: Descriptor(name="scripted", kind=kind, summary=summary, license="Apache-2.0", languages=("*",))
    for kind, summary in _SUMMARIES.items()
}

WINDOW_SAMPLES = 512
SPEECH_RMS_MIN = 300.0
"""Of int16 samples."""

_LOUDEST_SAMPLES = HEARING.rate_hz // 4
_PURE_SHARE_MIN = 0.8
"""Of the power within 20 Hz of the peak, for a sound to be a tone."""
_TONE_HALF_WIDTH_HZ = 20.0
_TONE_STEP_HZ = 10

LETTER_S = 0.06
CHUNK_S = 0.1
_PITCH_HZ, _PITCH_STEP_HZ = 200.0, 10.0
_LOUDNESS = 8_000


class _Scripted:
    """What all five share: nothing to load, nothing to free."""

    def __init__(self, kind: Kind) -> None:
        self.descriptor = DESCRIPTOR[kind]

    async def aclose(self) -> None:
        """There is nothing to free."""


class ScriptedVad(_Scripted):
    """Speech is whatever is loud."""

    window_samples = WINDOW_SAMPLES

    def open(self) -> "ScriptedVadStream":
        return ScriptedVadStream()


class ScriptedVadStream:
    """Remembers nothing."""

    def __init__(self) -> None:
        self._closed = False

    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        require_open(self._closed, "scripted VAD")
        if len(samples) % WINDOW_SAMPLES:
            raise EngineFailed(f"scripted VAD: {len(samples)} samples are not whole windows of {WINDOW_SAMPLES}")
        windows = samples.astype(np.float64).reshape(-1, WINDOW_SAMPLES)
        return [float(rms > SPEECH_RMS_MIN) for rms in np.sqrt((windows**2).mean(axis=1))]

    def reset(self) -> None:
        """There is nothing to forget."""

    def close(self) -> None:
        self._closed = True


class ScriptedEndOfTurn(_Scripted):
    """Every pause ends the turn."""

    async def probability(self, audio: AudioChunk) -> float:
        hearing_samples(audio)
        return 1.0


class ScriptedAsr(_Scripted):
    """Names the tone it hears."""

    def open(self, hints: Hints) -> "ScriptedAsrStream":
        return ScriptedAsrStream(hints)


class ScriptedAsrStream:
    """One utterance."""

    def __init__(self, hints: Hints) -> None:
        self._language = hints.languages[0] if hints.languages else None
        self._heard = bytearray()
        self._closed = False

    def feed(self, audio: AudioChunk) -> None:
        require_open(self._closed, "scripted ASR")
        hearing_samples(audio)
        self._heard += audio.data

    async def transcript(self) -> Transcript:
        require_open(self._closed, "scripted ASR")
        return Transcript(_named(AudioChunk(bytes(self._heard)).int16()), self._language)

    def close(self) -> None:
        self._closed = True
        self._heard.clear()


class ScriptedLlm(_Scripted):
    """Says back what was said."""

    context_tokens = None

    def open(self) -> "ScriptedLlmStream":
        return ScriptedLlmStream()

    async def count_tokens(self, text: str) -> int:
        return len(text.split())


class ScriptedLlmStream:
    """One session's place."""

    def __init__(self) -> None:
        self._closed = False

    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        """Answer a word at a time, leaving the loop to others in between."""
        require_open(self._closed, "scripted LLM")
        for output in outputs(prompt, sampling.max_output_tokens):
            yield output
            await asyncio.sleep(0)
            if self._closed:
                return

    async def prepare(self, prompt: Prompt) -> None:
        """There is nothing to be read."""

    def close(self) -> None:
        self._closed = True


class ScriptedTts(_Scripted):
    """A tone of 60 ms per letter."""

    voices = ("scripted",)

    def open(self, voice: str | None) -> "ScriptedTtsStream":
        return ScriptedTtsStream()


class ScriptedTtsStream:
    """One session's voice."""

    def __init__(self) -> None:
        self._closed = False

    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        require_open(self._closed, "scripted TTS")
        words = text.split()
        if not words:
            return
        sound = _tone(_PITCH_HZ + _PITCH_STEP_HZ * len(words[0]), LETTER_S * len(text))
        size = SPEAKING.bytes_for(CHUNK_S)
        for start in range(0, len(sound), size):
            yield AudioChunk(sound[start : start + size], SPEAKING)
            await asyncio.sleep(0)
            if self._closed:
                return

    def close(self) -> None:
        self._closed = True


def _named(samples: NDArray[np.int16]) -> str:
    """`tone N hertz`, `speech of N seconds`, or nothing for silence."""
    loudest = _loudest(samples.astype(np.float64))
    if not len(loudest) or np.sqrt((loudest**2).mean()) <= SPEECH_RMS_MIN:
        return ""
    powers = np.abs(np.fft.rfft(loudest * np.hanning(len(loudest)), 4 * _LOUDEST_SAMPLES)) ** 2
    frequencies = np.fft.rfftfreq(4 * _LOUDEST_SAMPLES, 1 / HEARING.rate_hz)
    peak_hz = float(frequencies[powers.argmax()])
    near = np.abs(frequencies - peak_hz) <= _TONE_HALF_WIDTH_HZ
    if powers[near].sum() < _PURE_SHARE_MIN * powers.sum():
        return f"speech of {len(samples) / HEARING.rate_hz:.1f} seconds"
    return f"tone {round(peak_hz / _TONE_STEP_HZ) * _TONE_STEP_HZ} hertz"


def _loudest(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quarter second with the most energy; all of a shorter sound."""
    energy = np.concatenate(([0.0], np.cumsum(samples**2)))
    if len(samples) <= _LOUDEST_SAMPLES:
        return samples
    start = int((energy[_LOUDEST_SAMPLES:] - energy[:-_LOUDEST_SAMPLES]).argmax())
    return samples[start : start + _LOUDEST_SAMPLES]


def _tone(pitch_hz: float, seconds: float) -> bytes:
    turns = pitch_hz * np.arange(round(seconds * SPEAKING.rate_hz)) / SPEAKING.rate_hz
    return (_LOUDNESS * np.sin(2 * np.pi * turns)).astype("<i2").tobytes()


def make_vad(settings: Settings) -> ScriptedVad:
    """The scripted ears."""
    return ScriptedVad("vad")


def make_eot(settings: Settings) -> ScriptedEndOfTurn:
    """The scripted judge of pauses."""
    return ScriptedEndOfTurn("eot")


def make_asr(settings: Settings) -> ScriptedAsr:
    """The scripted recogniser."""
    return ScriptedAsr("asr")


def make_llm(settings: Settings) -> ScriptedLlm:
    """The scripted brain."""
    return ScriptedLlm("llm")


def make_tts(settings: Settings) -> ScriptedTts:
    """The scripted voice."""
    return ScriptedTts("tts")
