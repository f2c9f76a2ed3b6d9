"""Pauses of known length in recordings, and longer questions made of two. Pure, with a seed.

A pause is cut in where the voice is softest in the middle of a sentence: between two words, as a person stops to think.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from antiphon.audio.loudness import levels_dbfs, stretches_of_speech
from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.bench.questions import Question, question_of

WINDOW_S = 0.01
SMOOTHED_WINDOWS = 7
"""A shorter silence than that is a consonant, not the end of a word."""
FROM_THE_ENDS_S = 0.45
"""No pause is cut in nearer to the beginning or the end of the speech."""
APART_S = 0.25
"""Between two places for a pause."""
FADE_S = 0.008
"""At the edges of a pause, so that it does not click."""
GAPS_KEPT = 3
"""The softest places of a recording, of which chance takes one."""
BETWEEN_SENTENCES_S = 0.15
QUIETEST_PERCENT = 10
"""Of a recording: as soft as its room is when nobody speaks."""

Samples = NDArray[np.int16]


def gaps(audio: AudioChunk) -> list[int]:
    """Places between words, in samples from the beginning, the softest first."""
    levels = levels_dbfs(audio, WINDOW_S)
    speech = stretches_of_speech(levels, pause_windows=len(levels))
    if not speech:
        return []
    smooth = np.convolve(levels, np.full(SMOOTHED_WINDOWS, 1 / SMOOTHED_WINDOWS), mode="same")
    margin, apart = round(FROM_THE_ENDS_S / WINDOW_S), round(APART_S / WINDOW_S)
    inside = range(speech[0][0] + margin, speech[0][1] - margin)
    found: list[int] = []
    for window in sorted(inside, key=lambda window: smooth[window]):
        if all(abs(window - other) >= apart for other in found):
            found.append(window)
    return [round((window + 0.5) * WINDOW_S * HEARING.rate_hz) for window in found[:GAPS_KEPT]]


def with_pause(question: Question, pause_s: float, chance: np.random.Generator) -> Question:
    """The same words with one pause inside; a question too short for one stays as it is."""
    audio = question.pcm
    places = gaps(audio)
    if not places or not pause_s:
        return question
    paused = _cut_in(audio, int(chance.choice(places)), pause_s, chance)
    longer = question_of(f"{question.name} +{pause_s:.1f}s", question.text, paused.tobytes())
    return _ending(longer, question.audio.speech_end_s + pause_s)


def with_silence(question: Question, seconds: float, chance: np.random.Generator) -> Question:
    """The same, followed by the silence of a room; its speech ends where it ended."""
    sound = np.concatenate((question.pcm.int16(), _silence(question.pcm, seconds, chance))).tobytes()
    return _ending(question_of(question.name, question.text, sound), question.audio.speech_end_s)


def joined(first: Question, second: Question, pause_s: float, chance: np.random.Generator) -> Question:
    """Two sentences in one breath, the second with a pause inside."""
    before, paused = first.pcm, with_pause(second, pause_s, chance)
    halves = (before.int16(), _silence(before, BETWEEN_SENTENCES_S, chance), paused.pcm.int16())
    name, text = f"{first.name} & {second.name} +{pause_s:.1f}s", f"{first.text} {second.text}"
    longer = question_of(name, text, np.concatenate(halves).tobytes())
    return _ending(longer, longer.audio.seconds - paused.audio.seconds + paused.audio.speech_end_s)


def _ending(question: Question, speech_end_s: float) -> Question:
    """The same, its speech ending where that is known: more silence makes softer sounds count as loud."""
    return replace(question, audio=replace(question.audio, speech_end_s=round(speech_end_s, 3)))


def _cut_in(audio: AudioChunk, at: int, pause_s: float, chance: np.random.Generator) -> Samples:
    samples, fade = audio.int16(), round(FADE_S * HEARING.rate_hz)
    before, after = samples[:at].astype(np.float64), samples[at:].astype(np.float64)
    before[-fade:] *= np.linspace(1.0, 0.0, fade)
    after[:fade] *= np.linspace(0.0, 1.0, fade)
    return np.concatenate((before.astype(np.int16), _silence(audio, pause_s, chance), after.astype(np.int16)))


def _silence(like: AudioChunk, seconds: float, chance: np.random.Generator) -> Samples:
    """Noise as soft as the quietest moments of a recording."""
    level_dbfs = float(np.percentile(levels_dbfs(like, WINDOW_S), QUIETEST_PERCENT))
    noise = chance.normal(0.0, 32_768.0 * 10 ** (level_dbfs / 20), round(seconds * HEARING.rate_hz))
    return noise.astype(np.int16)
