"""The conformance suite for engines: what `contracts` promises, checked on a living engine.

The author of an engine awaits the check of its kind in a test, on a loop of its own:

    async def test_conforms() -> None:
        await check_tts(make(Settings()))

A fault raises AssertionError that says which promise was broken. The engine is left open. The ears can
be given a recording of speech; a tone stands in for it otherwise.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, AudioFormat
from antiphon.config import Kind
from antiphon.engines.contracts import (
    Asr,
    EndOfTurn,
    Engine,
    Hints,
    Llm,
    LlmOutput,
    LlmStream,
    Prompt,
    Sampling,
    TextDelta,
    ThoughtDelta,
    Transcript,
    Tts,
    TtsStream,
    Vad,
)
from antiphon.engines.promises import (
    STOP_S_MAX,
    check_stops,
    consume,
    goes_on,
    now,
    require,
    require_close,
    require_outputs,
    require_refused,
)
from antiphon.wire.content import Content, FunctionCall, Part
from antiphon.wire.tools import FunctionDeclaration

CHECK_S_MAX = 120.0
"""One whole check."""

_PHONE = AudioFormat(8_000)


async def check_vad(engine: Vad, speech: AudioChunk | None = None) -> None:
    """One probability for each window, whatever the size of the calls; sessions apart; reset forgets."""
    async with asyncio.timeout(CHECK_S_MAX):
        _check_descriptor(engine, "vad")
        window = engine.window_samples
        sound = _whole_windows(speech or _tone(), window)
        whole = await _probabilities(engine, sound, len(sound))
        require(len(whole) == len(sound) // window, f"{len(sound) // window} windows gave {len(whole)} probabilities")
        require(all(0.0 <= each <= 1.0 for each in whole), f"probabilities outside 0..1: {whole}")
        for windows in (1, 3):
            pieces = await _probabilities(engine, sound, windows * window)
            require_close(pieces, whole, f"calls of {windows} windows change the probabilities")
        await _check_vad_streams(engine, sound, whole)
        long = np.tile(sound, 8)
        await check_stops(lambda: engine.open().probabilities(long), "probabilities")


async def _check_vad_streams(engine: Vad, sound: NDArray[np.int16], whole: list[float]) -> None:
    window = engine.window_samples
    ours, other = engine.open(), engine.open()
    mixed = []
    for start in range(0, len(sound), window):
        mixed += await ours.probabilities(sound[start : start + window])
        await other.probabilities(np.zeros(window, np.int16))
    require_close(mixed, whole, "silence in another stream changes the probabilities")
    ours.reset()
    require_close(await ours.probabilities(sound), whole, "a reset stream still remembers")
    await require_refused(lambda: ours.probabilities(sound[: window - 1]), "part of a window")
    ours.close()
    ours.close()
    await require_refused(lambda: ours.probabilities(sound), "audio after close")


async def check_eot(engine: EndOfTurn, speech: AudioChunk | None = None) -> None:
    """A probability, always the same for the same audio; other rates refused."""
    async with asyncio.timeout(CHECK_S_MAX):
        _check_descriptor(engine, "eot")
        audio = speech or _tone()
        first, second = await engine.probability(audio), await engine.probability(audio)
        require(0.0 <= first <= 1.0, f"probability {first} is outside 0..1")
        require_close([second], [first], "the same audio is judged differently the second time")
        await require_refused(lambda: engine.probability(AudioChunk(audio.data, _PHONE)), "8 kHz audio")
        await check_stops(lambda: engine.probability(audio), "probability")


async def check_asr(engine: Asr, speech: AudioChunk | None = None) -> None:
    """The same words whatever the size of the chunks; sessions apart; other rates refused."""
    async with asyncio.timeout(CHECK_S_MAX):
        _check_descriptor(engine, "asr")
        audio = speech or _tone()
        whole = await _recognised(engine, audio, len(audio.data))
        for size in (640, 4_098):
            pieces = await _recognised(engine, audio, size)
            require(pieces == whole, f"chunks of {size} bytes change {whole!r} to {pieces!r}")
        nothing = await _recognised(engine, AudioChunk(bytes(HEARING.bytes_for(1.0))), 640)
        require(not nothing.text, f"silence is heard as {nothing.text!r}")
        await _check_asr_streams(engine, audio, whole)


async def _check_asr_streams(engine: Asr, audio: AudioChunk, whole: Transcript) -> None:
    ours, other = engine.open(Hints()), engine.open(Hints())
    ours.feed(audio)
    other.feed(AudioChunk(bytes(HEARING.bytes_for(1.0))))
    heard, silence = await asyncio.gather(ours.transcript(), other.transcript())
    require(heard == whole, f"another stream changes {whole!r} to {heard!r}")
    require(not silence.text, f"a stream of silence hears the other's {silence.text!r}")
    await check_stops(ours.transcript, "transcript")
    require(await ours.transcript() == whole, "a cancelled transcript changes the next")

    async def feed_phone() -> None:
        other.feed(AudioChunk(audio.data, _PHONE))
        await other.transcript()

    await require_refused(feed_phone, "8 kHz audio")
    ours.close()
    ours.close()
    await require_refused(ours.transcript, "a transcript after close")


async def check_llm(engine: Llm) -> None:
    """An answer in pieces; sessions apart; only declared functions called; stops when closed or cancelled."""
    async with asyncio.timeout(CHECK_S_MAX):
        _check_descriptor(engine, "llm")
        require(await engine.count_tokens("") == 0, "an empty text has tokens")
        require(await engine.count_tokens("one two three") >= 1, "a text has no tokens")
        apple, violet = await asyncio.gather(_answer(engine, "apple"), _answer(engine, "violet"))
        require(bool(apple and violet), "an answer is empty")
        require("violet" not in apple.lower() and "apple" not in violet.lower(), f"mixed: {apple!r}, {violet!r}")
        await _check_llm_tools(engine)
        await _check_llm_stops(engine)
        await _check_llm_prepares(engine)


async def _check_llm_tools(engine: Llm) -> None:
    """Functions are there to be called or not; but then something is said."""
    stream = engine.open()
    prompt = replace(_prompt("Say the word apple."), tools=(FunctionDeclaration(name="ring_a_bell"),))
    outputs = [output async for output in stream.generate(prompt, Sampling(temperature=0.0, max_output_tokens=16))]
    stream.close()
    require_outputs(outputs)
    called = {output.name for output in outputs if isinstance(output, FunctionCall)}
    require(called <= {"ring_a_bell"}, f"{called} are called, and only ring_a_bell is declared")
    require(any(not isinstance(output, ThoughtDelta) for output in outputs), "an answer with functions is empty")


async def _check_llm_stops(engine: Llm) -> None:
    stream = engine.open()
    await check_stops(lambda: consume(_counting(stream)), "generate")
    async with aclosing(_counting(stream)) as outputs:
        await anext(outputs)
        closed_at = now()
    require(now() - closed_at <= STOP_S_MAX, "closing a generation takes longer than 100 ms")
    outputs = _counting(stream)
    await anext(outputs)
    stream.close()
    stream.close()
    require(not await goes_on(outputs), "the model goes on after close")
    require(not await goes_on(_counting(stream)), "a closed stream still answers")


async def _check_llm_prepares(engine: Llm) -> None:
    """What was read beforehand is no answer and changes none, whether it comes true or not."""
    stream = engine.open()
    for begun in ("Say the word", "Never mind"):
        await stream.prepare(_prompt(begun))
        prompt = _prompt("Say the word apple.")
        outputs = [output async for output in stream.generate(prompt, Sampling(temperature=0.0, max_output_tokens=16))]
        require_outputs(outputs)
        require(bool(outputs), "there is no answer after prepare")
    stream.close()


async def check_tts(engine: Tts) -> None:
    """24 kHz mono in whole samples; nothing for nothing; sessions apart; stops when closed or cancelled."""
    async with asyncio.timeout(CHECK_S_MAX):
        _check_descriptor(engine, "tts")
        require(bool(engine.voices), "the engine has no voice")
        short, long = "Yes.", "This sentence takes a good while longer to say, as it has many more words."
        alone = [await _spoken(engine.open(None), text) for text in (short, long)]
        require(0 < alone[0] < alone[1], f"{alone[0]} and {alone[1]} samples for a short and a long text")
        together = await asyncio.gather(*(_spoken(engine.open(None), text) for text in (short, long)))
        require(np.allclose(together, alone, rtol=0.1), f"speaking at once changes {alone} samples to {together}")
        for voice in (engine.voices[0].upper(), "no-such-voice"):
            require(await _spoken(engine.open(voice), short) > 0, f"voice {voice!r} is silent")
        require(await _spoken(engine.open(None), " ") == 0, "a text without words is spoken")
        await _check_tts_stops(engine, long)


async def _check_tts_stops(engine: Tts, text: str) -> None:
    stream = engine.open(None)
    await check_stops(lambda: consume(stream.synthesise(text)), "synthesise")
    sound = stream.synthesise(text)
    await anext(sound)
    stream.close()
    stream.close()
    require(not await goes_on(sound), "the voice goes on after close")
    require(not await goes_on(stream.synthesise(text)), "a closed stream still speaks")


def _check_descriptor(engine: Engine, kind: Kind) -> None:
    descriptor = engine.descriptor
    require(descriptor.kind == kind, f"the descriptor says {descriptor.kind}, not {kind}")
    for field in ("name", "summary", "license", "languages"):
        require(bool(getattr(descriptor, field)), f"the descriptor has no {field}")


async def _probabilities(engine: Vad, sound: NDArray[np.int16], step: int) -> list[float]:
    stream = engine.open()
    heard = []
    for start in range(0, len(sound), step):
        heard += await stream.probabilities(sound[start : start + step])
    stream.close()
    return heard


async def _recognised(engine: Asr, audio: AudioChunk, size: int) -> Transcript:
    stream = engine.open(Hints())
    for start in range(0, len(audio.data), size):
        stream.feed(AudioChunk(audio.data[start : start + size]))
    transcript = await stream.transcript()
    stream.close()
    return transcript


async def _answer(engine: Llm, word: str) -> str:
    stream = engine.open()
    text = ""
    asked = _prompt(f"Say the word {word}.")
    async for output in stream.generate(asked, Sampling(temperature=0.0, max_output_tokens=16)):
        require_outputs([output])
        text += output.text if isinstance(output, TextDelta) else ""
    stream.close()
    return text


def _counting(stream: LlmStream) -> AsyncGenerator[LlmOutput, None]:
    """An answer long enough to be stopped in the middle."""
    return stream.generate(_prompt("count to 60"), Sampling(temperature=0.0, max_output_tokens=24))


async def _spoken(stream: TtsStream, text: str) -> int:
    samples = 0
    async for chunk in stream.synthesise(text):
        require(chunk.format == SPEAKING, f"a chunk is {chunk.format}, not 24 kHz mono")
        require(len(chunk.data) > 0, "a chunk is empty")
        require(len(chunk.data) % SPEAKING.frame_bytes == 0, f"{len(chunk.data)} bytes are not whole samples")
        samples += chunk.samples
    stream.close()
    return samples


def _prompt(text: str) -> Prompt:
    return Prompt("Do what you are told.", (Content(role="user", parts=(Part(text=text),)),))


def _tone() -> AudioChunk:
    """Two seconds of 440 Hz, a second of silence."""
    turns = 440.0 * np.arange(2 * HEARING.rate_hz) / HEARING.rate_hz
    sound = (8_000 * np.sin(2 * np.pi * turns)).astype("<i2")
    return AudioChunk(sound.tobytes() + bytes(HEARING.bytes_for(1.0)))


def _whole_windows(audio: AudioChunk, window: int) -> NDArray[np.int16]:
    """The samples without the part of a window at their end."""
    samples = audio.int16()
    return samples[: len(samples) // window * window]
