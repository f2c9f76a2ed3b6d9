import asyncio

import numpy as np
import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk, AudioFormat
from antiphon.config import Settings
from antiphon.engines import scripted
from antiphon.engines.contracts import Asr, EndOfTurn, Hints, Llm, Prompt, Sampling, TextDelta, Transcript, Tts, Vad
from antiphon.errors import EngineFailed
from antiphon.wire.content import Content, Part
from tests.engines.sounds import QUESTION, joined, noise, recording, silence, tone

SETTINGS = Settings()
DEFAULTS = Sampling()
NO_HINTS = Hints()


def said(*texts: str) -> Prompt:
    """A conversation in turns, the user first."""
    roles = ("user", "model")
    contents = (Content(role=roles[turn % 2], parts=(Part(text=text),)) for turn, text in enumerate(texts))
    return Prompt("", tuple(contents))


async def answer(prompt: Prompt, sampling: Sampling = DEFAULTS) -> list[str]:
    outputs = [output async for output in scripted.make_llm(SETTINGS).open().generate(prompt, sampling)]
    assert all(isinstance(output, TextDelta) for output in outputs)
    return [output.text for output in outputs if isinstance(output, TextDelta)]


async def heard(audio: AudioChunk, hints: Hints = NO_HINTS) -> Transcript:
    stream = scripted.make_asr(SETTINGS).open(hints)
    stream.feed(audio)
    return await stream.transcript()


async def spoken(text: str) -> list[AudioChunk]:
    return [chunk async for chunk in scripted.make_tts(SETTINGS).open(None).synthesise(text)]


def test_engines_are_what_they_say() -> None:
    engines = {
        "vad": (scripted.make_vad(SETTINGS), Vad),
        "eot": (scripted.make_eot(SETTINGS), EndOfTurn),
        "asr": (scripted.make_asr(SETTINGS), Asr),
        "llm": (scripted.make_llm(SETTINGS), Llm),
        "tts": (scripted.make_tts(SETTINGS), Tts),
    }
    for kind, (engine, protocol) in engines.items():
        assert isinstance(engine, protocol)
        assert engine.descriptor.kind == kind
        assert engine.descriptor.weights == ()


async def test_vad_hears_what_is_loud() -> None:
    stream = scripted.make_vad(SETTINGS).open()
    windows = joined(silence(0.032), tone(440, 0.032), tone(440, 0.032, loudness=400), noise(0.032, loudness=600))
    assert await stream.probabilities(windows.int16()) == [0.0, 1.0, 0.0, 1.0]
    stream.reset()
    assert await stream.probabilities(np.zeros(0, np.int16)) == []
    with pytest.raises(EngineFailed, match="511"):
        await stream.probabilities(np.zeros(511, np.int16))


async def test_every_pause_ends_the_turn() -> None:
    engine = scripted.make_eot(SETTINGS)
    assert await engine.probability(tone(440, 1.0)) == 1.0
    with pytest.raises(EngineFailed):
        await engine.probability(AudioChunk(bytes(320), AudioFormat(8_000)))


@pytest.mark.parametrize("pitch_hz", [100, 440, 444, 1_000, 3_150])
@pytest.mark.parametrize("seconds", [0.1, 0.5, 3.0])
async def test_asr_names_a_tone(pitch_hz: int, seconds: float) -> None:
    audio = joined(silence(0.7), tone(pitch_hz, seconds), silence(0.4))
    assert (await heard(audio)).text == f"tone {round(pitch_hz, -1)} hertz"


async def test_asr_names_the_loudest_tone() -> None:
    assert (await heard(joined(tone(300, 1.0, loudness=2_000), tone(700, 0.3)))).text == "tone 700 hertz"


async def test_asr_measures_other_sounds() -> None:
    assert (await heard(noise(1.2))).text == "speech of 1.2 seconds"
    assert (await heard(recording(QUESTION))).text == "speech of 1.7 seconds"


@pytest.mark.parametrize("audio", [AudioChunk(b""), AudioChunk(bytes(2)), silence(1.0), tone(440, 1.0, loudness=300)])
async def test_asr_hears_nothing_in_silence(audio: AudioChunk) -> None:
    assert (await heard(audio)).text == ""


async def test_asr_takes_the_hinted_language() -> None:
    assert await heard(tone(440, 1.0), Hints(languages=("de-DE", "en"))) == Transcript("tone 440 hertz", "de-DE")


