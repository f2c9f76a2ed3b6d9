"""Whisper base through CTranslate2: the words that were said.

Whisper was trained on 30 s windows. A window of 10 s costs a third and about one point of word error;
below that it starts to loop. So: 10 s first, and wider when it looped. It is rare: of 985 snippets begun or broken
off in the middle of a word one looped; 20 s mended it and the one in the tests, for which 30 s gives three words.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ctranslate2 import StorageView  # type: ignore[attr-defined]
from ctranslate2.models import Whisper as Model  # type: ignore[attr-defined]
from numpy.typing import NDArray
from tokenizers import Tokenizer

from antiphon.audio.pcm import AudioChunk
from antiphon.config import Settings
from antiphon.engines.accept import hearing_samples, require_open
from antiphon.engines.contracts import Descriptor, Hints, Transcript
from antiphon.engines.mel import RATE_HZ, log_mel
from antiphon.engines.pool import Workers
from antiphon.engines.repetition import loops, said_once
from antiphon.errors import EngineFailed
from antiphon.weights.cache import locate

DESCRIPTOR = Descriptor(
    name="whisper",
    kind="asr",
    summary="Whisper base, int8, 0.2 s for a short sentence",
    license="MIT",
    languages=("*",),
    weights=("whisper-base",),
)

_WINDOWS_S = (10, 20, 30)
"""Tried in turn until the decoder does not loop."""
_UTTERANCE_S_MAX = 30
_TAIL_S = 1
"""Silence after the speech; without it the last word is lost or repeated."""
_STEP_SAMPLES = 320
"""The encoder halves the features: windows are whole pairs of columns."""

_TOKENS_PER_S_MAX = 12
"""English runs at 4, scripts the tokenizer splits finely at up to 10."""
_TOKENS_EXTRA = 16
_VOCABULARY_TOKENS_MAX = 64
_MODEL_TOKENS_MAX = 448

# Noise: three doubts together. Of 95 noises of seven kinds 94 gave all three; of speech only scraps of 0.3 s did.
_NO_SPEECH_MIN = 0.4
_SCORE_MAX = -0.6
"""Mean log probability of a token; -0.02 to -0.3 for clear speech."""
_LANGUAGE_CLEAR_MIN = 0.8

_LANGUAGE_SURE_MIN = 0.5
_LANGUAGE_DEFAULT = "en"
_WHISPER_CODES = {"cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "nb": "no"}
"""Where BCP-47 and Whisper name a language differently."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one pass of the decoder gave."""

    tokens: list[int]
    stuck: bool
    noise: bool
    language: str


