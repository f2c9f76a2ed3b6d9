import numpy as np
import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import Settings
from antiphon.engines import hibari
from antiphon.engines.contracts import Tts
from antiphon.engines.hibari import Hibari
from antiphon.engines.testkit import check_tts
from antiphon.errors import EngineFailed

# hibari's model is part of its package: these tests need no weights.


@pytest.fixture(scope="module")
def engine() -> Hibari:
    return hibari.make(Settings())


async def spoken(engine: Hibari, text: str) -> list[AudioChunk]:
    return [chunk async for chunk in engine.open(None).synthesise(text)]


def samples(chunks: list[AudioChunk]) -> np.ndarray:
    return np.concatenate([chunk.int16() for chunk in chunks])


async def test_speaks_in_chunks_of_a_fifth_of_a_second(engine: Hibari) -> None:
    chunks = await spoken(engine, "Hello there, how are you?")
    assert all(chunk.format == SPEAKING for chunk in chunks)
    assert {chunk.seconds for chunk in chunks[:-1]} == {0.2}
    assert 0 < chunks[-1].seconds <= 0.2
    assert 1.0 < sum(chunk.seconds for chunk in chunks) < 3.0
    assert np.sqrt((samples(chunks).astype(float) ** 2).mean()) > 500


async def test_the_same_text_always_sounds_the_same(engine: Hibari) -> None:
    first, second = await spoken(engine, "One. Two."), await spoken(engine, "One. Two.")
    assert samples(first).tobytes() == samples(second).tobytes()


@pytest.mark.parametrize("text", ["", "  \n\t", "...!?", "—", "😀 🎉", "你好", "مرحبا"])
async def test_text_it_has_no_sound_for_yields_nothing(engine: Hibari, text: str) -> None:
    assert await spoken(engine, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/" + "x/" * 400,  # a word without an end took minutes
        "1" * 300,  # more digits than it has names for
        "1," * 60,
        "a" * 600,
        "the quick brown fox jumps over the lazy dog " * 12,  # no comma to cut at
        "Hello \ud800 \x00 \x1b[0m 世界 e\u0301\u0301 ½ 10^1000 $-5.5e10 127.0.0.1:8080",
    ],
)
async def test_odd_text_is_spoken_in_pieces(engine: Hibari, text: str) -> None:
    pieces = await engine.read(text)
    assert pieces
    assert max(len(piece) for piece in pieces) <= 400
    assert len(await engine.speak(pieces[-1])) > 0


async def test_words_up_to_thirty_two_letters_are_read_as_they_are(engine: Hibari) -> None:
    word = "antidisestablishmentarianism"
    assert len(await engine.read(f"{word}.")) == 1
    assert " " not in (await engine.read(word))[0]


async def test_after_close_nothing_comes(engine: Hibari) -> None:
    stream = engine.open("heart")
    speech = stream.synthesise("One. Two. Three.")
    await anext(speech)
    stream.close()
    with pytest.raises(StopAsyncIteration):
        await anext(speech)
    with pytest.raises(EngineFailed, match="closed"):
        await anext(stream.synthesise("One."))


async def test_conforms(engine: Hibari) -> None:
    assert isinstance(engine, Tts)
    await check_tts(engine)
