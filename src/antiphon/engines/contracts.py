"""What an engine must be: five protocols, no base class.

An *engine* is loaded once and shared by every session; a *stream* is one session's state over it.
All are called on the event loop and must not block it: an engine that computes uses `pool.Workers`.
Every method may raise EngineError and nothing else. Cancelling an awaited call must free what it
held within 100 ms. `close` is idempotent, and nothing comes out of a stream after it.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import AudioChunk
from antiphon.config import Kind
from antiphon.wire.content import Content, FunctionCall
from antiphon.wire.tools import FunctionDeclaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """What an engine says of itself."""

    name: str
    kind: Kind
    summary: str
    license: str
    languages: tuple[str, ...]
    """BCP-47 tags; `*` for any."""
    weights: tuple[str, ...] = ()
    """Names in `weights.catalogue`, fetched before the engine is made."""


@runtime_checkable
class Engine(Protocol):
    """What all five kinds share."""

    @property
    def descriptor(self) -> Descriptor: ...

    async def aclose(self) -> None:
        """Free the model. No stream is used afterwards."""


@runtime_checkable
class Queued(Protocol):
    """An engine whose calls wait for each other."""

    @property
    def waiting(self) -> int:
        """Calls that wait now."""


# Ears: is somebody speaking?


class VadStream(Protocol):
    """One session's voice activity state. Windows come in order."""

    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        """The probability of speech in each window of `samples`.

        `samples` is 16 kHz mono, a whole multiple of the engine's `window_samples`.
        """

    def reset(self) -> None:
        """Forget what was heard: the stream was interrupted."""

    def close(self) -> None: ...


@runtime_checkable
class Vad(Engine, Protocol):
    """Voice activity detection."""

    @property
    def window_samples(self) -> int:
        """Samples (16 kHz) of one decision."""

    def open(self) -> VadStream: ...


# Ears: has the speaker finished?


@runtime_checkable
class EndOfTurn(Engine, Protocol):
    """Judges from the sound of an utterance whether its speaker has finished. Stateless."""

    async def probability(self, audio: AudioChunk) -> float:
        """Of the turn being over at the end of `audio` (16 kHz mono, the utterance so far)."""


# Ears: which words?


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard. An empty text means: nothing that is speech."""

    text: str
    language: str | None = None
    """BCP-47, when the engine knows."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the client says about the speech to come (protocol.md 2.1, AudioTranscriptionConfig)."""

    languages: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()


class AsrStream(Protocol):
    """One utterance being recognised."""

    def feed(self, audio: AudioChunk) -> None:
        """Append speech: 16 kHz mono, any length. At most 30 s in all (config.Limits)."""

    async def transcript(self) -> Transcript:
        """Recognise all that was fed so far. May be called again after more was fed."""

    def close(self) -> None: ...


@runtime_checkable
class Asr(Engine, Protocol):
    """Speech recognition."""

    def open(self, hints: Hints) -> AsrStream: ...


# Brain


@dataclass(frozen=True, slots=True)
class Prompt:
    """The conversation as the model should see it; the last content is what to answer."""

    system: str
    contents: tuple[Content, ...]
    """Said, shown, called and answered so far. A call without its response is still running."""
    tools: tuple[FunctionDeclaration, ...] = ()
    """Functions the model may call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Generation parameters; None leaves the engine's own default (protocol.md 2.2)."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_output_tokens: int | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer, to be appended verbatim."""

    text: str


@dataclass(frozen=True, slots=True)
class ThoughtDelta:
    """The next piece of the model's reasoning: never spoken, shown only to who asked for it."""

    text: str


LlmOutput = TextDelta | ThoughtDelta | FunctionCall
"""A FunctionCall of a model has a name and args; the session gives it its id."""


class LlmStream(Protocol):
    """One session's place at the model: its cached prefix. One generation at a time."""

    def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        """Answer. Closing the generator (or cancelling its consumer) stops the generation."""

    async def prepare(self, prompt: Prompt) -> None:
        """Read the beginning of a prompt to come, whose last content may still go on; not during a generation.

        Changes no answer, only how soon it begins; an engine that keeps nothing of a prompt does nothing.
        """

    def close(self) -> None: ...


@runtime_checkable
class Llm(Engine, Protocol):
    """The language model."""

    @property
    def context_tokens(self) -> int | None:
        """What a prompt and its answer may hold together; None when the engine does not know."""

    def open(self) -> LlmStream: ...

    async def count_tokens(self, text: str) -> int:
        """Tokens of a text in this model's own vocabulary (or its best estimate, documented)."""


# Voice


class TtsStream(Protocol):
    """One session's voice."""

    def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        """Speak a clause; chunks of 24 kHz mono. Closing the generator stops it."""

    def close(self) -> None: ...


@runtime_checkable
class Tts(Engine, Protocol):
    """Speech synthesis."""

    @property
    def voices(self) -> tuple[str, ...]:
        """Names this engine can speak with; the first is its default."""

    def open(self, voice: str | None) -> TtsStream:
        """A stream in that voice (any case); the default voice when it is None or unknown."""
