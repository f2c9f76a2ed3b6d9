"""The real ears over a recording, once: what they said is kept, so that many rules can be tried on the same words."""

import time
from dataclasses import dataclass

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.bench.figures import median
from antiphon.bench.questions import Question
from antiphon.config import Settings
from antiphon.engines.contracts import Asr, EndOfTurn, Hints, Vad
from antiphon.engines.registry import load

TIMED_CALLS = 5
"""Of each engine, to know what a call costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """How long an answer of the slower ears takes, in seconds."""

    verdict_s: float
    words_s: float


class Ears:
    """Voice activity, end of turn and words, each asked once for the same stretch. Close them at the end."""

    def __init__(self, settings: Settings) -> None:
        names = settings.engines
        vad, eot, asr = (
            load("vad", names.vad, settings),
            load("eot", names.eot, settings),
            load("asr", names.asr, settings),
        )
        assert isinstance(vad, Vad)
        assert isinstance(eot, EndOfTurn)
        assert isinstance(asr, Asr)
        self._vad, self._eot, self._asr = vad, eot, asr
        self._windows: dict[Question, list[float]] = {}
        self._verdicts: dict[tuple[Question, int, int], float] = {}
        self._words: dict[tuple[Question, int, int], str] = {}

    @property
    def window(self) -> int:
        """Samples of one decision of the voice activity."""
        return self._vad.window_samples

    async def costs(self, question: Question) -> Costs:
        """Time both on a recording."""
        audio = question.pcm
        verdicts, words = [], []
        for _ in range(TIMED_CALLS):
            began = time.perf_counter()
            await self._eot.probability(audio)
            verdicts.append(time.perf_counter() - began)
            began = time.perf_counter()
            await self._recognised(audio)
            words.append(time.perf_counter() - began)
        return Costs(verdict_s=median(verdicts), words_s=median(words))

    async def speech(self, question: Question) -> list[float]:
        """The probability of speech in each whole window."""
        if question not in self._windows:
            samples = question.pcm.int16()
            stream = self._vad.open()
            whole = samples[: len(samples) // self.window * self.window]
            self._windows[question] = await stream.probabilities(whole)
            stream.close()
        return self._windows[question]

    async def finished(self, question: Question, start: int, end: int) -> float:
        """The probability that the speaker has finished at the end of a stretch (samples)."""
        key = question, start, end
        if key not in self._verdicts:
            self._verdicts[key] = await self._eot.probability(_stretch(question, start, end))
        return self._verdicts[key]

    async def words(self, question: Question, start: int, end: int) -> str:
        """What was said in a stretch."""
        key = question, start, end
        if key not in self._words:
            self._words[key] = await self._recognised(_stretch(question, start, end))
        return self._words[key]

    async def aclose(self) -> None:
        """Free the engines."""
        for engine in (self._vad, self._eot, self._asr):
            await engine.aclose()

    async def _recognised(self, audio: AudioChunk) -> str:
        stream = self._asr.open(Hints())
        try:
            stream.feed(audio)
            return (await stream.transcript()).text
        finally:
            stream.close()


def _stretch(question: Question, start: int, end: int) -> AudioChunk:
    frame = HEARING.frame_bytes
    return AudioChunk(question.pcm.data[max(0, start) * frame : end * frame])