async def test_asr_hears_more_as_more_is_fed() -> None:
    stream = scripted.make_asr(SETTINGS).open(Hints())
    stream.feed(noise(1.0))
    assert (await stream.transcript()).text == "speech of 1.0 seconds"
    stream.feed(noise(0.5))
    assert (await stream.transcript()).text == "speech of 1.5 seconds"


async def test_llm_says_back_the_last_user_text() -> None:
    assert await answer(said("Hello.", "Hi", "How are you?")) == ["You ", "said: ", "How ", "are ", "you?"]
    assert "".join(await answer(said("tone 440 hertz."))) == "You said: tone 440 hertz."


async def test_llm_answers_an_empty_conversation() -> None:
    assert "".join(await answer(Prompt("", ()))) == "You said: ."


async def test_llm_joins_the_parts_of_a_content() -> None:
    content = Content(parts=(Part(text="one"), Part(), Part(text="two")))
    assert "".join(await answer(Prompt("", (content,)))) == "You said: one two."


async def test_llm_counts() -> None:
    assert "".join(await answer(said("Please count to 5"))) == "1, 2, 3, 4, 5."
    assert len(await answer(said("COUNT TO 999999999"))) == 1_000


async def test_llm_can_be_told_to_say_nothing() -> None:
    assert await answer(said("silence, please")) == []


async def test_llm_can_be_told_to_fail_in_the_middle() -> None:
    outputs = scripted.make_llm(SETTINGS).open().generate(said("now fail"), Sampling())
    assert [await anext(outputs), await anext(outputs)] == [TextDelta("This "), TextDelta("will")]
    with pytest.raises(EngineFailed, match="told to fail"):
        await anext(outputs)


async def test_llm_counts_words_and_keeps_to_the_limit() -> None:
    assert await scripted.make_llm(SETTINGS).count_tokens("one  two three") == 3
    assert "".join(await answer(said("count to 50"), Sampling(max_output_tokens=3))) == "1, 2, 3, "


async def test_llm_leaves_the_loop_to_others() -> None:
    steps: list[str] = []

    async def converse(name: str) -> None:
        outputs = scripted.make_llm(SETTINGS).open().generate(said("count to 3"), DEFAULTS)
        while await anext(outputs, None):
            steps.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(converse("a"))
        group.create_task(converse("b"))
    assert steps == ["a", "b"] * 3


async def test_tts_speaks_sixty_milliseconds_a_letter() -> None:
    chunks = await spoken("Hello, you.")
    assert sum(chunk.seconds for chunk in chunks) == pytest.approx(11 * 0.06)
    assert {chunk.seconds for chunk in chunks[:-1]} == {0.1}
    assert {chunk.format for chunk in chunks} == {SPEAKING}
    assert await spoken("  ") == []


@pytest.mark.parametrize(("text", "pitch_hz"), [("I am here to be heard", 210), ("Everybody is here", 290)])
async def test_tts_pitch_tells_replies_apart(text: str, pitch_hz: float) -> None:
    sound = np.concatenate([chunk.int16() for chunk in await spoken(text)])
    powers = np.abs(np.fft.rfft(sound))
    assert np.fft.rfftfreq(len(sound), 1 / 24_000)[powers.argmax()] == pytest.approx(pitch_hz, abs=2)
    assert powers.argmax() > 0


async def test_after_close_nothing_comes() -> None:
    llm, tts = scripted.make_llm(SETTINGS).open(), scripted.make_tts(SETTINGS).open("scripted")
    for stream, outputs in ((llm, llm.generate(said("a b c"), Sampling())), (tts, tts.synthesise("a b c"))):
        await anext(outputs)
        stream.close()
        with pytest.raises(StopAsyncIteration):
            await anext(outputs)
    for late in (llm.generate(said("a"), Sampling()), tts.synthesise("a")):
        with pytest.raises(EngineFailed, match="closed"):
            await anext(late)
    vad, asr = scripted.make_vad(SETTINGS).open(), scripted.make_asr(SETTINGS).open(Hints())
    vad.close()
    asr.close()
    with pytest.raises(EngineFailed, match="closed"):
        await vad.probabilities(np.zeros(512, np.int16))
    with pytest.raises(EngineFailed, match="closed"):
        asr.feed(silence(0.1))
    with pytest.raises(EngineFailed, match="closed"):
        await asr.transcript()
