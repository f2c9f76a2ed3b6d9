"""The scripted engines keep every promise; engines that break one are told which."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk
from antiphon.config import Settings
from antiphon.engines import promises, testkit
from antiphon.engines.contracts import Hints, LlmOutput, Prompt, Sampling, TextDelta, ThoughtDelta, Transcript
from antiphon.engines.scripted import (
    DESCRIPTOR,
    ScriptedAsr,
    ScriptedAsrStream,
    ScriptedEndOfTurn,
    ScriptedLlm,
    ScriptedLlmStream,
    ScriptedTts,
    ScriptedTtsStream,
    ScriptedVad,
    ScriptedVadStream,
    make_asr,
    make_eot,
    make_llm,
    make_tts,
    make_vad,
)
from antiphon.engines.testkit import check_asr, check_eot, check_llm, check_tts, check_vad
from antiphon.wire.content import FunctionCall
from tests.engines.sounds import QUESTION, recording

SETTINGS = Settings()


async def test_the_scripted_engines_conform() -> None:
    for speech in (None, recording(QUESTION)):
        await check_vad(make_vad(SETTINGS), speech)
        await check_eot(make_eot(SETTINGS), speech)
        await check_asr(make_asr(SETTINGS), speech)
    await check_llm(make_llm(SETTINGS))
    await check_tts(make_tts(SETTINGS))


def opening(engine: Any, stream: type[Any]) -> Any:
    """The engine, its streams replaced by ones that break a promise."""
    engine.open = lambda *_: stream(*([Hints()] if issubclass(stream, ScriptedAsrStream) else []))
    return engine


class PerCall(ScriptedVadStream):
    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        return [1.0 / (1 + len(samples)) for _ in await super().probabilities(samples)]


class TooFew(ScriptedVadStream):
    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        return (await super().probabilities(samples))[:1]


class Percent(ScriptedVadStream):
    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        return [100 * each for each in await super().probabilities(samples)]


class Shared(ScriptedVadStream):
    heard = 0.0

    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        own = await super().probabilities(samples)
        before, Shared.heard = Shared.heard, own[-1] if len(own) == 1 else 0.0
        return own if len(own) != 1 else [before if own[0] else 0.0]


class Foreign(ScriptedVadStream):
    async def probabilities(self, samples: NDArray[np.int16]) -> list[float]:
        if len(samples) % 512:
            raise ValueError("windows!")
        return await super().probabilities(samples)


class Immortal(ScriptedVadStream):
    def close(self) -> None:
        """Break the promise."""


@pytest.mark.parametrize(
    ("stream", "promise"),
    [
        (PerCall, "calls of 1 windows change"),
        (TooFew, "gave 1 probabilities"),
        (Percent, "outside 0..1"),
        (Shared, r"change[s]? the probabilities"),
        (Foreign, "part of a window raises ValueError"),
        (Immortal, "audio after close is accepted"),
    ],
)
async def test_a_broken_vad(stream: type[ScriptedVadStream], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        await check_vad(opening(ScriptedVad("vad"), stream))


class Moody(ScriptedEndOfTurn):
    mood = 0.0

    async def probability(self, audio: AudioChunk) -> float:
        self.mood += 0.25
        return self.mood


class AnyRate(ScriptedEndOfTurn):
    async def probability(self, audio: AudioChunk) -> float:
        return 1.0


class Doubtless(ScriptedEndOfTurn):
    async def probability(self, audio: AudioChunk) -> float:
        return 2.0


@pytest.mark.parametrize(
    ("engine", "promise"),
    [(Moody, "second time"), (AnyRate, "8 kHz audio is accepted"), (Doubtless, "outside 0..1")],
)
async def test_a_broken_end_of_turn(engine: type[ScriptedEndOfTurn], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        await check_eot(engine("eot"))


class CountsChunks(ScriptedAsrStream):
    chunks = 0

    def feed(self, audio: AudioChunk) -> None:
        super().feed(audio)
        self.chunks += 1

    async def transcript(self) -> Transcript:
        return Transcript(f"{self.chunks} chunks")


class Fanciful(ScriptedAsrStream):
    async def transcript(self) -> Transcript:
        await super().transcript()
        return Transcript("Thank you.")


class Resamples(ScriptedAsrStream):
    def feed(self, audio: AudioChunk) -> None:
        super().feed(AudioChunk(audio.data, HEARING))


@pytest.mark.parametrize(
    ("stream", "promise"),
    [
        (CountsChunks, "chunks of 640 bytes change"),
        (Fanciful, "silence is heard as 'Thank you.'"),
        (Resamples, "8 kHz audio is accepted"),
    ],
)
async def test_a_broken_asr(stream: type[ScriptedAsrStream], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        await check_asr(opening(ScriptedAsr("asr"), stream))


async def test_an_asr_whose_streams_hear_each_other() -> None:
    class OneEar(ScriptedAsr):
        last: ScriptedAsrStream | None = None

        def open(self, hints: Hints) -> ScriptedAsrStream:
            before, self.last = self.last, super().open(hints)
            if before is not None and not before._closed:
                self.last._heard = before._heard
            return self.last

    with pytest.raises(AssertionError, match="a stream of silence hears the other's"):
        await check_asr(OneEar("asr"))


class Gossip(ScriptedLlmStream):
    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        yield TextDelta("apple and violet")


class Mute(ScriptedLlmStream):
    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        words: tuple[str, ...] = ()
        for word in words:
            yield TextDelta(word)


class BareText(ScriptedLlmStream):
    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[Any, None]:
        yield "apple"


class Inventive(ScriptedLlmStream):
    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        async for output in super().generate(prompt, sampling):
            yield output
        if prompt.tools:
            yield FunctionCall(name="launch", args={})


class Brooding(ScriptedLlmStream):
    async def generate(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[LlmOutput, None]:
        async for output in super().generate(prompt, sampling):
            yield ThoughtDelta("Hm.") if prompt.tools else output


class GoesOn(ScriptedLlmStream):
    def close(self) -> None:
        """Break the promise."""


@pytest.mark.parametrize(
    ("stream", "promise"),
    [
        (Gossip, "mixed"),
        (Mute, "an answer is empty"),
        (BareText, "'apple' is no LlmOutput"),
        (Inventive, "{'launch'} are called, and only ring_a_bell is declared"),
        (Brooding, "an answer with functions is empty"),
        (GoesOn, "the model goes on after close"),
    ],
)
async def test_a_broken_llm(stream: type[ScriptedLlmStream], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        await check_llm(opening(ScriptedLlm("llm"), stream))


class LowRate(ScriptedTtsStream):
    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        yield AudioChunk(bytes(2), HEARING)


class HalfSamples(ScriptedTtsStream):
    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        yield AudioChunk(bytes(3), SPEAKING)


class EmptyChunks(ScriptedTtsStream):
    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        yield AudioChunk(b"", SPEAKING)


class Breathing(ScriptedTtsStream):
    async def synthesise(self, text: str) -> AsyncGenerator[AudioChunk, None]:
        async for chunk in super().synthesise(text):
            yield chunk
        yield AudioChunk(bytes(2), SPEAKING)


class SpeaksOn(ScriptedTtsStream):
    def close(self) -> None:
        """Break the promise."""


@pytest.mark.parametrize(
    ("stream", "promise"),
    [
        (LowRate, "not 24 kHz mono"),
        (HalfSamples, "3 bytes are not whole samples"),
        (EmptyChunks, "a chunk is empty"),
        (Breathing, "a text without words is spoken"),
        (SpeaksOn, "the voice goes on after close"),
    ],
)
async def test_a_broken_tts(stream: type[ScriptedTtsStream], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        await check_tts(opening(ScriptedTts("tts"), stream))


async def test_a_call_that_outlives_its_cancellation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "STOP_S_MAX", -1.0)
    for check in (check_vad(make_vad(SETTINGS)), check_eot(make_eot(SETTINGS)), check_asr(make_asr(SETTINGS))):
        with pytest.raises(AssertionError, match="not within 100"):
            await check
    for check in (check_llm(make_llm(SETTINGS)), check_tts(make_tts(SETTINGS))):
        with pytest.raises(AssertionError, match="not within 100"):
            await check


async def test_a_call_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(ScriptedEndOfTurn):
        async def probability(self, audio: AudioChunk) -> float:
            await asyncio.Event().wait()
            return 1.0

    monkeypatch.setattr(testkit, "CHECK_S_MAX", 0.01)
    with pytest.raises(TimeoutError):
        await check_eot(Stuck("eot"))


@pytest.mark.parametrize(
    ("change", "promise"),
    [({"kind": "asr"}, "says asr, not eot"), ({"license": ""}, "no license"), ({"languages": ()}, "no languages")],
)
async def test_a_wrong_descriptor(change: dict[str, Any], promise: str) -> None:
    engine = make_eot(SETTINGS)
    engine.descriptor = replace(DESCRIPTOR["eot"], **change)
    with pytest.raises(AssertionError, match=promise):
        await check_eot(engine)
