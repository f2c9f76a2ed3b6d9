import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jiwer
import pytest

from antiphon.audio.pcm import AudioChunk, AudioFormat
from antiphon.config import Settings
from antiphon.engines import whisper
from antiphon.engines.contracts import Asr, Hints, Transcript
from antiphon.engines.testkit import check_asr
from antiphon.engines.whisper import Whisper
from antiphon.errors import EngineFailed
from tests.engines.sounds import ALARM, AMIABLE, ILL_DISPOSED, QUESTION, SAID, joined, noise, recording, silence, tone

NAMES = ["<|startoftranscript|>", "<|startofprev|>", "<|transcribe|>", "<|notimestamps|>", "<|en|>", "<|de|>", "<|no|>"]
NOISY = {"en": 0.3, "nn": 0.4}


class WordTokenizer:
    """Stands in for the tokenizer: words are numbered as they come, the special ones from zero."""

    def __init__(self) -> None:
        self.words = list(NAMES)

    @classmethod
    def from_file(cls, path: str) -> "WordTokenizer":
        assert path.endswith("tokenizer.json")
        return cls()

    def token_to_id(self, name: str) -> int | None:
        return NAMES.index(name) if name in NAMES else None

    def encode(self, text: str, add_special_tokens: bool) -> SimpleNamespace:
        assert not add_special_tokens
        return SimpleNamespace(ids=[self._number(word) for word in text.split()])

    def decode(self, tokens: list[int], skip_special_tokens: bool) -> str:
        assert skip_special_tokens
        return " " + " ".join(self.words[token] for token in tokens)

    def _number(self, word: str) -> int:
        if word not in self.words:
            self.words.append(word)
        return self.words.index(word)


