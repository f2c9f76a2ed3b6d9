import asyncio

import numpy as np
import pytest
from soxr import resample

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import Settings
from antiphon.engines import kokoro, whisper
from antiphon.engines.contracts import Hints, Tts
from antiphon.engines.kokoro import Kokoro
from antiphon.engines.registry import describe
from antiphon.engines.testkit import check_tts
from antiphon.errors import EngineFailed, EngineUnavailable


@pytest.fixture(scope="module")
def engine() -> Kokoro:
    try:
        return kokoro.make(Settings())
    except EngineUnavailable as error:  # they are no part of the default set
        pytest.skip(str(error))


def test_without_its_weights_it_says_how_to_get_them(tmp_path):
    settings = Settings(weights={"cache_dir": tmp_path})
    with pytest.raises(EngineUnavailable, match="run `antiphon models pull voices`"):
        kokoro.make(settings)


def test_it_is_found_by_its_name():
    assert describe("tts", "kokoro") == kokoro.DESCRIPTOR


async def spoken(engine: Kokoro, text: str, voice: str | None = None) -> list[AudioChunk]:
    return [chunk async for chunk in engine.open(voice).synthesise(text)]


def samples(chunks: list[AudioChunk]) -> np.ndarray:
    return np.concatenate([chunk.int16() for chunk in chunks])


@pytest.mark.real
async def test_speaks_in_chunks_of_a_fifth_of_a_second_and_begins_at_once(engine):
    chunks = await spoken(engine, "Hello there, how are you?")
    assert all(chunk.format == SPEAKING for chunk in chunks)
    assert {chunk.seconds for chunk in chunks[:-1]} == {0.2}
    assert 1.0 < sum(chunk.seconds for chunk in chunks) < 3.0
    assert np.abs(chunks[0].int16()).max() > 300


@pytest.mark.real
async def test_each_voice_is_another_and_always_the_same(engine):
    voices = ("heart", "aoede", "puck", "emma")
    first = [samples(await spoken(engine, "Hello.", voice)).tobytes() for voice in voices]
    assert len(set(first)) == len(voices)
    assert samples(await spoken(engine, "Hello.", "PUCK")).tobytes() == first[2]
    assert samples(await spoken(engine, "Hello.", "no such voice")).tobytes() == first[0]


@pytest.mark.real
async def test_british_voices_read_british_english(engine):
    assert await engine.read("Tomato.", "emma") != await engine.read("Tomato.", "heart")


@pytest.mark.real
@pytest.mark.parametrize("voice", ["heart", "puck", "emma"])
async def test_a_machine_understands_it(engine, voice):
    sound = resample(samples(await spoken(engine, "The capital of Australia is Canberra.", voice)), 24_000, 16_000)
    ears = whisper.make(Settings())
    utterance = ears.open(Hints(languages=("en",)))
    utterance.feed(AudioChunk(sound.astype("<i2").tobytes()))
    assert (await utterance.transcript()).text.rstrip(".") == "The capital of Australia is Canberra"
    await ears.aclose()


@pytest.mark.real
@pytest.mark.parametrize("text", ["", "  \n\t", "...!?", "—", "😀 🎉", "你好", "مرحبا"])
async def test_text_it_has_no_sound_for_yields_nothing(engine, text):
    assert await spoken(engine, text) == []


@pytest.mark.real
@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/" + "x/" * 400,
        "1" * 300,
        "a" * 600,
        "the quick brown fox jumps over the lazy dog " * 12,
        "Hello \ud800 \x00 \x1b[0m 世界 e\u0301\u0301 ½ 10^1000 $-5.5e10 127.0.0.1:8080",
    ],
)
async def test_odd_text_is_read_in_pieces_it_can_speak(engine, text):
    for voice in ("heart", "emma"):
        pieces = await engine.read(text, voice)
        assert pieces
        assert max(len(piece) for piece in pieces) <= 150
    assert len(await engine.speak(pieces[0][:12], "heart")) > 0


@pytest.mark.real
async def test_a_cancelled_reply_makes_room_for_the_next(engine):
    long, *_ = await engine.read("the quick brown fox jumps over the lazy dog " * 6, "heart")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await engine.speak(long, "heart")
    async with asyncio.timeout(1.5):  # speaking it to the end would take longer
        assert await engine.read("Yes.", "heart")


@pytest.mark.real
async def test_after_close_nothing_comes(engine):
    stream = engine.open("heart")
    speech = stream.synthesise("One. Two. Three.")
    await anext(speech)
    stream.close()
    with pytest.raises(StopAsyncIteration):
        await anext(speech)
    with pytest.raises(EngineFailed, match="closed"):
        await anext(stream.synthesise("One."))


@pytest.mark.real
async def test_conforms(engine):
    assert isinstance(engine, Tts)
    await check_tts(engine)