class Whisper:
    """The loaded model, shared by every stream."""

    descriptor = DESCRIPTOR

    def __init__(self, directory: Path, threads: int, queue_max: int) -> None:
        # One thread each: two for one utterance were slower than one as soon as a neighbour was busy.
        self._model = Model(str(directory), device="cpu", compute_type="int8", inter_threads=threads, intra_threads=1)
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._workers = Workers("whisper", threads, queue_max)

    def open(self, hints: Hints) -> "WhisperStream":
        return WhisperStream(self, hints)

    @property
    def waiting(self) -> int:
        return self._workers.waiting

    async def aclose(self) -> None:
        await self._workers.aclose()
        self._model.unload_model()

    async def recognise(self, samples: NDArray[np.int16], hints: Hints) -> Transcript:
        """The words in up to 30 s of 16 kHz samples."""
        if not len(samples):
            return Transcript("")
        return await self._workers.run(self._recognise, samples, hints)

    def _recognise(self, samples: NDArray[np.int16], hints: Hints) -> Transcript:
        sound = samples.astype(np.float32) / 32_768.0
        heard = self._hear_through(sound, hints)
        text = self._tokenizer.decode(said_once(heard.tokens), skip_special_tokens=True).strip()
        if heard.noise or not any(letter.isalnum() for letter in text):
            return Transcript("")
        return Transcript(text, heard.language)

    def _hear_through(self, sound: NDArray[np.float32], hints: Hints) -> _Heard:
        """In the shortest window in which the decoder does not loop; else as it comes in the longest."""
        *shorter, longest = _windows(len(sound))
        for window in shorter:
            heard = self._hear(_padded(sound, window), len(sound), hints)
            if heard.noise or not heard.stuck:
                return heard
        return self._hear(_padded(sound, longest), len(sound), hints)

    def _hear(self, window: NDArray[np.float32], samples: int, hints: Hints) -> _Heard:
        """Encode once, then choose the language and decode greedily on what was encoded."""
        encoded = self._model.encode(StorageView.from_array(log_mel(window)[np.newaxis]))
        language = self._language(encoded, hints)
        # On noise Whisper recites the words it is told to expect, so tell it only when this is speech.
        expected = hints.vocabulary if hints.vocabulary and self._in_a_language(encoded) else ()
        prompt = self._prompt(language, expected)
        room = int(_TOKENS_EXTRA + _TOKENS_PER_S_MAX * samples / RATE_HZ)
        (result,) = self._model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=min(len(prompt) + room, _MODEL_TOKENS_MAX),
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = result.sequences_ids[0]
        doubtful = result.no_speech_prob > _NO_SPEECH_MIN and result.scores[0] < _SCORE_MAX
        noise = doubtful and not self._in_a_language(encoded)
        return _Heard(tokens, stuck=len(tokens) >= room or loops(tokens), noise=noise, language=language)

    def _language(self, encoded: StorageView, hints: Hints) -> str:
        """The hinted language; of several the likeliest; without a hint the one detected, if it is clear."""
        codes = [code for tag in hints.languages if (code := self._code(tag))]
        if len(codes) == 1:
            return codes[0]
        chances = self._languages(encoded)
        if codes:
            return max(codes, key=lambda code: chances.get(code, 0.0))
        likeliest = max(chances, key=lambda code: chances[code])
        return likeliest if chances[likeliest] >= _LANGUAGE_SURE_MIN else _LANGUAGE_DEFAULT

    def _languages(self, encoded: StorageView) -> dict[str, float]:
        """The probability of each language: one decoder step, a tenth of the encoder's cost."""
        (chances,) = self._model.detect_language(encoded)
        return {token.strip("<|>"): chance for token, chance in chances}

    def _in_a_language(self, encoded: StorageView) -> bool:
        """Whether this sounds like one language rather than like any: noise does not."""
        return max(self._languages(encoded).values()) >= _LANGUAGE_CLEAR_MIN

    def _code(self, tag: str) -> str | None:
        """Whisper's code of a BCP-47 tag, or None for a language it does not know."""
        primary = tag.lower().split("-")[0]
        code = _WHISPER_CODES.get(primary, primary)
        return code if self._tokenizer.token_to_id(f"<|{code}|>") is not None else None

    def _prompt(self, language: str, expected: tuple[str, ...]) -> list[int]:
        """The start of the transcript, after the words to expect as if they had just been said."""
        names = ["<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"]
        start = [self._token(name) for name in names]
        if not expected:
            return start
        # Written as a sentence: a bare list makes Whisper drop capitals and full stops.
        words = self._tokenizer.encode(f" {', '.join(expected)}.", add_special_tokens=False).ids
        return [self._token("<|startofprev|>"), *words[:_VOCABULARY_TOKENS_MAX], *start]

    def _token(self, name: str) -> int:
        token: int | None = self._tokenizer.token_to_id(name)
        if token is None:
            raise EngineFailed(f"whisper: its tokenizer.json has no {name}")
        return token


class WhisperStream:
    """One utterance."""

    def __init__(self, engine: Whisper, hints: Hints) -> None:
        self._engine = engine
        self._hints = hints
        self._pieces: list[NDArray[np.int16]] = []
        self._samples = 0
        self._closed = False

    def feed(self, audio: AudioChunk) -> None:
        require_open(self._closed, "whisper")
        samples = hearing_samples(audio)
        if self._samples + len(samples) > _UTTERANCE_S_MAX * RATE_HZ:
            raise EngineFailed(f"whisper: an utterance has at most {_UTTERANCE_S_MAX} s")
        self._pieces.append(samples)
        self._samples += len(samples)

    async def transcript(self) -> Transcript:
        require_open(self._closed, "whisper")
        heard = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)
        transcript = await self._engine.recognise(heard, self._hints)
        require_open(self._closed, "whisper")
        return transcript

    def close(self) -> None:
        self._closed = True
        self._pieces.clear()


def _windows(samples: int) -> list[int]:
    """The windows to try for so many samples, in samples: with silence behind them, of at most 30 s."""
    least = samples + _TAIL_S * RATE_HZ
    wanted = {min(max(window_s * RATE_HZ, least), _UTTERANCE_S_MAX * RATE_HZ) for window_s in _WINDOWS_S}
    return [window // _STEP_SAMPLES * _STEP_SAMPLES for window in sorted(wanted)]


def _padded(sound: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """The sound with silence behind it, or without its end: as long as the window."""
    padded = np.zeros(window, np.float32)
    padded[: len(sound)] = sound[:window]
    return padded


def make(settings: Settings) -> Whisper:
    """Load the model. Raises WeightsError when a file of it is missing or wrong."""
    compute = settings.compute
    return Whisper(locate("whisper-base", settings.weights), compute.asr_workers, compute.queue_max)