@dataclass
class ScriptedModel:
    """Stands in for the model: says one text in windows of less than `full_s` and another in longer ones."""

    said: str = "hello there"
    said_in_full: str = "hello again"
    full_s: float = 20.0
    score: float = -0.1
    no_speech: float = 0.01
    chances: dict[str, float] = field(default_factory=lambda: {"en": 0.95, "de": 0.03, "no": 0.02})
    tokenizer: WordTokenizer = field(default_factory=WordTokenizer)
    windows_s: list[float] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    rooms: list[int] = field(default_factory=list)
    loaded: bool = True

    def encode(self, features: Any) -> float:
        batch, bands, columns = features.shape
        assert (batch, bands) == (1, 80)
        assert columns % 2 == 0
        self.windows_s.append(columns / 100)
        return self.windows_s[-1]

    def detect_language(self, encoded: float) -> list[list[tuple[str, float]]]:
        return [[(f"<|{code}|>", chance) for code, chance in self.chances.items()]]

    def generate(self, encoded: float, prompts: list[list[int]], *, max_length: int, **_: Any) -> list[SimpleNamespace]:
        (prompt,) = prompts
        self.prompts.append(self.tokenizer.decode(prompt, skip_special_tokens=True).strip())
        self.rooms.append(max_length - len(prompt))
        text = self.said_in_full if encoded >= self.full_s else self.said
        tokens = self.tokenizer.encode(text, add_special_tokens=False).ids[: self.rooms[-1]]
        return [SimpleNamespace(sequences_ids=[tokens], scores=[self.score], no_speech_prob=self.no_speech)]

    def unload_model(self) -> None:
        self.loaded = False


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture
def engine(model: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> Whisper:
    monkeypatch.setattr(whisper, "Model", lambda *_, **__: model)
    monkeypatch.setattr(whisper, "Tokenizer", SimpleNamespace(from_file=lambda _: model.tokenizer))
    return Whisper(Path("anywhere"), threads=1, queue_max=1)


async def heard(engine: Whisper, audio: AudioChunk, hints: Hints | None = None) -> Transcript:
    stream = engine.open(hints or Hints())
    stream.feed(audio)
    return await stream.transcript()


async def test_a_short_utterance_is_heard_once_in_ten_seconds(engine: Whisper, model: ScriptedModel) -> None:
    assert await heard(engine, tone(440, 2.0)) == Transcript("hello there", "en")
    assert model.windows_s == [10.0]
    assert model.prompts == ["<|startoftranscript|> <|en|> <|transcribe|> <|notimestamps|>"]
    assert model.rooms == [16 + 24]


@pytest.mark.parametrize(("seconds", "window_s"), [(8.9, 10.0), (12.0, 13.0), (28.5, 29.5), (30.0, 30.0)])
async def test_a_long_utterance_gets_a_second_of_silence(
    engine: Whisper, model: ScriptedModel, seconds: float, window_s: float
) -> None:
    await heard(engine, tone(440, seconds))
    assert model.windows_s == [window_s]


@pytest.mark.parametrize(
    ("seconds", "full_s", "windows_s"),
    [
        (5.0, 20.0, [10.0, 20.0]),
        (5.0, 30.0, [10.0, 20.0, 30.0]),
        (12.0, 20.0, [13.0, 20.0]),
        (24.0, 30.0, [25.0, 30.0]),
    ],
)
async def test_a_loop_is_heard_again_in_a_wider_window(
    engine: Whisper, model: ScriptedModel, seconds: float, full_s: float, windows_s: list[float]
) -> None:
    model.said, model.full_s = "the village of " * 100, full_s
    assert (await heard(engine, tone(440, seconds))).text == "hello again"
    assert model.windows_s == windows_s


async def test_speech_too_fast_to_be_true_is_heard_again(engine: Whisper, model: ScriptedModel) -> None:
    model.said = " ".join(map(str, range(200)))
    assert (await heard(engine, tone(440, 1.0))).text == "hello again"


async def test_a_loop_in_both_windows_is_said_once(engine: Whisper, model: ScriptedModel) -> None:
    model.said = model.said_in_full = "well " + "the village of " * 15
    assert (await heard(engine, tone(440, 5.0))).text == "well the village of"


async def test_three_doubts_make_noise(engine: Whisper, model: ScriptedModel) -> None:
    model.score, model.no_speech, model.chances = -1.5, 0.7, NOISY
    assert await heard(engine, noise(2.0)) == Transcript("")


@pytest.mark.parametrize("fact", ["score", "no_speech", "chances"])
async def test_two_doubts_do_not(engine: Whisper, model: ScriptedModel, fact: str) -> None:
    sure = getattr(model, fact)
    model.score, model.no_speech, model.chances = -1.5, 0.7, NOISY
    setattr(model, fact, sure)
    assert (await heard(engine, noise(2.0))).text == "hello there"


@pytest.mark.parametrize("said", ["", "...", "—"])
async def test_marks_without_a_letter_are_no_speech(engine: Whisper, model: ScriptedModel, said: str) -> None:
    model.said = said
    assert await heard(engine, tone(440, 1.0)) == Transcript("")


async def test_no_audio_is_no_speech_and_costs_nothing(engine: Whisper, model: ScriptedModel) -> None:
    assert await engine.open(Hints()).transcript() == Transcript("")
    assert model.windows_s == []


@pytest.mark.parametrize(
    ("languages", "chances", "chosen"),
    [
        (("de-DE",), {"en": 0.9}, "de"),
        (("nb-NO",), {"en": 0.9}, "no"),
        (("de", "en"), {"en": 0.2, "de": 0.1, "no": 0.7}, "en"),
        (("tlh",), {"de": 0.9}, "de"),
        ((), {"de": 0.6, "en": 0.4}, "de"),
        ((), {"de": 0.4, "no": 0.3}, "en"),
    ],
)
async def test_the_language_is_hinted_or_detected_or_english(
    engine: Whisper, model: ScriptedModel, languages: tuple[str, ...], chances: dict[str, float], chosen: str
) -> None:
    model.chances = chances
    assert (await heard(engine, tone(440, 1.0), Hints(languages=languages))).language == chosen
    assert f"<|{chosen}|>" in model.prompts[0]


async def test_expected_words_stand_before_the_transcript(engine: Whisper, model: ScriptedModel) -> None:
    await heard(engine, tone(440, 1.0), Hints(vocabulary=("Marylebone", "Kew")))
    assert model.prompts[0].startswith("<|startofprev|> Marylebone, Kew. <|startoftranscript|>")


async def test_expected_words_are_not_whispered_into_noise(engine: Whisper, model: ScriptedModel) -> None:
    model.chances = NOISY
    await heard(engine, noise(1.0), Hints(vocabulary=("Marylebone",)))
    assert model.prompts[0].startswith("<|startoftranscript|>")


async def test_a_long_vocabulary_is_cut(engine: Whisper, model: ScriptedModel) -> None:
    await heard(engine, tone(440, 30.0), Hints(vocabulary=tuple(map(str, range(1_000)))))
    assert len(model.prompts[0].split()) == 1 + 64 + 4
    assert model.rooms[0] <= 448 - 69


async def test_a_stream_hears_more_as_more_is_fed_but_not_for_ever(engine: Whisper, model: ScriptedModel) -> None:
    stream = engine.open(Hints())
    for _ in range(2):
        stream.feed(tone(440, 15.0))
        await stream.transcript()
    assert model.windows_s == [16.0, 30.0]
    with pytest.raises(EngineFailed, match="at most 30 s"):
        stream.feed(tone(440, 0.1))


async def test_a_closed_stream_says_nothing(engine: Whisper, model: ScriptedModel) -> None:
    stream = engine.open(Hints())
    stream.feed(tone(440, 1.0))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        late = group.create_task(refused(stream.transcript))
        await asyncio.sleep(0)
        stream.close()
        await late
    await refused(stream.transcript)
    with pytest.raises(EngineFailed, match="closed"):
        stream.feed(tone(440, 1.0))


async def refused(call: Callable[[], Any]) -> None:
    with pytest.raises(EngineFailed, match="closed"):
        await call()


async def test_another_rate_is_refused(engine: Whisper) -> None:
    with pytest.raises(EngineFailed, match="16 kHz"):
        engine.open(Hints()).feed(AudioChunk(bytes(320), AudioFormat(8_000)))


async def test_closing_frees_the_model(engine: Whisper, model: ScriptedModel) -> None:
    await engine.aclose()
    assert not model.loaded


@pytest.fixture(scope="module")
def real() -> Iterator[Whisper]:
    engine = whisper.make(Settings())
    yield engine
    asyncio.run(engine.aclose())


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


@pytest.mark.real
@pytest.mark.parametrize("path", [QUESTION, AMIABLE], ids=lambda path: path.stem)
@pytest.mark.parametrize("hints", [Hints(), Hints(languages=("en-US",))], ids=["detected", "hinted"])
async def test_hears_every_word(real: Whisper, path: Path, hints: Hints) -> None:
    transcript = await heard(real, recording(path), hints)
    assert words(transcript.text) == SAID[path].split()
    assert transcript.language == "en"
    assert transcript.text == transcript.text.strip()


@pytest.mark.real
async def test_hears_figures_and_expected_words(real: Whisper) -> None:
    assert re.fullmatch(r"Set an alarm for 6[.:]?30 tomorrow morning\.", (await heard(real, recording(ALARM))).text)
    told = await heard(real, recording(ILL_DISPOSED), Hints(vocabulary=("ill disposed",)))
    # One word: processors round differently, and on some of them it hears "ill-sposed".
    assert jiwer.process_words(SAID[ILL_DISPOSED], " ".join(words(told.text))).substitutions <= 1
    assert len(words(told.text)) == len(SAID[ILL_DISPOSED].split())


@pytest.mark.real
@pytest.mark.parametrize("hints", [Hints(), Hints(languages=("en",)), Hints(vocabulary=("umbrella", "Oxford"))])
@pytest.mark.parametrize("sound", [silence(2.0), noise(3.0, 30), noise(3.0, 3_000), tone(440, 2.0), tone(50, 3.0, 300)])
async def test_invents_nothing_for_noise(real: Whisper, sound: AudioChunk, hints: Hints) -> None:
    assert (await heard(real, sound, hints)).text == ""


@pytest.mark.real
async def test_comes_out_of_a_loop(real: Whisper) -> None:
    # Begins in the middle of a word: in the 10 s window the decoder says the alarm over and over.
    broken = joined(AudioChunk(recording(ILL_DISPOSED).data[24_000:]), recording(ALARM))
    said = words((await heard(real, broken)).text)
    assert said.count("alarm") == 1
    assert len(said) < 20


@pytest.mark.real
async def test_conforms(real: Whisper) -> None:
    assert isinstance(real, Asr)
    await check_asr(real, recording(QUESTION))
